using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ActorMemory.Benchmarks;

/// <summary>The real executable in a process of its own.</summary>
internal static class NodeProcess
{
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ActorMemory.Node.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("The node did not start.");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task WaitUntilReadyAsync(HttpClient client, Process node)
    {
        for (var attempt = 0; attempt < 300 && !node.HasExited; attempt++)
        {
            try
            {
                if ((await client.GetAsync("health/ready")).IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100);
        }

        throw new InvalidOperationException("The node did not become ready.");
    }

    /// <summary>A record as a line of NDJSON.</summary>
    public static string Line(ActorMemory.Performance.PerformanceRecord record) => FormattableString.Invariant(
        $$"""{"timestamp":{{record.Timestamp.Value}},"strategy_name":"{{record.StrategyName}}","regime":"{{record.Regime}}","horizon":{{record.Horizon}},"generation":{{record.Generation}},"return_value":{{record.ReturnValue:R}},"drawdown":{{record.Drawdown:R}},"volatility":{{record.Volatility:R}},"win":{{(record.Win ? "true" : "false")}},"prediction":{{record.Prediction:R}},"meta_prediction":{{record.MetaPrediction:R}},"allocation_weight":{{record.AllocationWeight:R}},"ensemble_return":{{record.EnsembleReturn:R}},"bandit_reward":{{record.BanditReward:R}},"meta_label":{{record.MetaLabel}},"wfo_sharpe":{{record.WfoSharpe:R}},"rolling_sharpe":{{record.RollingSharpe:R}},"rolling_sortino":{{record.RollingSortino:R}},"rolling_dd":{{record.RollingDrawdown:R}},"rolling_win_rate":{{record.RollingWinRate:R}}}""");
}
