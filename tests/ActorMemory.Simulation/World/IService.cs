using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;

namespace ActorMemory.Simulation.World;

/// <summary>What runs on a node, as its clients see it.</summary>
internal interface IService
{
    /// <summary>Adds records of a key together; their places in the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="records">The records.</param>
    /// <param name="isOnce">They have no ids by which they would be recognised when they come again.</param>
    Task<long[]> AddAsync(int key, SentRecord[] records, bool isOnce);

    /// <summary>Puts records of a key into the queue of its shard, for whoever owns it; done when the broker has them safe.</summary>
    Task PostAsync(int key, SentRecord[] records);

    /// <summary>Adds lines of a file; why it failed, for each that did.</summary>
    Task<IReadOnlyList<(int Index, Exception Cause)>> ImportAsync(ImportRequest request);

    Task<KeySight[]> ReadAsync(ReadRequest request);

    Task PruneAsync(int keep);

    Task NoteImportAsync(int source, int lines);

    /// <summary>How many runs of pruning are known, and which files.</summary>
    Task<(int PruningRuns, int[] Sources)> SummarizeAsync();

    /// <summary>Stops in order.</summary>
    Task StopAsync();
}

/// <summary>A kind of service, and what its journal means.</summary>
internal interface IWorld
{
    string Name { get; }

    /// <summary>How everything is read in the end.</summary>
    IReadOnlyList<ReadKind> FinalReads => [ReadKind.Rolling, ReadKind.Latest, ReadKind.History, ReadKind.AllKeys];

    string PersistenceIdOf(int key);

    /// <summary>What a seed means here.</summary>
    Plan PlanOf(ulong seed);

    /// <param name="plan">What is to happen.</param>
    /// <param name="system">Hosts the service's actors.</param>
    /// <param name="journal">The way to the database.</param>
    /// <param name="parts">What the service is made of.</param>
    /// <param name="seed">For the service's own randomness.</param>
    /// <param name="cluster">The node's part in a cluster; null without one.</param>
    IService Start(Plan plan, ActorSystem system, IJournalStore journal, NodeParts parts, ulong seed, ClusterPart? cluster);

    /// <summary>What the journal tells of a key, whose events are checked on the way.</summary>
    KeyReplay Replay(int key, IReadOnlyList<JournaledEvent> events, Plan plan);

    /// <summary>Recovers a key from everything and from its newest snapshot: two states as bytes, which are equal for equal states.</summary>
    (byte[] Replayed, byte[] Continued) Recover(int key, DatabaseStore store);
}

/// <summary>A key as its journal tells it.</summary>
/// <param name="Records">All records that were ever added, in order.</param>
/// <param name="Moments">How many there were and how many were retained, before the first event and after each.</param>
internal record KeyReplay(IReadOnlyList<int> Records, IReadOnlyList<(int Total, int Retained)> Moments);

/// <summary>A node's part in a cluster, and its way to the broker.</summary>
internal sealed record ClusterPart(ClusterNode Node, IBroker Broker);

/// <summary>What a read showed beside records.</summary>
internal interface ISightDetails
{
    /// <summary>Compares it with the first records of its key, of which it is said to be.</summary>
    void Check(KeyReplay replay, int length);
}
