using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>How far imports have come, for the importer that continues one.</summary>
internal sealed class ImportEndpoints(ActorMemoryNode node, HttpLimits limits)
{
    private const int MaxFileName = 255;

    private static readonly string[] s_members =
        ["source", "file_name", "bytes", "prefix", "lines", "accepted", "duplicates", "rejected", "complete"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/performance/imports", GetAsync).Describe(
            new Operation("get_imports", "The files that were imported, or begun.", Shapes.Imports)
            {
                Access = Access.Append | Access.Query,
                Parameters = QueryParameters.Moment,
            });
        routes.MapPut("/v1/performance/imports/{source}", PutAsync).Describe(
            new Operation("put_import", "Notes how far the import of a file has come.", Shapes.Import)
            {
                Access = Access.Append,
                Body = Shapes.Import,
                HasSourcePath = true,
            });
    }

    private async Task GetAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var known = await KnownQuestion.ReadAsync(node, new Query(context, QueryParameters.Moment));
        var imports = await known.Memory.GetImportsAsync(cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, imports, known.Moment));
    }

    private async Task PutAsync(HttpContext context, string source, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var body = await SmallBody.ReadAsync(context, limits, s_members);
        var progress = new ImportProgress(
            Hex("source", source),
            FileName(SmallBody.Text(body, "file_name")),
            Count("bytes"),
            Hex("prefix", SmallBody.Text(body, "prefix") ?? ""),
            Count("lines"),
            Count("accepted"),
            Count("duplicates"),
            Count("rejected"),
            body.TryGetProperty("complete", out var complete) && complete.ValueKind == System.Text.Json.JsonValueKind.True);
        if (SmallBody.Text(body, "source") is { } same && same != source)
            throw new BadRequestException($"source: the body names another one than the path.");

        await node.Performance.NoteImportAsync(progress, cancellationToken);
        if (progress.IsComplete)
            await node.Audit.NoteAsync(AuditActions.Of(Caller.NameOf(context), progress), cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, progress));

        long Count(string name) =>
            SmallBody.Number(body, name, 0, long.MaxValue) ?? throw new BadRequestException($"{name}: it is missing.");
    }

    private static UInt128 Hex(string name, string text) => AnswerReader.TryFromHex(text, out var value) && (value != 0 || name != "source")
        ? value
        : throw new BadRequestException($"{name}: '{Query.Shown(text)}' is not made of 32 hexadecimal digits.");

    private static string FileName(string? name) => name switch
    {
        null => throw new BadRequestException("file_name: it is missing."),
        { Length: > MaxFileName } => throw new BadRequestException($"file_name: it has more than {MaxFileName} characters."),
        _ => name.Any(char.IsControl) || name.Any(char.IsSurrogate) && !name.IsNormalized()
            ? throw new BadRequestException("file_name: it has control characters.")
            : name,
    };
}
