using System.Globalization;
using ActorMemory.Testing;
using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Portfolio;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture.Cluster;

/// <summary>
/// Three nodes share a journal and spread its shards over a broker, while something happens to one of them, to the broker or to the database. After
/// each fault every acknowledged record is there once and in order, on whichever node is asked.
/// </summary>
internal static class ClusterScenario
{
    private const int Soon = 300;
    private const int Traders = 3;

    public static IReadOnlyList<string> Faults { get; } = ["kill", "stop", "freeze", "broker", "database", "partition", "rolling"];

    /// <summary>Runs it.</summary>
    /// <param name="fault">What happens: one of <see cref="Faults"/>.</param>
    /// <param name="store">The journal.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="rounds">How often it happens.</param>
    /// <param name="seed">Of all that is random.</param>
    /// <param name="output">Hears how far it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="pace">The pause of a client between two requests, on average; null for 20 ms.</param>
    public static async Task<TortureReport> RunAsync(
        string fault, PostgresStore store, RabbitMqServer broker, int rounds, int seed, TextWriter output, CancellationToken cancellationToken,
        TimeSpan? pace = null)
    {
        await using var proxies = new BrokerProxies(broker.Port, fault == "partition" ? TestCluster.Size : 0);
        var run = new TortureRun(seed, output, pace: pace);
        run.Report.FaultName = fault + "s";
        await using var traders = new PortfolioFleet(Traders, seed, run.Fleet.Nodes);
        await using var cluster = await TestCluster.StartAsync(
            run, store, broker, proxies.PortsOr(broker.Port, TestCluster.Size), [$"cluster.rabbitmq.prefix={fault}", "cluster.rabbitmq.heartbeat=2s"], cancellationToken);
        run.Fleet.Start();
        traders.Start();
        var outages = await RepeatAsync(fault, cluster, proxies, rounds, output, cancellationToken);
        outages.Sort();
        run.Report.Add("without service, median", $"{outages[outages.Count / 2].TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s");
        run.Report.Add("without service, longest", $"{outages[^1].TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s");
        await run.Fleet.StopAsync();
        await traders.StopAsync();
        await new PortfolioCheck(traders, run.Verdict).CheckAllAsync("at the end", cancellationToken);
        foreach (var complaint in traders.Complaints)
            run.Verdict.AddOther(complaint);
        run.Report.Add("trades acknowledged", $"{traders.Counts.AcknowledgedRecords:N0}");
        return await run.FinishAsync(cluster.Nodes, store, cancellationToken);
    }

    private static async Task<List<TimeSpan>> RepeatAsync(
        string fault, TestCluster cluster, BrokerProxies proxies, int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        var run = cluster.Run;
        await using var probe = new ServiceProbe(run.Fleet);
        probe.Start();
        var outages = new List<TimeSpan>();
        for (var round = 1; round <= rounds; round++)
        {
            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * 300), cancellationToken);
            probe.Reset();
            var acknowledged = run.Fleet.Acknowledged();
            await FaultAsync(fault, cluster, proxies, run.Random.Next(TestCluster.Size), cancellationToken);
            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            run.Report.Faults++;
            outages.AddRange(probe.Gaps());
            // Mostly the next fault comes while the shards still move.
            if (round % 5 == 0 || round == rounds)
                await cluster.BalancedAsync(cancellationToken);
            var asked = cluster.Nodes[run.Random.Next(cluster.Nodes.Count)];
            await run.Live.RunAsync(asked.Address, acknowledged, $"after {fault} {round}", cancellationToken);
            if (round % 10 == 0)
                await output.WriteLineAsync($"  {round} {fault}s, {run.Fleet.Counts.AcknowledgedRecords:N0} acknowledged");
        }

        return outages;
    }

    private static async Task FaultAsync(string fault, TestCluster cluster, BrokerProxies proxies, int victim, CancellationToken cancellationToken)
    {
        var fleet = cluster.Run.Fleet;
        switch (fault)
        {
            case "kill":
                await cluster.KillAsync(victim);
                await fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
                await cluster.StartAsync(victim, cancellationToken);
                break;
            case "stop":
                await cluster.StopAsync(victim);
                await fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
                await cluster.StartAsync(victim, cancellationToken);
                break;
            case "rolling":
                for (var number = 0; number < TestCluster.Size; number++)
                {
                    await cluster.StopAsync(number);
                    await cluster.StartAsync(number, cancellationToken);
                }

                break;
            case "freeze":
                cluster.Node(victim).Signal(LinuxSignal.Stop);
                await Task.Delay(TimeSpan.FromSeconds(8), cancellationToken);
                cluster.Node(victim).Signal(LinuxSignal.Continue);
                await cluster.AnswersAsync(victim, cancellationToken);
                break;
            case "broker":
                if (cluster.Run.Random.Next(2) == 0)
                    await cluster.Broker.KillAsync();
                else
                    await cluster.Broker.StopAsync();
                await cluster.Broker.StartAgainAsync();
                break;
            case "database":
                await cluster.Store.KillServerAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(cluster.Run.Random.NextDouble() * 1000), cancellationToken);
                await cluster.Store.StartServerAsync();
                break;
            default:
                proxies.Part(victim);
                await Task.Delay(TimeSpan.FromSeconds(8), cancellationToken);
                proxies.Heal(victim);
                break;
        }
    }
}
