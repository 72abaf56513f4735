using System.Text.Json;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>Provider statistics and recommended weights as the original computed them.</summary>
public sealed class ProviderGoldenTests
{
    [Fact]
    public void Providers_have_what_the_original_gave_them()
    {
        var checkpoints = 0;
        foreach (var test in GoldenFile.Cases("02_provider_performance.json").Where(static test => GoldenFile.Name(test) != "empty"))
        {
            var name = GoldenFile.Name(test);
            var providers = new Providers();
            var expected = test.GetProperty("expected");
            var checks = expected.GetProperty("checkpoints").EnumerateArray().ToDictionary(static check => check.GetProperty("after").GetInt32());
            var thompson = new List<string>();
            var number = 0;
            foreach (var json in test.GetProperty("input").GetProperty("trades").EnumerateArray())
            {
                var trade = GoldenFile.Trade(json, ++number);
                providers.Add(trade);
                thompson.AddRange(ProviderCredits.ThompsonOf(trade).Select(static credit => $"[\"{credit.Provider}\",{(credit.IsWin ? "true" : "false")},\"{credit.Regime}\"]"));
                if (checks.TryGetValue(number, out var check))
                {
                    checkpoints++;
                    Check(check, providers.Statistics(), $"{name} after {number}");
                }
            }

            Assert.Equal(expected.GetProperty("thompson_calls").EnumerateArray().Select(static call => call.GetRawText().Replace(" ", "", StringComparison.Ordinal)), thompson);
            if (expected.TryGetProperty("confidence_calibration", out var calibration))
                CheckCalibration(calibration, providers.Statistics());
        }

        Assert.Equal(13, checkpoints);
    }

    [Fact]
    public void Without_data_nobody_is_recommended()
    {
        var recommended = RecommendedWeights.Of([]);

        Assert.Equal((0, "low"), (recommended.Weights.Count, recommended.Confidence));
    }

    private static void Check(JsonElement check, IReadOnlyList<ProviderStatistics> providers, string where)
    {
        var performance = check.GetProperty("provider_performance");
        Assert.Equal(
            GoldenFile.Members(performance).Select(static member => member.Name).Order(StringComparer.Ordinal),
            providers.Select(static provider => provider.Provider));
        foreach (var provider in providers)
        {
            var at = $"{where}, {provider.Provider}";
            var expected = performance.GetProperty(provider.Provider);
            Assert.Equal(
                (at, expected.GetProperty("total_trades").GetInt64(), expected.GetProperty("winning_trades").GetInt64(), expected.GetProperty("calibration_count").GetInt64()),
                (at, provider.TotalTrades, provider.WinningTrades, provider.Calibration.Sum(static cell => cell.Trades)));
            GoldenFile.Same(expected.GetProperty("total_pnl").GetDouble(), provider.TotalPnl, at);

            var stats = check.GetProperty("provider_stats").GetProperty(provider.Provider);
            GoldenFile.Same(stats.GetProperty("win_rate").GetDouble(), provider.WinRate, at);
            GoldenFile.Same(stats.GetProperty("avg_pnl_per_trade").GetDouble(), provider.AvgPnlPerTrade, at);
            CheckRate(stats, "high_confidence_winrate", provider.HighConfidenceWinrate, at);
            CheckRate(stats, "medium_confidence_winrate", provider.MediumConfidenceWinrate, at);
            CheckRate(stats, "low_confidence_winrate", provider.LowConfidenceWinrate, at);
        }

        var recommended = RecommendedWeights.Of(providers);
        GoldenFile.Same(GoldenFile.Numbers(check.GetProperty("recommended_weights")), recommended.Weights, where);
        Assert.Equal(check.GetProperty("recommendation_confidence").GetString(), recommended.Confidence);
    }

    private static void CheckRate(JsonElement stats, string name, double? rate, string where)
    {
        Assert.True(stats.TryGetProperty(name, out var expected) == rate.HasValue, $"{where}: {name} is {rate}");
        if (rate is { } known)
            GoldenFile.Same(expected.GetDouble(), known, $"{where}, {name}");
    }

    private static void CheckCalibration(JsonElement calibration, IReadOnlyList<ProviderStatistics> providers)
    {
        foreach (var provider in providers)
        {
            var cells = calibration.GetProperty(provider.Provider).EnumerateArray()
                .GroupBy(static entry => entry.GetProperty("confidence").GetInt32())
                .OrderBy(static group => group.Key)
                .Select(static group => (group.Key, Trades: (long)group.Count(), Wins: (long)group.Count(static entry => entry.GetProperty("was_profitable").GetBoolean())));
            Assert.Equal(cells, provider.Calibration.Select(static cell => (cell.Confidence, cell.Trades, cell.Wins)));
        }
    }

    /// <summary>Provider entities without a host.</summary>
    private sealed class Providers
    {
        private readonly SortedDictionary<string, ProviderState> _states = new(StringComparer.Ordinal);

        internal void Add(TradeClosed trade)
        {
            foreach (var credits in ProviderCredits.Of(trade).GroupBy(static credit => credit.Provider))
            {
                if (!_states.TryGetValue(credits.Key, out var state))
                    _states.Add(credits.Key, state = new ProviderState());
                state.Apply(ProviderScoring.Score(state, [.. credits.Select(credit => ProviderScore.Of(trade.Number, credit))]));
            }
        }

        internal IReadOnlyList<ProviderStatistics> Statistics() => [.. _states.Select(static state => state.Value.ToStatistics(state.Key))];
    }
}
