using System.Text.Json;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>The original's ensemble weights and votes as it computed them.</summary>
public sealed class OriginalRuleGoldenTests
{
    [Fact]
    public void Weights_move_as_the_original_moved_them() => Run("06_ensemble_weights.json", 16, static (vote, executed, performance) =>
        OriginalRule.IsCorrect(ActionText.WordsOf(vote, vote), ActionText.WordsOf(executed, executed), performance));

    [Fact]
    public void Weights_move_as_those_of_December_2025_did() => Run("06b_ensemble_weights_2025_12.json", 10, static (vote, executed, performance) => vote == executed);

    [Fact]
    public void Votes_are_counted_as_the_original_counted_them()
    {
        var cases = GoldenFile.Cases("07_voting.json");
        Assert.Equal(24, cases.Count);
        foreach (var test in cases)
        {
            var name = GoldenFile.Name(test);
            var (input, expected) = (test.GetProperty("input"), test.GetProperty("expected"));
            var settings = input.GetProperty("ensemble_config");
            var votes = GoldenFile.Members(input.GetProperty("provider_decisions")).Select(static member => new CastVote(
                member.Name, member.Value.GetProperty("action").GetString() ?? "", member.Value.GetProperty("confidence").GetDouble(),
                member.Value.GetProperty("amount").GetDouble())).ToArray();
            var voting = new OriginalVoting(
                GoldenFile.Numbers(settings.GetProperty("provider_weights")),
                input.GetProperty("dynamic_weights") is { ValueKind: JsonValueKind.Object } dynamic ? GoldenFile.Numbers(dynamic) : null,
                settings.GetProperty("voting_strategy").GetString() == "majority",
                settings.GetProperty("local_dominance_target").GetDouble(),
                settings.GetProperty("min_local_providers").GetInt32());

            var vote = voting.Count(votes, settings.GetProperty("enabled_providers").GetArrayLength());

            Assert.Equal(
                (name, expected.GetProperty("action").GetString(), expected.GetProperty("confidence").GetInt32(), Whole(expected.GetProperty("original_confidence"))),
                (name, vote.Action, vote.Confidence, vote.OriginalConfidence));
            GoldenFile.Same(expected.GetProperty("amount").GetDouble(), vote.Amount ?? double.NaN, name);
            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("adjusted_weights")), Of(votes, vote.AdjustedWeights), name);
            GoldenFile.Same(expected.GetProperty("agreement_score").GetDouble(), vote.Agreement, name);
            GoldenFile.Same(expected.GetProperty("confidence_variance").GetDouble(), vote.ConfidenceVariance, name);
            GoldenFile.Same(expected.GetProperty("confidence_adjustment_factor").GetDouble(), vote.AvailabilityFactor, name);
            Assert.Equal(GoldenFile.Texts(expected.GetProperty("active_local_providers")), vote.LocalProviders);
            Assert.Equal(
                (expected.GetProperty("local_quorum_met").GetBoolean(), expected.GetProperty("quorum_penalty_applied").GetBoolean()),
                (vote.IsQuorumMet, !vote.IsQuorumMet));
            Assert.Equal(expected.GetProperty("fallback_tier").GetString(), voting.IsMajority ? "majority" : "weighted");
            if (expected.GetProperty("voting_power").ValueKind == JsonValueKind.Null)
            {
                Assert.Empty(vote.VotingPower);
                Assert.Empty(vote.ActionShares);
                continue;
            }

            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("voting_power")), Of(votes, vote.VotingPower), name);
            string[] actions = ["BUY", "SELL", "HOLD"];
            GoldenFile.Same(GoldenFile.Numbers(expected.GetProperty("action_votes")), actions.Zip(vote.ActionShares, KeyValuePair.Create), name);
        }
    }

    private static int? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetInt32();

    private static IEnumerable<KeyValuePair<string, double>> Of(CastVote[] votes, IReadOnlyList<double> values) =>
        votes.Select((vote, i) => KeyValuePair.Create(vote.Provider, values[i]));

    private static void Run(string file, int expectedCheckpoints, Func<string, string, double, bool> isCorrect)
    {
        var checkpoints = 0;
        foreach (var test in GoldenFile.Cases(file))
        {
            var input = test.GetProperty("input");
            var rule = input.GetProperty("formula").GetString() == "head" ? OriginalRule.Default : OriginalRule.December2025;
            rule = rule with { LearningRate = input.GetProperty("learning_rate").GetDouble() };
            if (input.TryGetProperty("ensemble_config", out var settings))
            {
                rule = rule with
                {
                    AccuracyWeight = Setting(settings, "adaptive_accuracy_weight") ?? rule.AccuracyWeight,
                    PerformanceWeight = Setting(settings, "adaptive_performance_weight") ?? rule.PerformanceWeight,
                    PerformanceScale = Setting(settings, "adaptive_performance_scale") ?? rule.PerformanceScale,
                };
            }

            var providers = GoldenFile.Texts(input.GetProperty("enabled_providers"));
            var weights = input.TryGetProperty("base_weights", out var given)
                ? providers.Select(provider => (double?)given.GetProperty(provider).GetDouble()).ToArray()
                : [.. providers.Select(_ => (double?)(1.0 / providers.Length))];
            var histories = new OriginalHistory[providers.Length];
            var checks = test.GetProperty("expected").GetProperty("checkpoints").EnumerateArray().ToDictionary(static check => check.GetProperty("after").GetInt32());
            var number = 0;
            foreach (var update in input.GetProperty("updates").EnumerateArray())
            {
                var (executed, performance) = (update.GetProperty("actual_outcome").GetString() ?? "", update.GetProperty("performance_metric").GetDouble());
                foreach (var (provider, vote) in GoldenFile.Members(update.GetProperty("provider_actions")))
                {
                    var at = Array.IndexOf(providers, provider);
                    histories[at] = rule.Score(histories[at], isCorrect(vote.GetString() ?? "", executed, performance), performance);
                }

                weights = [.. rule.Weigh(histories, weights).Select(static weight => (double?)weight)];
                if (!checks.TryGetValue(++number, out var check))
                    continue;

                checkpoints++;
                var where = $"{file}, {GoldenFile.Name(test)} after {number}";
                GoldenFile.Same(
                    GoldenFile.Numbers(check.GetProperty("weights")), providers.Select((provider, i) => KeyValuePair.Create(provider, weights[i] ?? 0)), where);
                foreach (var (provider, history) in GoldenFile.Members(check.GetProperty("history")))
                {
                    var found = histories[Array.IndexOf(providers, provider)];
                    Assert.Equal(
                        (where, provider, history.GetProperty("correct").GetInt64(), history.GetProperty("total").GetInt64()), (where, provider, found.Correct, found.Total));
                    GoldenFile.Same(history.GetProperty("avg_performance").GetDouble(), found.Average, where);
                }
            }
        }

        Assert.Equal(expectedCheckpoints, checkpoints);
    }

    private static double? Setting(JsonElement settings, string name) => settings.TryGetProperty(name, out var value) ? value.GetDouble() : null;
}
