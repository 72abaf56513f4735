using ActorMemory.Hosting;
using ActorMemory.Testing;

namespace ActorMemory.Benchmarks;

/// <summary>How fast records become durable in a PostgreSQL server on the same machine, with the settings that it ships with.</summary>
internal static class PostgresFigures
{
    public static async Task<IReadOnlyList<Figure>> AddsAsync()
    {
        await using var server = await PostgresServer.StartAsync();
        return [.. await SinglesAsync(server), .. await BatchesAsync(server)];
    }

    private static async Task<IReadOnlyList<Figure>> SinglesAsync(PostgresServer server)
    {
        await using var node = await BenchmarkNode.StartAsync(change: new ActorMemoryBuilder().UsePostgreSql(server.ConnectionString, "singles"));
        const int WarmUp = 500_000;
        await node.AddSinglesAsync(0, WarmUp, 8192);
        var (commits, events) = (node.Node.JournalMetrics.Commits, node.Node.JournalMetrics.Events);
        const int Count = 600_000;
        var rate = Count / (await node.AddSinglesAsync(WarmUp, Count, 8192)).TotalSeconds;
        var perCommit = PerCommit(node, commits, events);
        var raw = await RawPostgres.RowsPerSecondAsync(server, perCommit, payloadBytes: 190, TimeSpan.FromSeconds(5));
        var baseline = $"raw COPY at {perCommit:N0} rows a commit: {raw:N0}/s";
        return
        [
            new Figure("postgres_adds_per_s", rate, "records/s", Goal.AtLeast, 80_000, baseline),
            new Figure("postgres_adds_vs_raw_copy", rate / raw, "ratio", Goal.AtLeast, 0.5, baseline),
        ];
    }

    private static async Task<IReadOnlyList<Figure>> BatchesAsync(PostgresServer server)
    {
        await using var node = await BenchmarkNode.StartAsync(change: new ActorMemoryBuilder().UsePostgreSql(server.ConnectionString, "batches"));
        await node.AddBatchesAsync(10_000, 100, 512);
        var (commits, events) = (node.Node.JournalMetrics.Commits, node.Node.JournalMetrics.Events);
        const int Batches = 20_000;
        var rate = Batches * 100 / (await node.AddBatchesAsync(Batches, 100, 512)).TotalSeconds;
        var perCommit = PerCommit(node, commits, events);
        var raw = await RawPostgres.RowsPerSecondAsync(server, perCommit, payloadBytes: 14_000, TimeSpan.FromSeconds(5)) * 100;
        var baseline = $"raw COPY of rows of 100 records, {perCommit:N0} a commit: {raw:N0} records/s";
        return
        [
            new Figure("postgres_batched_adds_per_s", rate, "records/s", Goal.AtLeast, 350_000, baseline),
            new Figure("postgres_batched_vs_raw_copy", rate / raw, "ratio", Goal.AtLeast, 0.5, baseline),
        ];
    }

    private static int PerCommit(BenchmarkNode node, long commits, long events) =>
        (int)((node.Node.JournalMetrics.Events - events) / Math.Max(1, node.Node.JournalMetrics.Commits - commits));
}
