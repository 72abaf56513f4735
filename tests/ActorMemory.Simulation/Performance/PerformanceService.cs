using ActorMemory.Performance;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Performance;

/// <summary>The performance memory as the clients of the simulation use it.</summary>
internal sealed class PerformanceService(PerformanceMemory memory, Plan plan) : IService
{
    public async Task<long[]> AddAsync(int key, SentRecord[] records, bool isOnce)
    {
        if (records.Length == 1)
            return [(await memory.AddAsync(Records.Of(key, records[0].Number, withId: true))).RecordNumber];
        var report = await memory.AddAsync(Array.ConvertAll(records, record => Records.Of(key, record.Number, withId: true)));
        return report.Failures.Count == 0 ? new long[records.Length] : throw report.Failures[0].Cause;
    }

    public Task PostAsync(int key, SentRecord[] records) => throw new NotSupportedException("The memory has no queue here.");

    public async Task<IReadOnlyList<(int Index, Exception Cause)>> ImportAsync(ImportRequest request)
    {
        var lines = new RecordLine[request.Records.Length];
        for (var index = 0; index < lines.Length; index++)
        {
            var sent = request.Records[index];
            lines[index] = new RecordLine(request.FirstLine + index, Records.Of(sent.Key, sent.Number, withId: false));
        }

        var report = await memory.AddLinesAsync((UInt128)request.Source, lines);
        return [.. report.Failures.Select(static failure => (failure.Index, failure.Cause))];
    }

    public async Task<KeySight[]> ReadAsync(ReadRequest request)
    {
        var key = PerformanceWorld.KeyOf(request.Key);
        switch (request.Kind)
        {
            case ReadKind.Rolling:
                var rolling = await memory.GetRollingMetricsAsync(key, request.Window, Convention.ActorMemory, CancellationToken.None);
                MetricsModel.Check(rolling);
                return [new KeySight(request.Key, -1, Numbers(rolling.RecentReturns), request.Window)];
            case ReadKind.Latest:
                var latest = await memory.GetLatestAsync(key, CancellationToken.None);
                return [new KeySight(request.Key, (int)latest.RecordNumber, latest.Record is null ? [] : [Records.NumberOf(latest.Record.ReturnValue)], 1)];
            case ReadKind.History:
                return [await ReadHistoryAsync(request.Key, key)];
            default:
                return await ReadAllKeysAsync();
        }
    }

    public Task PruneAsync(int keep) => memory.PruneAsync(keep, KeyFilter.All, CancellationToken.None);

    public Task NoteImportAsync(int source, int lines) => memory.NoteImportAsync(
        new ImportProgress((UInt128)source, "file", lines, (UInt128)source, lines, lines, 0, 0, true), CancellationToken.None);

    public async Task<(int PruningRuns, int[] Sources)> SummarizeAsync()
    {
        var runs = await memory.GetPruningRunsAsync(CancellationToken.None);
        var imports = await memory.GetImportsAsync(CancellationToken.None);
        return (runs.Count, [.. imports.Select(static import => (int)import.Source)]);
    }

    public Task StopAsync() => memory.StopAsync();

    private async Task<KeySight> ReadHistoryAsync(int number, PerformanceKey key)
    {
        var numbers = new List<int>();
        long last = 0, knownAt = long.MinValue;
        await foreach (var stored in memory.GetRecordsAsync(key, 0, long.MaxValue, CancellationToken.None))
        {
            Require.That(
                last == 0 || stored.SequenceNumber == last + 1, Promise.TrueReads,
                () => $"the history of key {number} shows record {stored.SequenceNumber} after {last}");
            Require.That(
                stored.KnownAt.Value >= knownAt, Promise.KnownTime, () => $"record {stored.SequenceNumber} of key {number} was known before the one before it");
            (last, knownAt) = (stored.SequenceNumber, stored.KnownAt.Value);
            numbers.Add(Records.NumberOf(stored.Record.ReturnValue));
        }

        return new KeySight(number, (int)last, [.. numbers]);
    }

    private async Task<KeySight[]> ReadAllKeysAsync()
    {
        var known = await memory.GetKeysAsync(KeyFilter.All, CancellationToken.None);
        var sights = new KeySight[plan.Keys];
        for (var key = 0; key < sights.Length; key++)
        {
            var description = known.FirstOrDefault(description => description.Key == PerformanceWorld.KeyOf(key));
            sights[key] = new KeySight(key, (int)(description?.TotalRecords ?? 0), [], 0);
        }

        return sights;
    }

    private static int[] Numbers(ReadOnlyMemory<double> returns) => Array.ConvertAll(returns.ToArray(), Records.NumberOf);
}
