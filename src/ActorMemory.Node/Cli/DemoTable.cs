using System.Globalization;
using ActorMemory.Performance;
using Spectre.Console;

namespace ActorMemory.Node.Cli;

/// <summary>Shows every few seconds how the demo's strategies do: a table that changes in place on a terminal, else plain lines.</summary>
internal sealed class DemoTable(CommandIo io, IPerformanceMemory memory, TimeProvider time)
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(3);

    /// <summary>Shows until it is stopped.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => io.IsOutputTerminal ? ShowAsync(cancellationToken) : ListAsync(cancellationToken);

    private Task ShowAsync(CancellationToken cancellationToken) =>
        io.OutputConsole().Live(Of([])).StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(s_period, time);
            do
            {
                live.UpdateTarget(Of(await ReadAsync()));
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        });

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var (key, summary, rolling) in await ReadAsync())
            {
                await io.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key}: {summary.TotalRecords} records, rolling_sharpe {rolling.RollingSharpe:0.000}, rolling_win_rate {rolling.RollingWinRate:0.00}"));
            }
        }
    }

    private async Task<List<(PerformanceKey Key, PerformanceSummary Summary, RollingMetrics Rolling)>> ReadAsync()
    {
        var rows = new List<(PerformanceKey, PerformanceSummary, RollingMetrics)>();
        foreach (var key in await memory.GetKeysAsync(new KeyFilter { StrategyPrefix = DemoStream.Prefix }))
        {
            var summary = await memory.GetSummaryAsync(key.Key);
            rows.Add((key.Key, summary, await memory.GetRollingMetricsAsync(key.Key)));
        }

        return rows;
    }

    // Few and narrow columns: a terminal of 80 characters has to do.
    private static Table Of(IEnumerable<(PerformanceKey Key, PerformanceSummary Summary, RollingMetrics Rolling)> rows) => Tables.Rows(
        ["strategy", "regime", "records", "sharpe", "wins", "fall", "return"],
        rows.Select(static row => new[]
        {
            row.Key.Strategy, row.Key.Regime, Tables.Number(row.Summary.TotalRecords), Fixed(row.Rolling.RollingSharpe),
            Fixed(row.Rolling.RollingWinRate), Fixed(row.Rolling.RollingDrawdown), Fixed(row.Summary.TotalReturn),
        })).Title("sharpe, wins and fall over the last 50 records, horizon 1");

    private static string Fixed(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
