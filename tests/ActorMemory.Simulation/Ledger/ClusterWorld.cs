using ActorMemory.Simulation.Plans;

namespace ActorMemory.Simulation.Ledger;

/// <summary>The ledgers on a cluster: every node takes part in the same broker, and clients ask any of them.</summary>
internal sealed class ClusterWorld : LedgerWorld
{
    public override string Name => "cluster";

    public override Plan PlanOf(ulong seed) => ClusterPlan.From(seed);
}
