using ActorMemory.Performance;
using ActorMemory.Tests.Performance;
using ActorMemory.Tests.Performance.Memory;

namespace ActorMemory.Tests.KnownTime;

/// <summary>A random life of a memory: single records, batches, duplicates, lines of files, pruning, notes of imports, and restarts with snapshots.</summary>
internal sealed class RandomHistory(RunningMemory node, Random random)
{
    private readonly List<PerformanceRecord> _added = [];
    private readonly long[] _lines = new long[3];
    private int _ids;

    internal static IReadOnlyList<PerformanceKey> Keys { get; } =
        [new("momentum", "bull", "5"), new("momentum", "bear", "5"), new("momentum", "bull", "24"), new("mean|reversion", "東", ""), new("", "", "")];

    internal async Task LiveAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            await StepAsync();
            // Often not at all, so that many events are recorded at one time.
            if (random.Next(3) > 0)
                node.Clock.Advance(TimeSpan.FromMicroseconds(random.Next(1, 50)));
        }
    }

    private async Task StepAsync()
    {
        switch (random.Next(16))
        {
            case < 6:
                await node.Memory.AddAsync(NewRecord());
                break;
            case < 9:
                await node.Memory.AddAsync(Enumerable.Range(0, random.Next(1, 12)).Select(_ => NewRecord()).ToArray());
                break;
            case < 11 when _added.Count > 0:
                await node.Memory.AddAsync(new[] { _added[random.Next(_added.Count)], NewRecord() });
                break;
            case < 13:
                await AddLinesAsync();
                break;
            case 13:
                var filter = random.Next(2) == 0 ? KeyFilter.All : new KeyFilter { Strategy = "momentum" };
                await node.Memory.PruneAsync(random.Next(1, 15), filter);
                break;
            case 14:
                await node.Memory.NoteImportAsync(new ImportProgress(
                    (UInt128)random.Next(1, 4), "a.ndjson", random.Next(1000), (UInt128)random.Next(), random.Next(100), random.Next(100), 0, 0, random.Next(2) == 0));
                break;
            default:
                await node.RestartAsync();
                break;
        }
    }

    private async Task AddLinesAsync()
    {
        var source = random.Next(3);
        var first = Math.Max(1, _lines[source] - random.Next(3));
        var lines = Enumerable.Range(0, random.Next(1, 8)).Select(i => new RecordLine(first + i, NewRecord())).ToArray();
        _lines[source] = lines[^1].Line;
        await node.Memory.AddLinesAsync((UInt128)(source + 1), lines);
    }

    private PerformanceRecord NewRecord()
    {
        var record = Records.Random(random, Keys[random.Next(Keys.Count)]) with { RecordId = RecordId.Parse($"r{++_ids}") };
        _added.Add(record);
        return record;
    }
}
