using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Shrinking;

/// <summary>
/// Makes a failing plan small: leaves out faults, then operations, then whatever happens by chance, as long as a run still breaks the same promise. What is
/// left is tried under several seeds, since leaving something out changes all that is drawn after it. (Zeller and Hildebrandt, "Simplifying and isolating
/// failure-inducing input", 2002.)
/// </summary>
internal sealed class Shrinker(IWorld world, Func<NodeParts> parts, string kind)
{
    private const int SeedsEach = 20;
    private const int MostRuns = 6000;

    public int Runs { get; private set; }

    public Plan Shrink(Plan plan)
    {
        plan = WithFewerFaults(plan);
        plan = WithFewerOperations(plan);
        plan = WithSmallerOperations(plan);
        foreach (var simpler in Simplifications)
            plan = Tried(simpler(plan)) ?? plan;
        plan = WithFewerOperations(plan);
        return WithFewerFaults(plan);
    }

    private static IReadOnlyList<Func<Plan, Plan>> Simplifications { get; } =
    [
        static plan => plan with { Network = new NetworkRates() },
        static plan => plan with { Network = plan.Network with { IsDoubled = 0 } },
        static plan => plan with { Network = plan.Network with { IsLost = 0 } },
        static plan => plan with { Network = plan.Network with { IsDelayed = 0 } },
        static plan => plan with { Network = plan.Network with { IsMisrouted = 0 } },
        static plan => plan with { Database = new DatabaseRates() },
        static plan => plan with { Database = plan.Database with { CommitFails = 0 } },
        static plan => plan with { Database = plan.Database with { BatchIsLost = 0 } },
        static plan => plan with { Database = plan.Database with { AnswerIsLost = 0 } },
        static plan => plan with { Database = plan.Database with { BatchIsLate = 0 } },
        static plan => plan with { Database = plan.Database with { Slow = 0 } },
        static plan => plan with { Database = plan.Database with { RecoveryFails = 0 } },
        static plan => plan with { Database = plan.Database with { SnapshotIsDamaged = 0 } },
        static plan => plan with { Database = plan.Database with { AcquireFails = 0 } },
        static plan => plan with { PruningSchedule = null },
        static plan => plan with { Nodes = 1 },
        static plan => plan with { Nodes = Math.Min(plan.Nodes, 2) },
        static plan => plan with { Shards = plan.Shards with { Count = 1 } },
    ];

    private Plan WithFewerFaults(Plan plan) =>
        Minimized(plan, plan.Faults, static (plan, faults) => plan with { Faults = faults });

    private Plan WithFewerOperations(Plan plan) =>
        Minimized(plan, plan.Operations, static (plan, operations) => plan with { Operations = operations });

    private Plan WithSmallerOperations(Plan plan)
    {
        for (var index = 0; index < plan.Operations.Count; index++)
        {
            Operation? smaller = plan.Operations[index] switch
            {
                AppendOperation { Records.Length: > 1 } append => append with { Records = append.Records[..1] },
                ImportOperation { Lines.Length: > 1 } import => import with { Lines = import.Lines[..1] },
                _ => null,
            };
            if (smaller is null)
                continue;
            var operations = plan.Operations.ToArray();
            operations[index] = smaller;
            plan = Tried(plan with { Operations = operations }) ?? plan;
        }

        return plan;
    }

    private Plan Minimized<T>(Plan plan, IReadOnlyList<T> items, Func<Plan, IReadOnlyList<T>, Plan> with)
    {
        for (var chunk = Math.Max(items.Count, 1); chunk >= 1; chunk /= 2)
        {
            for (var start = 0; start < items.Count;)
            {
                T[] fewer = [.. items.Take(start), .. items.Skip(start + chunk)];
                if (Tried(with(plan, fewer)) is { } smaller)
                    (plan, items) = (smaller, fewer);
                else
                    start += chunk;
            }
        }

        return plan;
    }

    /// <summary>The plan with a seed that makes it fail in the same way; null if none was found.</summary>
    private Plan? Tried(Plan plan)
    {
        for (var more = 0UL; more < SeedsEach && Runs < MostRuns; more++)
        {
            var candidate = plan with { Seed = plan.Seed + more };
            Runs++;
            if (World.Simulation.Run(candidate, world, parts()).Failure?.Kind == kind)
                return candidate;
        }

        return null;
    }
}
