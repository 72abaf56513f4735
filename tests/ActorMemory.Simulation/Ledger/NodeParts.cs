using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>What a simulated node is made of; planted bugs replace a part.</summary>
internal record NodeParts
{
    public virtual IEventSourcedBehavior<LedgerState, LedgerCommand, string> Behavior() => new LedgerBehavior();

    public virtual IEntityFormat<LedgerState, string> Format() => new LedgerFormat();

    public virtual IJournal Journal(FaultyJournal journal) => journal;

    public virtual ISnapshotStore Snapshots(FaultyJournal journal) => journal;
}
