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
    Task<long[]> AddAsync(int key, SentRecord[] records);

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

    string PersistenceIdOf(int key);

    IService Start(Plan plan, ActorSystem system, IJournalStore journal, NodeParts parts, ulong seed);

    /// <summary>What the journal tells of a key, whose events are checked on the way.</summary>
    KeyReplay Replay(int key, IReadOnlyList<JournaledEvent> events, Plan plan);

    /// <summary>Recovers a key from everything and from its newest snapshot: two states as bytes, which are equal for equal states.</summary>
    (byte[] Replayed, byte[] Continued) Recover(int key, DatabaseStore store);
}

/// <summary>A key as its journal tells it.</summary>
/// <param name="Records">All records that were ever added, in order.</param>
/// <param name="Moments">How many there were and how many were retained, before the first event and after each.</param>
internal sealed record KeyReplay(IReadOnlyList<int> Records, IReadOnlyList<(int Total, int Retained)> Moments);
