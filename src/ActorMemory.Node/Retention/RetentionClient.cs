using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.Retention;

namespace ActorMemory.Node.Retention;

/// <summary>Retention of a node in another process, over HTTP. Who asks is what the node makes of the API key.</summary>
internal sealed class RetentionClient(NodeConnection node) : IRetention
{
    /// <inheritdoc/>
    public async Task<RetentionRun> RunAsync(RetentionPolicy? policy, bool isDryRun, string who, CancellationToken cancellationToken = default)
    {
        using var body = Json(json =>
        {
            if (policy?.OlderThan is { } age)
                json.WriteString("older_than", string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalMilliseconds}ms"));
            if (policy?.KeepEvents is { } keep)
                json.WriteNumber("keep_events", keep);
            json.WriteBoolean("dry_run", isDryRun);
        });
        return RetentionAnswers.ReadRun(await node.AskAsync(HttpMethod.Post, "/v1/admin/retention/run", body, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<RetentionStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        RetentionAnswers.ReadStatus(await node.GetAsync("/v1/admin/retention", cancellationToken));

    /// <inheritdoc/>
    public async Task<LegalHold> PlaceHoldAsync(KeyFilter keys, string who, string reason, CancellationToken cancellationToken = default)
    {
        using var body = Json(json =>
        {
            (string Name, string? Value)[] parts =
                [("strategy", keys.Strategy), ("prefix", keys.StrategyPrefix), ("regime", keys.Regime), ("horizon", keys.Horizon), ("reason", reason)];
            foreach (var (name, value) in parts)
            {
                if (value is not null)
                    json.WriteString(name, value);
            }
        });
        return RetentionAnswers.ReadHold(await node.AskAsync(HttpMethod.Post, "/v1/admin/holds", body, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<LegalHold> LiftHoldAsync(long number, string who, string reason, CancellationToken cancellationToken = default)
    {
        using var body = Json(json =>
        {
            json.WriteNumber("hold", number);
            json.WriteString("reason", reason);
        });
        return RetentionAnswers.ReadHold(await node.AskAsync(HttpMethod.Post, "/v1/admin/holds/release", body, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LegalHold>> GetHoldsAsync(CancellationToken cancellationToken = default)
    {
        var answer = await node.GetAsync("/v1/admin/holds", cancellationToken);
        return [.. answer.GetProperty("holds").EnumerateArray().Select(RetentionAnswers.ReadHold)];
    }

    private static ByteArrayContent Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Answer.Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new ByteArrayContent(buffer.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(Answer.Json) } };
    }
}
