using System.Text.Json;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>Thompson sampling as the original did it.</summary>
public sealed class ThompsonGoldenTests
{
    [Fact]
    public void Counts_weights_and_draws_are_those_of_the_original()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        foreach (var test in GoldenFile.Cases("08_thompson.json").Where(static test => GoldenFile.Name(test) != "wilson"))
        {
            var (input, expected) = (test.GetProperty("input"), test.GetProperty("expected"));
            var where = $"seed {seed}, {GoldenFile.Name(test)}";
            var providers = GoldenFile.Texts(input.GetProperty("providers"));
            var sampling = new ThompsonSampling(providers);
            foreach (var update in input.GetProperty("updates").EnumerateArray())
                sampling.Update(update[0].GetString() ?? "", update[1].GetBoolean(), update[2].GetString());

            foreach (var (provider, parameters) in GoldenFile.Members(expected.GetProperty("provider_stats")))
                Assert.Equal((parameters.GetProperty("alpha").GetInt64(), parameters.GetProperty("beta").GetInt64()), sampling.ParametersOf(provider));
            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("regime_multipliers")), sampling.RegimeMultipliers, where);
            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("expected_weights")), sampling.ExpectedWeights(), where);
            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("win_rates")), providers.Select(provider => KeyValuePair.Create(provider, sampling.WinRateOf(provider))), where);
            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("integrator_recommendations")), sampling.WilsonWeights(), where);

            const int Draws = 100_000;
            var sums = providers.ToDictionary(static provider => provider, static _ => 0.0);
            for (var i = 0; i < Draws; i++)
            {
                foreach (var (provider, weight) in sampling.SampleWeights(random))
                    sums[provider] += weight;
            }

            foreach (var provider in providers)
            {
                var sd = expected.GetProperty("sampled_weight_sd").GetProperty(provider).GetDouble();
                var mean = expected.GetProperty("sampled_weight_mean").GetProperty(provider).GetDouble();
                Assert.InRange((sums[provider] / Draws) - mean, -4 * sd / Math.Sqrt(expected.GetProperty("samples").GetInt32()), 4 * sd / Math.Sqrt(expected.GetProperty("samples").GetInt32()));
            }
        }
    }

    [Fact]
    public void Lower_bounds_are_Wilsons()
    {
        var test = GoldenFile.Cases("08_thompson.json").Single(static test => GoldenFile.Name(test) == "wilson");
        var bounds = test.GetProperty("expected").GetProperty("lower_bounds").EnumerateArray().Select(static bound => bound.GetDouble()).ToArray();
        var points = test.GetProperty("input").GetProperty("points").EnumerateArray().ToArray();
        Assert.Equal((15, 15), (bounds.Length, points.Length));

        for (var i = 0; i < points.Length; i++)
        {
            var (wins, total) = (points[i].GetProperty("wins").GetInt64(), points[i].GetProperty("total").GetInt64());
            GoldenFile.Same(bounds[i], ThompsonSampling.WilsonLowerBound(wins, total), $"{wins} of {total}");
        }
    }

    [Fact]
    public void Who_is_alone_has_the_whole_weight() => Assert.Equal(1, new ThompsonSampling(["local"]).SampleWeights(new Random(1))["local"]);

    [Fact]
    public void A_provider_that_cannot_be_chosen_does_not_keep_the_others_from_their_credit()
    {
        // The original stopped at the first unknown provider of a trade.
        var sampling = new ThompsonSampling(["local"]);
        sampling.Update("stranger", true, "trending");
        sampling.Update("local", true, "trending");

        Assert.Equal((2, 1), sampling.ParametersOf("local"));
    }
}
