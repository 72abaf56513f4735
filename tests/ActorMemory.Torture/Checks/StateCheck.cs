using System.Text.Json;
using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Checks;

/// <summary>What a node says about a key: the rolling metrics of its last 50 records, and how many it retains.</summary>
internal sealed record KeyState(double Sharpe, double Sortino, double Drawdown, double WinRate, double Volatility, long Records)
{
    private const int Window = 50;
    private const double Tolerance = 1e-9;

    /// <summary>Asks a node about all keys.</summary>
    public static async Task<KeyState[]> AskAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        var states = new KeyState[Workload.Keys];
        for (var key = 0; key < Workload.Keys; key++)
        {
            using var rolling = await GetAsync($"rolling?window={Window}");
            using var summary = await GetAsync("summary");
            states[key] = new KeyState(
                Number(rolling, "rolling_sharpe"), Number(rolling, "rolling_sortino"), Number(rolling, "rolling_dd"),
                Number(rolling, "rolling_win_rate"), Number(rolling, "rolling_volatility"),
                summary.RootElement.GetProperty("total_records").GetInt64());

            async Task<JsonDocument> GetAsync(string what) =>
                JsonDocument.Parse(await http.GetStringAsync(new Uri(address, $"{Workload.PathOf(key)}/{what}"), cancellationToken));
        }

        return states;

        static double Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetDouble();
    }

    /// <summary>The same from the journal's records, by the definitions in the README and nothing else.</summary>
    public static KeyState Of(KeyReplay replay)
    {
        var all = replay.Retained;
        var returns = all.TakeLast(Window).ToArray();
        var wins = replay.RetainedWins.TakeLast(Window).ToArray();
        var winRate = wins.Length == 0 ? 0.5 : wins.Count(static win => win) / (double)wins.Length;
        if (returns.Length < 2)
            return new KeyState(0, 0, 0, winRate, 0, all.Count);

        var mean = returns.Sum() / returns.Length;
        var deviation = Math.Sqrt(returns.Sum(x => (x - mean) * (x - mean)) / (returns.Length - 1));
        var downside = Math.Sqrt(returns.Where(static x => x < 0).Sum(static x => x * x) / returns.Length);
        double capital = 1, peak = 1, deepest = 0;
        foreach (var x in returns)
        {
            capital *= 1 + x;
            peak = Math.Max(peak, capital);
            deepest = Math.Min(deepest, (capital - peak) / peak);
        }

        var sortino = downside == 0 ? 10 : Math.Clamp(mean / downside, -10, 10);
        return new KeyState(Math.Clamp(mean / deviation, -10, 10), sortino, deepest, winRate, deviation, all.Count);
    }

    /// <summary>Whether two states are the same but for the order in which sums were taken.</summary>
    public bool IsCloseTo(KeyState other) =>
        Records == other.Records && Near(Sharpe, other.Sharpe) && Near(Sortino, other.Sortino) && Near(Drawdown, other.Drawdown)
        && Near(WinRate, other.WinRate) && Near(Volatility, other.Volatility);

    private static bool Near(double left, double right) => Math.Abs(left - right) <= Tolerance * Math.Max(1, Math.Abs(left));
}
