namespace ActorMemory.Performance;

/// <summary>What keys can be ranked by. The rolling ones look at the last records of the window, the others at all retained ones.</summary>
public enum LeaderboardMetric
{
    // Nodes send each other these numbers (commands.proto): they never change, a new metric comes last.
    /// <summary>Sharpe ratio.</summary>
    Sharpe,

    /// <summary>Sortino ratio.</summary>
    Sortino,

    /// <summary>Maximum drawdown; the highest value, nearest to 0, is the best.</summary>
    MaxDrawdown,

    /// <summary>Win rate.</summary>
    WinRate,

    /// <summary>Volatility.</summary>
    Volatility,

    /// <summary>Sum of the returns.</summary>
    TotalReturn,

    /// <summary>Mean return.</summary>
    AverageReturn,

    /// <summary>Number of retained records.</summary>
    TotalRecords,

    /// <summary>Rolling Sharpe ratio.</summary>
    RollingSharpe,

    /// <summary>Rolling Sortino ratio.</summary>
    RollingSortino,

    /// <summary>Rolling drawdown; the highest value, nearest to 0, is the best.</summary>
    RollingDrawdown,

    /// <summary>Rolling win rate.</summary>
    RollingWinRate,

    /// <summary>Rolling volatility.</summary>
    RollingVolatility,
}

/// <summary>The names of leaderboard metrics in requests and answers: those of the answers that hold them.</summary>
public static class LeaderboardMetricName
{
    private static readonly (string Name, LeaderboardMetric Metric)[] Names =
    [
        ("sharpe", LeaderboardMetric.Sharpe), ("sortino", LeaderboardMetric.Sortino), ("max_dd", LeaderboardMetric.MaxDrawdown),
        ("win_rate", LeaderboardMetric.WinRate), ("volatility", LeaderboardMetric.Volatility),
        ("total_return", LeaderboardMetric.TotalReturn), ("avg_return", LeaderboardMetric.AverageReturn),
        ("total_records", LeaderboardMetric.TotalRecords), ("rolling_sharpe", LeaderboardMetric.RollingSharpe),
        ("rolling_sortino", LeaderboardMetric.RollingSortino), ("rolling_dd", LeaderboardMetric.RollingDrawdown),
        ("rolling_win_rate", LeaderboardMetric.RollingWinRate), ("rolling_volatility", LeaderboardMetric.RollingVolatility),
    ];

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => Names.Select(static known => known.Name);

    /// <summary>The name of a metric, such as <c>max_dd</c>.</summary>
    public static string ToName(this LeaderboardMetric metric) => Names.First(known => known.Metric == metric).Name;

    /// <summary>The metric of a name; false if there is none.</summary>
    public static bool TryParse(string name, out LeaderboardMetric metric)
    {
        foreach (var known in Names)
        {
            metric = known.Metric;
            if (known.Name == name)
                return true;
        }

        metric = default;
        return false;
    }

    internal static double ValueIn(this LeaderboardMetric metric, object statistics) => (metric, statistics) switch
    {
        (LeaderboardMetric.Sharpe, PerformanceSummary summary) => summary.Sharpe,
        (LeaderboardMetric.Sortino, PerformanceSummary summary) => summary.Sortino,
        (LeaderboardMetric.MaxDrawdown, PerformanceSummary summary) => summary.MaxDrawdown,
        (LeaderboardMetric.WinRate, PerformanceSummary summary) => summary.WinRate,
        (LeaderboardMetric.Volatility, PerformanceSummary summary) => summary.Volatility,
        (LeaderboardMetric.TotalReturn, PerformanceSummary summary) => summary.TotalReturn,
        (LeaderboardMetric.AverageReturn, PerformanceSummary summary) => summary.AverageReturn,
        (LeaderboardMetric.TotalRecords, PerformanceSummary summary) => summary.TotalRecords,
        (LeaderboardMetric.RollingSharpe, RollingMetrics rolling) => rolling.RollingSharpe,
        (LeaderboardMetric.RollingSortino, RollingMetrics rolling) => rolling.RollingSortino,
        (LeaderboardMetric.RollingDrawdown, RollingMetrics rolling) => rolling.RollingDrawdown,
        (LeaderboardMetric.RollingWinRate, RollingMetrics rolling) => rolling.RollingWinRate,
        (LeaderboardMetric.RollingVolatility, RollingMetrics rolling) => rolling.RollingVolatility,
        _ => throw new ArgumentException($"{metric} is not in a {statistics.GetType().Name}.", nameof(statistics)),
    };
}

/// <summary>Which keys to rank by what.</summary>
public sealed record LeaderboardQuery
{
    /// <summary>What to rank by.</summary>
    public required LeaderboardMetric Metric { get; init; }

    /// <summary>How many keys to return, at least 1.</summary>
    public int Count { get; init; } = 10;

    /// <summary>Keys with fewer retained records are left out.</summary>
    public int MinimumRecords { get; init; } = 2;

    /// <summary>Lowest values first.</summary>
    public bool Ascending { get; init; }

    /// <summary>The window of the rolling metrics, at least 1.</summary>
    public int Window { get; init; } = GetRollingMetrics.DefaultWindow;

    /// <summary>How to compute the metric.</summary>
    public Convention Convention { get; init; } = Convention.ActorMemory;

    /// <summary>Which keys take part.</summary>
    public KeyFilter Filter { get; init; } = KeyFilter.All;
}

/// <summary>A key and its place in a ranking.</summary>
/// <param name="Rank">From 1.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">Its value of the metric.</param>
/// <param name="Records">Its retained records.</param>
public sealed record LeaderboardEntry(int Rank, PerformanceKey Key, double Value, int Records);
