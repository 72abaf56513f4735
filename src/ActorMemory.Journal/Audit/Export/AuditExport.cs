using System.IO.Compression;
using System.Text.Json;

namespace ActorMemory.Journal;

/// <summary>What to export.</summary>
public sealed record AuditExportOptions
{
    /// <summary>Only this entity, with the whole batches in which its events lie, as their leaves need them; null for the whole journal.</summary>
    public string? PersistenceId { get; init; }

    /// <summary>The public key as PEM.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Adds readable members to an event, for the manifests that it knows.</summary>
    public Action<Utf8JsonWriter, StoredRow>? Describe { get; init; }
}

/// <summary>What was exported.</summary>
/// <param name="JournalId">The journal.</param>
/// <param name="Events">Events in the bundle.</param>
/// <param name="Batches">Batches in the bundle.</param>
/// <param name="Checkpoints">Signed checkpoints in the bundle.</param>
/// <param name="Uncovered">Events that are left out because no checkpoint covers them yet.</param>
public sealed record AuditExportSummary(string JournalId, long Events, long Batches, long Checkpoints, long Uncovered);

/// <summary>There is nothing that could be proved.</summary>
public sealed class AuditExportException(string message) : Exception(message);

/// <summary>
/// Writes a bundle that proves itself: a zip with the events, the leaves of their batches, proofs, signed checkpoints, the public key,
/// a manifest with the hashes of all files, and a Python script that verifies it with nothing but its standard library. The memory it
/// takes does not grow with the journal.
/// </summary>
public static class AuditExport
{
    private const string ScriptName = "verify.py";
    private const int PageEvents = 4096;

    /// <summary>Writes the bundle of all events that signed checkpoints cover.</summary>
    /// <exception cref="AuditExportException">No checkpoint covers the events, or one of them is not what was written.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<AuditExportSummary> WriteAsync(
        IJournalSource journal, Stream output, AuditExportOptions options, CancellationToken cancellationToken = default)
    {
        var info = await journal.GetInfoAsync();
        var plan = await ExportPlan.MakeAsync(journal, info, options.PersistenceId);
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var bundle = new BundleFiles(zip);
        var (events, batches) = (0L, 0L);
        await bundle.AddAsync("events.ndjson", async file =>
        {
            await foreach (var batch in plan.ReadAsync(journal, PageEvents, cancellationToken))
            {
                batches++;
                foreach (var row in batch.Rows)
                {
                    events++;
                    await file.WriteLineAsync(json => WriteEvent(json, row, options.Describe));
                }
            }
        });
        await bundle.AddAsync("batches.ndjson", async file =>
        {
            await foreach (var leaf in plan.ReadLeavesAsync(journal, cancellationToken))
                await file.WriteLineAsync(json => plan.WriteBatch(json, leaf));
        });
        await bundle.AddAsync("checkpoints.ndjson", async file =>
        {
            foreach (var checkpoint in plan.Checkpoints)
                await file.WriteLineAsync(json => plan.WriteCheckpoint(json, checkpoint));
        });
        await bundle.AddAsync("public-key.pem", file => file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(options.PublicKey)));
        await bundle.AddAsync(ScriptName, file => file.WriteAsync(Script()));
        var summary = new AuditExportSummary(info.JournalId, events, batches, plan.Checkpoints.Count, plan.Uncovered);
        await bundle.AddAsync("manifest.json", file => file.WriteLineAsync(json => WriteManifest(json, summary, plan, bundle)));
        return summary;
    }

    private static void WriteEvent(Utf8JsonWriter json, StoredRow row, Action<Utf8JsonWriter, StoredRow>? describe)
    {
        json.WriteStartObject();
        json.WriteNumber("ordering", row.Ordering);
        json.WriteString("persistence_id", row.PersistenceId);
        json.WriteNumber("sequence_number", row.SequenceNumber);
        json.WriteString("manifest", row.Manifest);
        json.WriteNumber("recorded_at", row.RecordedAt);
        json.WriteBase64String("payload", row.Payload.Span);
        describe?.Invoke(json, row);
        json.WriteEndObject();
    }

    private static void WriteManifest(Utf8JsonWriter json, AuditExportSummary summary, ExportPlan plan, BundleFiles bundle)
    {
        json.WriteStartObject();
        json.WriteString("format", "actormemory-audit-export");
        json.WriteNumber("version", 1);
        json.WriteString("journal_id", summary.JournalId);
        json.WriteString("persistence_id", plan.PersistenceId);
        json.WriteNumber("first_ordering", plan.FirstOrdering);
        json.WriteNumber("last_ordering", plan.LastOrdering);
        json.WriteNumber("events", summary.Events);
        json.WriteNumber("batches", summary.Batches);
        json.WriteNumber("checkpoints", summary.Checkpoints);
        json.WriteNumber("uncovered_events_left_out", summary.Uncovered);
        json.WriteStartObject("files");
        foreach (var (name, bytes, sha256) in bundle.Written)
        {
            json.WriteStartObject(name);
            json.WriteNumber("bytes", bytes);
            json.WriteString("sha256", sha256);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static byte[] Script()
    {
        using var stream = typeof(AuditExport).Assembly.GetManifestResourceStream(ScriptName)
            ?? throw new InvalidOperationException($"{ScriptName} is not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
