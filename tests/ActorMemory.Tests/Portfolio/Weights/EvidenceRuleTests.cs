using ActorMemory.Portfolio;
using ActorMemory.Testing;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>The evidence rule: its arithmetic beside another one, its guarantee, and what it must never do.</summary>
public sealed class EvidenceRuleTests
{
    private const ActionWords Buy = ActionWords.Answered | ActionWords.Long | ActionWords.Bullish;
    private const ActionWords Sell = ActionWords.Answered | ActionWords.Short | ActionWords.Bearish;

    [Fact]
    public void The_published_probability_loses_no_more_than_the_bound_against_any_rule_in_a_thousand_worlds()
    {
        var offset = Random.Shared.Next(1_000_000);
        for (var world = 0; world < 1_000; world++)
        {
            var kind = (WorldKind)(world % 4);
            var model = new WeightWorld(offset + world, kind, world % 10 == 9 ? 1_000 : 240, 0).Live().Model;

            Assert.InRange(model.Decisions, 150, 1_000);
            for (var rule = 0; rule < EvidenceRule.RuleCount; rule++)
            {
                var regret = model.LogLoss - model.LogLosses[rule];
                Assert.True(
                    regret <= EvidenceRule.BoundOf(model.Decisions) + 1e-9,
                    $"seed {offset + world}, {kind}: {regret} nats behind {EvidenceRule.RuleNames[rule]}, the bound is {EvidenceRule.BoundOf(model.Decisions)}");
            }
        }
    }

    [Fact]
    public void Late_outcomes_are_scored_by_what_was_said_and_the_yardstick_for_them_was_never_reached()
    {
        var offset = Random.Shared.Next(1_000_000);
        var (mostInFlight, decisions) = (0, 0L);
        for (var world = 0; world < 200; world++)
        {
            var regret = WeightsAnswers.Regret(new WeightWorld(offset + world, (WorldKind)(world % 4), 240, 5).Live());
            Assert.True(regret.Regret <= regret.BoundWithDelay, $"seed {offset + world}: {regret}");
            Assert.Equal(regret.Bound * (regret.MostInFlight + 1), regret.BoundWithDelay, 1e-9);
            (mostInFlight, decisions) = (Math.Max(mostInFlight, regret.MostInFlight), decisions + regret.Decisions);
        }

        Assert.InRange(mostInFlight, 5, 60);
        Assert.InRange(decisions, 200 * 150, 200 * 240);
    }

    [Fact]
    public void The_bound_is_the_one_of_the_books()
    {
        Assert.Equal(0, EvidenceRule.BoundOf(0));
        Assert.Equal(Math.Log(6), EvidenceRule.BoundOf(1), 1e-12);
        Assert.Equal(3.80, EvidenceRule.BoundOf(240), 0.01);
        Assert.Equal(10.2, EvidenceRule.BoundOf(1_000), 0.05);
    }

    [Fact]
    public void Every_number_is_what_an_independent_reckoning_comes_to()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var state = new WeightsState();
        var reference = new ReferenceEvidence();
        for (var trade = 1; trade <= 400; trade++)
        {
            var ballots = Enumerable.Range(0, 6).Where(_ => random.Next(3) > 0)
                .Select(i => new Ballot($"p{i}", random.Next(8) == 0 ? ActionWords.None : random.Next(2) == 0 ? Buy : Sell, random.Next(30, 100))).ToArray();
            var isUp = random.Next(2) == 0;
            var performance = random.NextDouble() - 0.5;
            var executed = random.Next(2) == 0 ? Buy : Sell;
            state.Apply(WeightsFolding.Take(state, Closed(trade, ballots, isUp, performance, executed)));
            reference.Add(ballots, isUp, performance, executed);

            var model = state.Model;
            var where = $"seed {seed}, trade {trade}";
            GoldenFile.Same(reference.Loss, model.LogLoss, where);
            for (var rule = 0; rule < EvidenceRule.RuleCount; rule++)
            {
                GoldenFile.Same(reference.Losses[rule], model.LogLosses[rule], where);
                GoldenFile.Same(reference.Shares[rule], model.Shares[rule], where);
            }
        }

        Assert.True(state.Model.Decisions > 350);
    }

    [Fact]
    public void Weights_are_finite_sum_to_one_and_grow_with_wins_however_long_it_goes_on()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var state = new WeightsState();
        string[] names = ["always", "mostly", "never", "sometimes"];
        double[] chances = [1, 0.7, 0, 0.55];
        for (var trade = 1; trade <= 20_000; trade++)
        {
            var isUp = random.Next(2) == 0;
            var ballots = names.Select((name, i) => new Ballot(name, random.NextDouble() < chances[i] == isUp ? Buy : Sell, 100)).ToArray();
            state.Apply(WeightsFolding.Take(state, Closed(trade, ballots, isUp, isUp ? 3 : -3, Buy)));
            if (trade % 500 > 0 && trade > 100)
                continue;

            foreach (var rule in Enum.GetValues<WeightRule>())
            {
                var weights = WeightsAnswers.Now(state, rule);
                Assert.Equal(1, weights.Providers.Sum(static provider => provider.Weight), 1e-12);
                Assert.All(weights.Providers, static provider => Assert.InRange(provider.Weight, 0, 1));
                Assert.Equal(rule == WeightRule.Evidence ? 1 : 0, weights.Mixture.Sum(static share => share.Share), 1e-12);
                Assert.All(weights.Mixture, static share => Assert.True(double.IsFinite(share.LogLoss) && share.Share is > 0 and < 1));
            }
        }

        var evidence = WeightsAnswers.Now(state, WeightRule.Evidence).Providers.ToDictionary(static provider => provider.Provider, static provider => provider.Weight);
        Assert.True(evidence["always"] >= evidence["mostly"] && evidence["mostly"] > evidence["sometimes"] && evidence["sometimes"] > evidence["never"], $"seed {seed}");
    }

    [Fact]
    public void Of_two_providers_that_voted_alike_the_one_that_won_more_weighs_no_less()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        for (var world = 0; world < 200; world++)
        {
            var state = new WeightsState();
            for (var trade = 1; trade <= random.Next(5, 80); trade++)
            {
                // "better" is right wherever "worse" is, and more often.
                var (isUp, isWorseRight) = (random.Next(2) == 0, random.NextDouble() < 0.55);
                var isBetterRight = isWorseRight || random.Next(3) == 0;
                Ballot[] ballots = [new("better", isBetterRight == isUp ? Buy : Sell, 60), new("worse", isWorseRight == isUp ? Buy : Sell, 60)];
                state.Apply(WeightsFolding.Take(state, Closed(trade, ballots, isUp, isUp ? 1 : -1, Buy)));
            }

            var weights = WeightsAnswers.Now(state, WeightRule.Evidence).Providers;
            Assert.True(weights[0].Weight >= weights[1].Weight - 1e-12, $"seed {seed}, world {world}: {weights[0]} {weights[1]}");
        }
    }

    [Fact]
    public void Who_was_asleep_is_counted_as_asleep_and_nothing_else()
    {
        var state = new WeightsState();
        for (var trade = 1; trade <= 30; trade++)
            state.Apply(WeightsFolding.Take(state, Closed(trade, [new Ballot("a", Buy, 60), new Ballot("b", trade % 2 == 0 ? Buy : Sell, 60)], true, 1, Buy)));
        var before = Of("b");

        state.Apply(WeightsFolding.Take(state, Closed(31, [new Ballot("a", Sell, 60), new Ballot("b", ActionWords.None, 50)], true, 1, Buy)));
        var after = Of("b");

        Assert.Equal(before with { Asleep = 1, OriginalWeight = after.OriginalWeight, EvidenceWeight = after.EvidenceWeight, Accuracy = after.Accuracy }, after);
        Assert.Equal((30, 15, 0.0), (before.Scored, before.Correct, (double)before.Asleep));

        ProviderEvidence Of(string provider) => state.Model.Providers.Single(one => one.Provider == provider);
    }

    [Fact]
    public void A_trade_of_which_nobody_knows_the_direction_scores_nobody()
    {
        var state = new WeightsState();

        state.Apply(WeightsFolding.Take(state, new BookFold(1, default, null, new FoldedTrade("d", false, PriceDirection.Unknown, null, Buy, [new Ballot("a", Buy, 60)], ["a"]))));

        Assert.Equal((0, 0, 0), (state.Model.Number, state.Model.Decisions, state.Model.Providers[0].Scored));
        Assert.Equal(1, WeightsAnswers.Now(state, WeightRule.Evidence).Providers.Sum(static provider => provider.Weight), 1e-12);
    }

    [Fact]
    public void The_interval_of_an_accuracy_is_that_of_its_Beta_posterior()
    {
        // Bisection of betainc(1 + k, 1 + n - k, 0, x, regularized=True) of mpmath with 30 digits.
        Same(0, 0, 0.025, 0.975);
        Same(0, 1, 0.01257911709343, 0.8418861169916);
        Same(1, 1, 0.1581138830084, 0.9874208829066);
        Same(7, 10, 0.3902574404276, 0.8907365561809);
        Same(130, 229, 0.5028526119243, 0.6302457911174);

        static void Same(long successes, long trials, double low, double high)
        {
            var (foundLow, foundHigh) = BetaDistribution.IntervalOf(successes, trials);
            Assert.Equal(low, foundLow, 1e-9);
            Assert.Equal(high, foundHigh, 1e-9);
        }
    }

    private static BookFold Closed(int trade, Ballot[] ballots, bool isUp, double performance, ActionWords executed) => new(
        trade, default, null, new FoldedTrade($"d{trade}", false, isUp ? PriceDirection.Up : PriceDirection.Down, performance, executed, ballots, []));
}
