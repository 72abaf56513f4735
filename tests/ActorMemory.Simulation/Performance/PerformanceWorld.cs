using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Performance;

/// <summary>The whole node: the performance memory with its keys, imports, pruning supervisor and log.</summary>
internal sealed class PerformanceWorld : IWorld
{
    /// <summary>How many records a key retains after a scheduled pruning.</summary>
    public const int KeptBySchedule = 3;

    public string Name => "performance";

    public static PerformanceKey KeyOf(int key) => new($"strategy-{key}", "bull", "24");

    public string PersistenceIdOf(int key) => KeyOf(key).ToPersistenceId();

    public Plan PlanOf(ulong seed) => Plan.From(seed, isPerformance: true);

    public IService Start(Plan plan, ActorSystem system, IJournalStore journal, NodeParts parts, ulong seed, ClusterPart? cluster)
    {
        var random = new SplitMix64(seed);
        var options = new PerformanceMemoryOptions
        {
            MaxRecordsPerKey = plan.MaxRecordsPerKey,
            Shards = plan.Shards,
            ScatterTimeout = plan.AskTimeout,
            Pruning = new PruningOptions { Schedule = plan.PruningSchedule, MaxRecordsPerKey = KeptBySchedule, Timeout = plan.AskTimeout },
        };
        var ids = new RecordIdSource(system.TimeProvider, () => new UInt128(random.Next(), random.Next()));
        return new PerformanceService(new PerformanceMemory(system, journal, ids, options), plan);
    }

    /// <summary>A model of retention beside that of the memory: what is retained follows from the events' kinds and what was asked for.</summary>
    public KeyReplay Replay(int key, IReadOnlyList<JournaledEvent> events, Plan plan)
    {
        var kept = plan.Operations.OfType<PruneOperation>().Select(static prune => prune.Keep).Append(KeptBySchedule).ToHashSet();
        var records = new List<int>();
        var moments = new List<(int Total, int Retained)> { (0, 0) };
        long retainFrom = 1;
        foreach (var stored in events)
        {
            switch (PerformanceFormat.ReadEvent(KeyOf(key), stored.Manifest, stored.Payload.Span))
            {
                case RecordsAdded added:
                    Require.That(
                        added.FirstRecordNumber == records.Count + 1, Promise.Replay,
                        () => $"an event of key {key} adds record {added.FirstRecordNumber} where {records.Count + 1} is next");
                    foreach (var record in added.Records.Span)
                        records.Add(Records.NumberOf(record.ReturnValue));
                    retainFrom = Math.Max(retainFrom, records.Count - plan.MaxRecordsPerKey + 1);
                    Require.That(
                        added.RetainFrom == retainFrom, Promise.Replay,
                        () => $"key {key} retains from {added.RetainFrom} after {records.Count} records, but should from {retainFrom}");
                    break;
                case RecordsPruned pruned:
                    Require.That(
                        pruned.RetainFrom > retainFrom && kept.Contains((int)(records.Count - pruned.RetainFrom + 1)), Promise.Replay,
                        () => $"key {key} was pruned to {records.Count - pruned.RetainFrom + 1} records, which nobody asked for");
                    retainFrom = pruned.RetainFrom;
                    break;
            }

            moments.Add((records.Count, (int)(records.Count - retainFrom + 1)));
        }

        return new KeyReplay(records, moments);
    }

    public (byte[] Replayed, byte[] Continued) Recover(int key, DatabaseStore store) => RecoveredState.Both(
        PersistenceIdOf(key), store, new PerformanceFormat(), () => new PerformanceBehavior().Create(PersistenceIdOf(key)));
}
