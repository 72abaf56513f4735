using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Portfolio.Golden;

namespace ActorMemory.Tests.Portfolio.Context;

public sealed class ContextGoldenTests
{
    internal static readonly VetoStatistics NoVetoes = new(0, 0, 0, 0, null, null, []);

    [Fact]
    public void The_context_is_that_of_the_original_where_its_order_is_asked_for()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("05_context.json", cases: 8))
        {
            var expected = golden.Expected.GetProperty("context");
            var context = Build(golden, RecentTrades.OfAllThenAsset);

            // What we list by name the original has as an object by name.
            comparison.Compare(golden.Name, expected, context, except: ["action_performance", "provider_performance", "by_source"]);
            if (!context.HasHistory)
                continue;

            comparison.Compare(golden.Name, expected.GetProperty("action_performance"), context.ActionPerformance.ToDictionary(action => action.Action));
            comparison.Compare(golden.Name, expected.GetProperty("provider_performance"), context.ProviderPerformance.ToDictionary(provider => provider.Provider));
            Assert.Equal(expected.GetProperty("action_performance").EnumerateObject().Select(action => action.Name), context.ActionPerformance.Select(action => action.Action));
            Assert.Equal(expected.GetProperty("provider_performance").EnumerateObject().Select(provider => provider.Name), context.ProviderPerformance.Select(provider => provider.Provider));
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(322, comparison.Values);
    }

    [Fact]
    public void The_prompt_is_to_the_letter_that_of_the_original()
    {
        foreach (var golden in PortfolioGolden.Read("05_context.json", cases: 8))
            Assert.Equal(golden.Expected.GetProperty("prompt_text").GetString(), PromptText.Write(Build(golden, RecentTrades.OfAllThenAsset)));
    }

    [Fact]
    public void By_default_the_latest_trades_of_the_asset_are_looked_at_whatever_else_was_traded_since()
    {
        var golden = PortfolioGolden.Read("05_context.json", cases: 8).Single(golden => golden.Name == "ctx-60-ETHUSD");

        Assert.Equal(4, Build(golden, RecentTrades.OfAllThenAsset).RecentTradesAnalyzed);
        Assert.Equal(10, Build(golden, RecentTrades.OfAsset).RecentTradesAnalyzed);
    }

    private static DecisionContext Build(PortfolioGolden golden, RecentTrades recent)
    {
        var (input, outcomes) = (golden.Input, Partial.Stored(golden.Input.GetProperty("outcomes")));
        var maxRecent = input.GetProperty("max_recent").ValueKind == System.Text.Json.JsonValueKind.Null ? golden.Get<int>("context_window") : golden.Get<int>("max_recent");
        return ContextBuilder.Build(
            outcomes,
            new ContextQuery(input.GetProperty("asset_pair").GetString(), maxRecent, golden.Get<int>("long_term_days"), Recent: recent),
            UnixNanoseconds.Parse(golden.Get<string>("as_of")),
            NoVetoes);
    }
}
