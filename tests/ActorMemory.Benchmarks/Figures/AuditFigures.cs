using System.Diagnostics;
using ActorMemory.Journal;

namespace ActorMemory.Benchmarks;

/// <summary>How fast a whole journal is verified: checksums, numbers, leaves, trees, signed checkpoints.</summary>
internal static class AuditFigures
{
    public static async Task<IReadOnlyList<Figure>> VerifyAsync()
    {
        const long Events = 2_000_000;
        var folder = Directory.CreateTempSubdirectory("actormemory-verify");
        try
        {
            await using (var node = await BenchmarkNode.StartAsync(folder.FullName))
                await node.AddSinglesAsync(0, Events, 4096);
            using var keys = CheckpointPublicKeys.Read(CheckpointKey.PublicPathOf(Path.Combine(folder.FullName, "checkpoint-key.pem")));
            await using var journal = await SqliteJournal.OpenReadOnlyAsync(folder.FullName);
            var watch = Stopwatch.StartNew();
            var report = await JournalVerifier.VerifyAsync(journal, new VerificationOptions { Keys = keys });
            var elapsed = watch.Elapsed;
            if (!report.IsSound || report.Events < Events || report.SignedUpTo < Events)
                throw new InvalidOperationException($"The journal did not verify: {report.Summary}.");
            return
            [
                new Figure(
                    "verify_events_per_s", report.Events / elapsed.TotalSeconds, "events/s", Goal.AtLeast, 300_000,
                    $"{report.Events:N0} single-record events in {report.Batches:N0} batches, {report.Checkpoints:N0} signed checkpoints, {elapsed.TotalSeconds:0.0} s"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
