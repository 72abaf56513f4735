using ActorMemory.Actors;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Ledger;

namespace ActorMemory.Simulation.World;

/// <summary>What a simulated world is made of; planted bugs replace a part.</summary>
internal record NodeParts
{
    public virtual DatabaseRules Rules => DatabaseRules.All;

    /// <summary>A client takes any answer of a node for that to its latest question.</summary>
    public virtual bool AnswersComeInOrder => false;

    public virtual IEventSourcedBehavior<LedgerState, LedgerCommand, int> LedgerBehavior() => new LedgerBehavior();

    public virtual IEntityFormat<LedgerState, int> LedgerFormat() => new LedgerFormat();

    public virtual ICommandFormat<LedgerCommand> CommandFormat() => new LedgerCommandFormat();

    public virtual ShardEpochs Epochs(IJournal journal, ClusterNode? cluster) => new(journal, cluster);

    /// <summary>What stands between a node and its broker.</summary>
    public virtual IBroker Broker(IBroker broker) => broker;

    public virtual DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new(database, clock, trace);
}
