using System.Diagnostics;
using ActorMemory.Performance;

namespace ActorMemory.Benchmarks;

/// <summary>How long a cold start takes until every key has answered, and what the original's own headline costs here.</summary>
internal static class RecoveryFigures
{
    public static async Task<IReadOnlyList<Figure>> ColdStartAsync()
    {
        const int PerKey = 100;
        var folder = Directory.CreateTempSubdirectory("actormemory-recovery");
        try
        {
            await using (var node = await BenchmarkNode.StartAsync(folder.FullName))
                await node.AddSinglesAsync(0, (long)Records.Keys * PerKey, 4096);
            // Without snapshots: every record is replayed from its own event.
            DeleteSnapshots(folder.FullName);

            var watch = Stopwatch.StartNew();
            await using var again = await BenchmarkNode.StartAsync(folder.FullName);
            var opened = watch.Elapsed;
            var keys = await again.Memory.GetKeysAsync(KeyFilter.All);
            var elapsed = watch.Elapsed;
            if (keys.Count != Records.Keys || keys.Sum(key => key.TotalRecords) != (long)Records.Keys * PerKey)
                throw new InvalidOperationException("The recovered keys are not those that were written.");
            return
            [
                new Figure(
                    "recovery_records_per_s", Records.Keys * PerKey / elapsed.TotalSeconds, "records/s", Goal.AtLeast, 500_000,
                    $"12,000 keys x {PerKey} single-record events; open {opened.TotalSeconds:0.00} s, all keys after {elapsed.TotalSeconds:0.00} s"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static async Task<IReadOnlyList<Figure>> HeadlineAsync()
    {
        const int PerKey = 1_000, Keep = 500;
        var folder = Directory.CreateTempSubdirectory("actormemory-headline");
        try
        {
            TimeSpan load, prune, stop;
            long loadedMegabytes;
            var watch = Stopwatch.StartNew();
            var node = await BenchmarkNode.StartAsync(folder.FullName);
            load = await node.AddBatchesAsync(Records.Keys * PerKey / 100, 100, 256);
            loadedMegabytes = Environment.WorkingSet / 1_000_000;
            watch.Restart();
            var run = await node.Memory.PruneAsync(Keep, KeyFilter.All);
            prune = watch.Elapsed;
            if (run.PrunedRecords != (long)Records.Keys * (PerKey - Keep))
                throw new InvalidOperationException($"Pruning dropped {run.PrunedRecords} records.");
            watch.Restart();
            await node.DisposeAsync();
            stop = watch.Elapsed;

            watch.Restart();
            await using var again = await BenchmarkNode.StartAsync(folder.FullName);
            var keys = await again.Memory.GetKeysAsync(KeyFilter.All);
            var restart = watch.Elapsed;
            if (keys.Any(key => key.Records != Keep))
                throw new InvalidOperationException("A key does not have the records it was pruned to.");
            return
            [
                new Figure("headline_load_s", load.TotalSeconds, "s", Goal.None, 0, "12,000,000 records over 12,000 keys, in batches of 100"),
                new Figure("headline_prune_s", prune.TotalSeconds, "s", Goal.None, 0, $"{run.PrunedRecords:N0} of them, 500 a key stay"),
                new Figure("headline_stop_s", stop.TotalSeconds, "s", Goal.None, 0, "orderly, with snapshots"),
                new Figure("headline_restart_s", restart.TotalSeconds, "s", Goal.None, 0, "until every key has answered"),
                new Figure("headline_disk_mb", again.DiskBytes / 1e6, "MB", Goal.None, 0, "journal and snapshots"),
                new Figure("headline_memory_mb", loadedMegabytes, "MB", Goal.None, 0, "process after loading, client included"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void DeleteSnapshots(string folder)
    {
        SQLitePCL.Batteries_V2.Init();
        if (SQLitePCL.raw.sqlite3_open(Path.Combine(folder, "journal.db"), out var database) != SQLitePCL.raw.SQLITE_OK)
            throw new InvalidOperationException("The journal could not be opened.");
        SQLitePCL.raw.sqlite3_exec(database, "DELETE FROM snapshot", null, null, out var error);
        if (error is not null)
            throw new InvalidOperationException(error);
        database.Dispose();
    }
}
