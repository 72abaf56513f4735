using System.Globalization;
using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Journal;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using Microsoft.AspNetCore.Http.Features;

namespace ActorMemory.Node.Audit;

/// <summary>A bundle of the running node's journal that proves itself.</summary>
internal sealed class ExportEndpoint(ActorMemoryNode node)
{
    private const string ZipType = "application/zip";

    private static readonly IReadOnlyList<QueryParameter> s_parameters =
    [
        new("strategy", "Only one key: its strategy."), new("regime", "Its regime."), new("horizon", "Its horizon."),
    ];

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/audit/export", ExportAsync).Describe(new Operation(
        "export_journal",
        "A zip with events, leaves, proofs, signed checkpoints and a script that verifies them, as the command audit export writes it. What was "
        + "committed before the request is signed first. The export is noted in the audit log.",
        Shapes.Bundle)
    {
        Access = Access.Audit,
        Parameters = s_parameters,
        ContentType = ZipType,
    });

    private async Task ExportAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var persistenceId = VerifyEndpoint.PersistenceIdOf(new Query(context, s_parameters));
        await node.Checkpoints.SignAsync();

        // Noted before the first byte leaves: who has read something is to be known even when the answer breaks off.
        await node.Audit.NoteAsync(
            new AuditAction(
                Caller.NameOf(context), AuditKind.Export,
                ("what", persistenceId ?? "the whole journal"),
                ("last_ordering", (await node.JournalSource.GetInfoAsync()).Events.ToString(CultureInfo.InvariantCulture))),
            cancellationToken);
        // The framework ends a compressed file of a zip with a small synchronous write; all others are asynchronous.
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        context.Response.ContentType = ZipType;
        context.Response.Headers.ContentDisposition = "attachment; filename=\"actormemory-audit.zip\"";
        await AuditExport.WriteAsync(
            node.JournalSource, context.Response.Body,
            new AuditExportOptions { PersistenceId = persistenceId, PublicKey = node.Checkpoints.PublicKey, Describe = ReadableEvent.Write },
            cancellationToken);
    }
}
