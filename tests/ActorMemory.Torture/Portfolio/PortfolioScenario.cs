using ActorMemory.Torture.Checks;
using ActorMemory.Torture.Clients;
using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture.Portfolio;

/// <summary>
/// kill -9 of a node that remembers decisions and outcomes, at random moments: under load and while whoever follows the books has yet to catch up. What was
/// acknowledged is there once, and providers, regimes and weights have taken each trade once.
/// </summary>
internal static class PortfolioScenario
{
    private const int Clients = 6;
    private const int LongestMilliseconds = 500;

    /// <summary>So few that snapshots are taken, and recovered from, in a short run.</summary>
    private const string Snapshots = "snapshots.every-events=50";

    public static async Task<TortureReport> RunAsync(int kills, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var work = Directory.CreateTempSubdirectory("actormemory-torture-");
        var report = new TortureReport { FaultName = "kills" };
        var verdict = new Verdict();
        var launch = new NodeLaunch
        {
            Data = Path.Combine(work.FullName, "data"),
            LogFile = Path.Combine(work.FullName, "node.log"),
            Settings = [Snapshots],
        };
        await using (var fleet = new PortfolioFleet(Clients, seed, new NodeAddresses()))
        {
            var check = new PortfolioCheck(fleet, verdict);
            var node = await StartAsync(launch, fleet, report, cancellationToken);
            try
            {
                fleet.Start();
                for (var kill = 1; kill <= kills; kill++)
                {
                    await fleet.UntilAcknowledgedAsync(10, cancellationToken);
                    await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * LongestMilliseconds), cancellationToken);
                    await node.KillAsync();
                    report.Faults++;
                    var acknowledged = fleet.Acknowledged();
                    node.Dispose();
                    node = await StartAsync(launch, fleet, report, cancellationToken);
                    await check.CheckTradesAsync(acknowledged, $"after kill {kill}", cancellationToken);
                }

                await fleet.StopAsync();
                await node.KillAsync();
                node.Dispose();
                node = await StartAsync(launch, fleet, report, cancellationToken);
                await check.CheckAllAsync("at the end", cancellationToken);
                if (await node.StopAsync() is var code and not 0)
                    verdict.AddOther($"the node ended with {code} when it was asked to stop");
            }
            finally
            {
                node.Dispose();
            }

            if (await NodeProcess.VerifyAsync(launch) is { } fault)
                verdict.AddOther($"the journal is not sound: {fault}");
            foreach (var complaint in fleet.Complaints)
                verdict.AddOther(complaint);
            report.Note(fleet.Counts, verdict);
        }

        if (verdict.IsClean)
            work.Delete(recursive: true);
        else
            await output.WriteLineAsync($"Everything is kept in {work.FullName}.");
        return report;
    }

    private static async Task<NodeProcess> StartAsync(NodeLaunch launch, PortfolioFleet fleet, TortureReport report, CancellationToken cancellationToken)
    {
        report.Starting();
        var node = NodeProcess.Start(launch);
        if (!await node.ReadyAsync(cancellationToken))
        {
            node.Dispose();
            throw new InvalidOperationException($"The node ended when it was started; see {launch.LogFile}.");
        }

        report.Started();
        fleet.Nodes.All = [node.Address];
        return node;
    }
}
