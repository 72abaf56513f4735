using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.TestKit;
using ActorMemory.Tests.Performance.Memory;

namespace ActorMemory.Tests.KnownTime;

/// <summary>
/// A node whose journal stops where it is told to: it is fed the events of another journal, and started anew for every prefix, so that its
/// shards recover from the prefix, with the snapshots that earlier starts left.
/// </summary>
internal sealed class PrefixNode(int shardCount)
{
    private readonly InMemoryJournal _journal = new();
    private int _held;

    /// <summary>Runs a node on the first events of a journal; the number must not decrease from one call to the next.</summary>
    internal async Task RunAsync(IReadOnlyList<JournaledEvent> events, int count, Func<IPerformanceMemory, Task> use)
    {
        for (; _held < count; _held++)
            await AppendAsync(events[_held]);
        var system = new ActorSystem("prefix", null, new VirtualTimeProvider());
        var store = new SimulatedStore(new FaultyJournal(_journal, new JournalFaults(), system.TimeProvider));
        var options = new PerformanceMemoryOptions { Shards = new ShardSettings { Count = shardCount, SnapshotEveryEvents = 5, SnapshotAtStopFromEvents = 3 } };
        var memory = new PerformanceMemory(system, store, new RecordIdSource(system.TimeProvider, static () => 1), options);
        await use(memory);
        await memory.StopAsync();
        await system.TerminateAsync();
        Assert.Equal(count, _journal.EventsFrom(1, int.MaxValue).Count);
    }

    private async Task AppendAsync(JournaledEvent journaled)
    {
        var shard = StableHash.Shard(journaled.PersistenceId, shardCount);
        var batch = new AppendBatch(shard) { RecordedAt = journaled.RecordedAt, Epoch = await _journal.AcquireAsync(shard) };
        batch.Payload.Write(journaled.Payload.Span);
        batch.Add(journaled.PersistenceId, journaled.SequenceNumber, journaled.Manifest, 0);
        await _journal.AppendAsync(batch);
    }
}
