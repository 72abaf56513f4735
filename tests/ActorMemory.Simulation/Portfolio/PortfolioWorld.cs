using ActorMemory.Journal;
using ActorMemory.Portfolio;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;
using ActorMemory.Vectors;

namespace ActorMemory.Simulation.Portfolio;

/// <summary>The portfolio memory: books, and the providers, weights and vectors that follow them. A key is a portfolio.</summary>
internal sealed class PortfolioWorld : IWorld
{
    public string Name => "portfolio";

    public IReadOnlyList<ReadKind> FinalReads { get; } = Enum.GetValues<ReadKind>();

    public static PortfolioName NameOf(int key) => new($"account-{key}");

    public string PersistenceIdOf(int key) => BookBehavior.PersistenceId(NameOf(key));

    /// <summary>A decision and its exit are no batch: each trade is sent by itself.</summary>
    public Plan PlanOf(ulong seed)
    {
        var plan = Plan.From(seed, isPerformance: false);
        return plan with { Operations = [.. plan.Operations.SelectMany(OneByOne)], PruningSchedule = null };
    }

    public IService Start(Plan plan, ActorSystem system, IJournalStore journal, NodeParts parts, ulong seed, ClusterPart? cluster)
    {
        var options = new PortfolioMemoryOptions { MaxMemorySize = plan.MaxRecordsPerKey, Shards = plan.Shards, ScatterTimeout = plan.AskTimeout };
        return new PortfolioService(new PortfolioMemory(system, journal, options, parts.Epochs(journal, cluster?.Node)), journal, plan);
    }

    public KeyReplay Replay(int key, IReadOnlyList<JournaledEvent> events, Plan plan) => PortfolioReplay.Of(key, events);

    /// <summary>The book and all that follow it, of whom those who say how far they are have taken it to its end.</summary>
    public (byte[] Replayed, byte[] Continued) Recover(int key, DatabaseStore store)
    {
        var book = PersistenceIdOf(key);
        var length = store.EventsOf(book).Count;
        var (replayed, continued) = (new List<byte>(), new List<byte>());
        foreach (var id in store.Entities.Where(id => id == book || id.Contains($"|{NameOf(key)}", StringComparison.Ordinal)))
        {
            var both = Recover(id, store);
            if (CursorOf(id, both.Replayed) is { } cursor)
                Require.That(cursor == length, Promise.Durable, () => $"{id} has taken its book up to event {cursor} of {length}");
            replayed.AddRange(both.Replayed);
            continued.AddRange(both.Continued);
        }

        return ([.. replayed], [.. continued]);
    }

    private static (byte[] Replayed, byte[] Continued) Recover(string id, DatabaseStore store)
    {
        if (BookBehavior.IsBook(id))
            return RecoveredState.Both(id, store, new BookFormat(), () => new BookBehavior().Create(id));
        if (WeightsBehavior.IsWeights(id))
            return RecoveredState.Both(id, store, new WeightsFormat(), () => new WeightsBehavior().Create(id));
        if (ProviderBehavior.IsProvider(id))
            return RecoveredState.Both(id, store, new ProviderFormat(), () => new ProviderBehavior().Create(id));
        return VectorIds.IsIndex(id)
            ? RecoveredState.Both(id, store, new VectorIndexFormat(), () => new VectorIndexBehavior().Create(id))
            : RecoveredState.Both(id, store, new VectorBucketFormat(), () => new VectorBucketBehavior().Create(id));
    }

    private static long? CursorOf(string id, byte[] state)
    {
        if (WeightsBehavior.IsWeights(id))
            return new WeightsFormat().ReadSnapshot(id, WeightsFormat.StateManifest, state).Cursor;
        return VectorIds.IsIndex(id) ? new VectorIndexFormat().ReadSnapshot(id, VectorIndexFormat.StateManifest, state).Index.Cursor : null;
    }

    private static IEnumerable<Operation> OneByOne(Operation operation) => operation is AppendOperation { Records.Length: > 1 } append
        ? append.Records.Select(record => append with { Records = [record] })
        : [operation];
}
