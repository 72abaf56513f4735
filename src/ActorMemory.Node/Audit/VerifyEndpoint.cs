using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Journal;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;

namespace ActorMemory.Node.Audit;

/// <summary>Verification of the running node's journal, as far as it goes when it begins.</summary>
internal sealed class VerifyEndpoint(ActorMemoryNode node)
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromSeconds(1);

    private static readonly IReadOnlyList<QueryParameter> s_parameters =
    [
        new("strategy", "Only one key: its strategy."),
        new("regime", "Its regime."),
        new("horizon", "Its horizon."),
        new("shard", "Only this shard.", IsNumber: true),
    ];

    private int _busy;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/audit/verify", VerifyAsync).Describe(new Operation(
        "verify_journal",
        "Checks the journal, as the command audit verify does. A line of progress every second, and the result as the last line. One at a time.",
        Shapes.Verification)
    {
        Access = Access.Audit,
        Parameters = s_parameters,
        ContentType = Answer.NdJson,
    });

    /// <summary>The key that a query names; null for none.</summary>
    /// <exception cref="BadRequestException">Only a part of a key is named, or it is no legal one.</exception>
    public static string? PersistenceIdOf(Query query)
    {
        return QueryParameters.Key.Count(part => query.Text(part.Name) is not null) switch
        {
            0 => null,
            3 => KeyPath.Read(query).ToPersistenceId(),
            _ => throw new BadRequestException("strategy, regime, horizon: a key has all three; give all of them or none."),
        };
    }

    private async Task VerifyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_parameters);
        var (persistenceId, shard) = (PersistenceIdOf(query), (int)query.Number("shard", -1, 0, int.MaxValue));
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            await new Problem(
                StatusCodes.Status429TooManyRequests, "busy", "the journal is being verified already; ask again when that is done.", RetryAfter: 10).WriteAsync(context);
            return;
        }

        try
        {
            await StreamAsync(context, persistenceId, shard, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async Task StreamAsync(HttpContext context, string? persistenceId, int shard, CancellationToken cancellationToken)
    {
        var folder = node.Settings.Audit.Export is { } export && Directory.Exists(export) ? export : null;
        var info = await node.JournalSource.GetInfoAsync();
        using var keys = AuditScope.FindKeys(node.Settings, folder, info.JournalId);
        var (done, all) = (0L, info.Events);
        var verification = Task.Run(
            () => JournalVerifier.VerifyAsync(
                node.JournalSource,
                new VerificationOptions
                {
                    PersistenceId = persistenceId,
                    Shard = shard < 0 ? null : shard,
                    CheckpointFolder = folder,
                    Keys = keys,
                    OnProgress = (checkedEvents, events) => (done, all) = (checkedEvents, events),
                },
                cancellationToken),
            CancellationToken.None);
        try
        {
            context.Response.ContentType = Answer.NdJson;
            while (await Task.WhenAny(verification, Task.Delay(s_progressEvery, cancellationToken)) != verification)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WriteLineAsync(context, json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("verified", Volatile.Read(ref done));
                    json.WriteNumber("of", Volatile.Read(ref all));
                    json.WriteEndObject();
                });
            }
        }
        catch
        {
            await Task.WhenAny(verification);
            throw;
        }

        var report = await verification;
        await WriteLineAsync(context, json => VerificationAnswer.Write(json, report));
    }

    private static async Task WriteLineAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Answer.Options))
            write(json);
        await context.Response.BodyWriter.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
