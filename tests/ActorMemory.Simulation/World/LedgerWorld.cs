using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>One simulated run: clients, a node that fails in every way, and the check at the end.</summary>
internal static class LedgerWorld
{
    public static RunReport Run(ulong seed, NodeParts parts, SimulationPlan? fixedPlan = null, long crashAtStep = -1)
    {
        var simulation = new SimulationScheduler(seed) { LongestStep = TimeSpan.FromMicroseconds(10) };
        var plan = fixedPlan ?? SimulationPlan.From(simulation.Random.Fork());
        var node = new SimulatedNode(simulation, plan, parts);
        var history = new History();
        var stepsOfClients = 0L;
        simulation.Run(
            async () =>
            {
                node.Start();
                node.BringMisfortune();
                if (crashAtStep >= 0)
                    simulation.AtStep(crashAtStep, node.Crash);
                await RunClientsAsync(simulation, plan, node, history);
                stepsOfClients = simulation.Steps;
                node.CalmDown();
                var final = await ReadEverythingAsync(simulation, plan, node);
                Checker.Check(history, final, node.Store);
            },
            mostSteps: 500_000);
        return new RunReport(
            simulation.TraceHash, simulation.Steps, stepsOfClients, simulation.Time.Elapsed, node.Crashes, history.Acknowledgements.Count,
            history.Reads.Count, history.Refusals, node.Store.DamagedSnapshotsSkipped);
    }

    private static async Task RunClientsAsync(SimulationScheduler simulation, SimulationPlan plan, SimulatedNode node, History history)
    {
        var running = new List<Task>();
        for (var number = 0; number < plan.Clients; number++)
            running.Add(new SimulatedClient(number, simulation, plan, node, history, simulation.Random.Fork()).RunAsync());
        foreach (var client in running)
            await client;
        // What is still on its way, late copies included, arrives before the reckoning.
        await simulation.DelayAsync(TimeSpan.FromSeconds(5));
    }

    private static async Task<Dictionary<string, string[]>> ReadEverythingAsync(
        SimulationScheduler simulation, SimulationPlan plan, SimulatedNode node)
    {
        // The last word has a node that knows nothing but what is durable.
        node.Crash();
        while (node.Region is null)
            await simulation.DelayAsync(TimeSpan.FromMilliseconds(10));
        var final = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var number = 0; number < plan.Entities; number++)
            final[$"ledger-{number}"] = await node.Region.AskAsync<string[]>($"ledger-{number}", new LedgerCommand.Read(), TimeSpan.FromMinutes(1));
        return final;
    }
}

/// <summary>What happened in a run.</summary>
internal sealed record RunReport(
    ulong TraceHash, long Steps, long StepsOfClients, TimeSpan Elapsed, int Crashes, int Acknowledged, int Reads, int Refused, int DamagedSnapshotsSkipped);
