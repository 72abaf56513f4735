using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Portfolio.Golden;

namespace ActorMemory.Tests.Portfolio.Snapshots;

public sealed class SnapshotFormulasTests
{
    [Fact]
    public void A_snapshot_says_what_the_original_engine_says()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("04_snapshots.json", cases: 15))
        {
            var (outcomes, asOf) = (Partial.Stored(golden.Input.GetProperty("outcomes")), UnixNanoseconds.Parse(golden.Get<string>("as_of")));
            foreach (var (name, days) in new (string, int?)[] { ("window_all", null), ("window_30", 30), ("window_90", 90) })
            {
                if (golden.Expected.TryGetProperty(name, out var expected))
                    comparison.Compare($"{golden.Name} {name}", expected, SnapshotFormulas.Take(outcomes, asOf, days));
            }
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(297, comparison.Values);
    }

    [Fact]
    public void The_second_convention_says_what_the_original_analyzer_says()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("04_snapshots.json", cases: 15))
        {
            var outcomes = Partial.Stored(golden.Input.GetProperty("outcomes")).Select(stored => stored.Outcome).ToList();
            comparison.Compare(golden.Name, golden.Expected.GetProperty("analyzer"), AnalyzerFormulas.Take(outcomes, default));
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(165, comparison.Values);
    }

    [Fact]
    public void The_second_convention_counts_regimes_as_the_original_analyzer_does_and_again_on_demand()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("03_regime_performance.json", cases: 10))
        {
            var outcomes = golden.Input.GetProperty("outcomes").EnumerateArray().Select(Partial.Outcome).ToList();
            if (golden.Name.StartsWith("detect-", StringComparison.Ordinal))
                comparison.Compare(golden.Name, golden.Expected.GetProperty("detected_regime"), AnalyzerFormulas.DetectMarketRegime(outcomes));

            if (!golden.Expected.TryGetProperty("analyzer_regime_performance", out var expected))
                continue;

            var regimes = AnalyzerFormulas.Regimes(outcomes);
            comparison.Compare(golden.Name, expected, AsFractions(regimes));
            comparison.Compare(golden.Name, golden.Expected.GetProperty("analyzer_second_call"), AsFractions(AnalyzerFormulas.Regimes(outcomes, regimes)));
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(72, comparison.Values);
    }

    [Fact]
    public void The_order_in_which_outcomes_are_given_does_not_matter()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var outcomes = Enumerable.Range(1, 200).Select(number =>
        {
            var pnl = random.Next(-50, 50);
            return Stored(number, random.Next(0, 40), pnl, hours: random.Next(0, 30));
        }).ToArray();
        var taken = SnapshotFormulas.Take(outcomes, default);

        random.Shuffle(outcomes);

        // Sums of whole numbers do not depend on the order; the records compare bit by bit, but for their empty lists.
        Assert.True(Bare(taken) == Bare(SnapshotFormulas.Take(outcomes, default)), $"seed {seed}");

        static PortfolioSnapshot Bare(PortfolioSnapshot snapshot) => snapshot with { ProviderStats = [], RegimePerformance = [] };
    }

    [Fact]
    public void The_window_begins_so_many_days_before_and_its_first_moment_counts()
    {
        const long day = 86_400_000_000_000;
        var asOf = new UnixNanoseconds(100 * day);
        StoredOutcome[] outcomes =
        [
            Stored(1, 0, 1) with { ExitAt = new UnixNanoseconds(70 * day - 1) },
            Stored(2, 0, 10) with { ExitAt = new UnixNanoseconds(70 * day) },
            Stored(3, 0, 100) with { ExitAt = asOf },
        ];

        Assert.Equal(110, SnapshotFormulas.Take(outcomes, asOf, 30).TotalPnl);
        Assert.Equal(111, SnapshotFormulas.Take(outcomes, asOf, 0).TotalPnl);
        Assert.Equal(111, SnapshotFormulas.Take(outcomes, asOf, int.MaxValue).TotalPnl);
    }

    [Fact]
    public void Returns_that_are_all_equal_have_no_ratio_also_where_their_mean_cannot_be_written_exactly()
    {
        var outcomes = Enumerable.Range(1, 3).Select(number => Stored(number, number, 0.1)).ToList();

        Assert.Null(SnapshotFormulas.Take(outcomes, default).SharpeRatio);
    }

    [Fact]
    public void Whatever_is_allowed_in_outcomes_gives_numbers_that_may_be_kept()
    {
        StoredOutcome[] extreme =
        [
            Stored(1, 1, 1e-300, hours: 1e-300), Stored(2, 2, 1e99, hours: 1e-300), Stored(3, 3, -1e-300, hours: 1e-300), Stored(4, 4, -1e99, hours: 1e-300),
        ];

        Assert.All(extreme, stored => Assert.Null(OutcomeFaults.Find(stored.Outcome)));
        Assert.Null(SnapshotFaults.Find(SnapshotFormulas.Take(extreme, default)));
        Assert.Null(SnapshotFaults.Find(SnapshotFormulas.Take([extreme[0], extreme[3]], default)));
        Assert.Null(SnapshotFaults.Find(SnapshotFormulas.Take([extreme[1], extreme[2]], default)));
    }

    [Fact]
    public void A_snapshot_of_somebody_else_is_refused_with_the_name_of_the_field_that_is_wrong()
    {
        var snapshot = SnapshotFormulas.Take([Stored(1, 1, 1)], default);

        Assert.Null(SnapshotFaults.Find(snapshot));
        Assert.Equal("win_rate is 101; it has to be 0 to 100.", SnapshotFaults.Find(snapshot with { WinRate = 101 }));
        Assert.StartsWith("sharpe_ratio is not a finite number", SnapshotFaults.Find(snapshot with { SharpeRatio = double.NaN }), StringComparison.Ordinal);
        Assert.StartsWith("total_trades is -1", SnapshotFaults.Find(snapshot with { TotalTrades = -1 }), StringComparison.Ordinal);
        Assert.StartsWith(
            "regime_performance.up.total_pnl is not", SnapshotFaults.Find(snapshot with { RegimePerformance = [new("up", 1, 1, double.NaN)] }), StringComparison.Ordinal);
    }

    private static StoredOutcome Stored(int number, long exitAt, double pnl, double hours = 24) => new(
        number,
        default,
        new UnixNanoseconds(exitAt),
        new TradeOutcome
        {
            DecisionId = $"d{number}",
            AssetPair = "BTCUSD",
            Action = "BUY",
            EntryTimestamp = "2025-01-01T00:00:00Z",
            RealizedPnl = pnl,
            PnlPercentage = pnl,
            WasProfitable = pnl > 0,
            HoldingPeriodHours = hours,
        },
        null);

    private static Dictionary<string, object> AsFractions(IReadOnlyList<RegimeStatistics> regimes) =>
        regimes.ToDictionary(regime => regime.Regime, object (regime) => new { WinRate = regime.WinRate / 100, regime.TotalPnl, regime.TotalTrades });
}
