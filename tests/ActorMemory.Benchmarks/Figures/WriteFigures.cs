namespace ActorMemory.Benchmarks;

/// <summary>How fast records become durable.</summary>
internal static class WriteFigures
{
    public static async Task<IReadOnlyList<Figure>> DurableAddsAsync()
    {
        await using var node = await BenchmarkNode.StartAsync();
        await node.AddSinglesAsync(0, 400_000, 4096);
        var (commits, events) = (node.Node.JournalMetrics.Commits, node.Node.JournalMetrics.Events);
        const int Count = 1_200_000;
        var rate = Count / (await node.AddSinglesAsync(400_000, Count, 4096)).TotalSeconds;
        var perCommit = (int)((node.Node.JournalMetrics.Events - events) / Math.Max(1, node.Node.JournalMetrics.Commits - commits));
        var raw = RawSqlite.RowsPerSecond(perCommit, payloadBytes: 190, TimeSpan.FromSeconds(4));
        var baseline = $"raw SQLite rows at {perCommit:N0} a commit: {raw:N0}/s";
        return
        [
            new Figure("durable_adds_per_s", rate, "records/s", Goal.AtLeast, 120_000, baseline),
            new Figure("durable_adds_vs_raw_sqlite", rate / raw, "ratio", Goal.AtLeast, 0.3, baseline),
        ];
    }

    public static async Task<IReadOnlyList<Figure>> BatchedAddsAsync()
    {
        await using var node = await BenchmarkNode.StartAsync();
        await node.AddBatchesAsync(5_000, 100, 256);
        const int Batches = 30_000;
        var rate = Batches * 100 / (await node.AddBatchesAsync(Batches, 100, 256)).TotalSeconds;
        var raw = RawSqlite.RowsPerSecond(rowsPerCommit: 128, payloadBytes: 14_000, TimeSpan.FromSeconds(4)) * 100;
        return [new Figure("batched_adds_per_s", rate, "records/s", Goal.AtLeast, 600_000, $"raw SQLite rows of 100 records: {raw:N0} records/s")];
    }

    public static async Task<IReadOnlyList<Figure>> SingleAddAsync()
    {
        await using var node = await BenchmarkNode.StartAsync();
        var random = new Random(1);
        Task AddAsync(int number) => node.Memory.AddAsync(Records.Make(random, BenchmarkNode.Keys[number % 100], number));
        await Sample.MicrosecondsAsync(2_000, AddAsync);
        var before = Disk.FdatasyncMicroseconds(2_000);
        var single = Sample.Percentile(await Sample.MicrosecondsAsync(4_000, AddAsync), 0.5);
        var after = Disk.FdatasyncMicroseconds(2_000);
        var sync = (before + after) / 2;
        return [new Figure("single_add_vs_fdatasync", single / sync, "ratio", Goal.AtMost, 1.5, $"one add {single:N0} us, one fdatasync {sync:N0} us (medians)")];
    }

    public static async Task<IReadOnlyList<Figure>> CostCurveAsync()
    {
        await using var node = await BenchmarkNode.StartAsync();
        await node.AddSinglesAsync(0, 10_000, 4096);
        var figures = new List<Figure>();
        long done = 10_000;
        foreach (var (upTo, name) in new[] { (100_000L, "100k"), (1_000_000L, "1m"), (4_000_000L, "4m"), (10_000_000L, "10m") })
        {
            var elapsed = await node.AddSinglesAsync(done, upTo - done, 4096);
            figures.Add(new Figure(
                $"add_cost_us_to_{name}", elapsed.TotalMicroseconds / (upTo - done), "us/record", Goal.None, 0,
                $"from {done:N0} to {upTo:N0} records; {node.DiskBytes / 1e6:N0} MB on disk"));
            done = upTo;
        }

        return figures;
    }
}
