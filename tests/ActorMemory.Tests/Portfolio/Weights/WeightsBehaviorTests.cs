using ActorMemory.Portfolio;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>The weights of one portfolio as an entity: what it takes of the book, when, and what it answers.</summary>
public sealed class WeightsBehaviorTests
{
    private static readonly TradingDecision s_buy = BookSamples.Decision("d1", "BUY", ("a", "BUY"), ("b", "SELL"), ("c", "HOLD"), ("d", null));

    private static BehaviorSpec<WeightsState, WeightsCommand, BookTaken> Spec =>
        BehaviorSpec.For(new WeightsBehavior(), new WeightsFormat(), WeightsBehavior.PersistenceId(new PortfolioName("main")));

    [Fact]
    public void A_trade_moves_the_weights_by_both_rules() => Spec
        .When(Fold(0, BookSamples.Made(s_buy)))
        .ThenReply<BookFolded>(static folded => Assert.Equal((1, 0), (folded.Cursor, folded.Published.Count)))
        .When(Fold(1, BookSamples.Closed(s_buy, 10, at: 77)))
        .ThenReply<BookFolded>(static folded =>
        {
            Assert.Equal(2, folded.Cursor);
            Assert.Equal([WeightRule.Evidence, WeightRule.Original], folded.Published.Select(static set => set.Rule));
            Assert.All(folded.Published, static set => Assert.Equal((1, 77, "d1", 2), (set.Number, set.PublishedAt?.Value, set.DecisionId, set.EventNumber)));
            var evidence = folded.Published[0].Providers;
            Assert.Equal(
                [("a", 1, 1, 0), ("b", 1, 0, 0), ("c", 0, 0, 1), ("d", 0, 0, 1)],
                evidence.Select(static provider => (provider.Provider, (int)provider.Scored, (int)provider.Correct, (int)provider.Asleep)));
            Assert.True(evidence[0].Weight > evidence[1].Weight);
            Assert.All(evidence, static provider => Assert.Equal(provider.Weight * 4, provider.Multiplier, 1e-12));
            Assert.Equal([("a", 1, 1), ("b", 1, 0), ("c", 1, 0), ("d", 0, 0)], folded.Published[1].Providers.Select(static provider => (provider.Provider, (int)provider.Scored, (int)provider.Correct)));
        })
        .When(new GetWeightsProgress())
        .ThenReply<WeightsProgress>(static progress => Assert.Equal("2: a, b, c, ensemble", $"{progress.Cursor}: {string.Join(", ", progress.Providers)}"));

    [Fact]
    public void Events_that_are_not_the_next_are_refused_with_the_number_of_the_last_one_taken() => Spec
        .When(Fold(0, BookSamples.Made(s_buy)))
        .When(Fold(0, BookSamples.Made(s_buy))).ThenReply(new FoldRefused(1)).ThenNothingHappens()
        .When(Fold(5, BookSamples.Closed(s_buy, 10))).ThenReply(new FoldRefused(1)).ThenNothingHappens()
        .When(new FoldBook(1, [BookSamples.Fold(3, BookSamples.Made(s_buy)), BookSamples.Fold(2, BookSamples.Closed(s_buy, 10))]))
        .ThenReply(new FoldRefused(1)).ThenNothingHappens();

    [Fact]
    public void Many_events_at_once_are_the_same_as_one_after_the_other()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        BookFold[] folds = [.. BookSamples.RandomBook(random, 120).Select(static (@event, i) => BookSamples.Fold(i + 1, @event))];
        var single = new WeightsState();
        foreach (var fold in folds)
            single.Apply(WeightsFolding.Take(single, fold));
        var spec = Spec;
        for (var i = 0; i < folds.Length;)
        {
            var size = Math.Min(random.Next(1, 40), folds.Length - i);
            spec.When(new FoldBook(i, folds[i..(i + size)]));
            i += size;
        }

        Assert.Equal(Snapshot(single), Snapshot(spec.State));
        Assert.True(single.Model.Decisions > 30, $"seed {seed}");
    }

    [Fact]
    public void A_trade_that_ends_late_is_scored_by_what_was_said_when_it_was_decided()
    {
        var late = BookSamples.Decision("late", "BUY", ("a", "BUY"));
        var state = new WeightsState();
        Take(1, BookSamples.Made(late));
        var said = state.Forecasts["late"].Probability;
        for (var i = 2; i < 100; i++)
            Take(i, BookSamples.Closed(BookSamples.Decision($"x{i}", "BUY", ("a", "BUY")), 10));
        Assert.NotEqual(said, EvidenceRule.Predict(state.Model, "now", state.Forecasts["late"].Ballots).Probability);
        var before = state.Model.LogLoss;

        Take(100, BookSamples.Closed(late, 10));

        Assert.Equal(-Math.Log(said), state.Model.LogLoss - before, 1e-12);
        Assert.Empty(state.Forecasts);

        void Take(long cursor, BookEvent @event) => state.Apply(WeightsFolding.Take(state, BookSamples.Fold(cursor, @event)));
    }

    [Fact]
    public void Of_several_exits_of_a_decision_the_first_is_scored() => Spec
        .When(new FoldBook(0, [BookSamples.Fold(1, BookSamples.Made(s_buy)), BookSamples.Fold(2, BookSamples.Closed(s_buy, 10, "half"))]))
        .When(new FoldBook(2, [BookSamples.Fold(3, BookSamples.Closed(s_buy, -10, "rest"))]))
        .ThenReply<BookFolded>(static folded => Assert.Empty(folded.Published))
        .ThenState(static state => Assert.Equal((3, 1, 1), (state.Cursor, state.Model.Number, state.Model.Decisions)));

    [Fact]
    public void An_outcome_without_profit_or_loss_is_not_scored() => Spec
        .When(new FoldBook(0, [BookSamples.Fold(1, BookSamples.Made(s_buy)), BookSamples.Fold(2, BookSamples.Closed(s_buy, null))]))
        .ThenState(static state => Assert.Equal((2, 0, 0, 0), (state.Cursor, state.Model.Number, state.Model.Decisions, state.Forecasts.Count)));

    [Fact]
    public void A_decision_to_do_nothing_is_not_waited_for() => Spec
        .When(Fold(0, BookSamples.Made(BookSamples.Decision("d1", "HOLD", ("a", "HOLD"), ("b", "BUY")))))
        .ThenState(static state => Assert.Equal((1, 0), (state.Cursor, state.Forecasts.Count)));

    [Fact]
    public void Who_decides_alone_is_weighed_too_and_the_ensemble_is_no_provider() => Spec
        .When(Fold(0, BookSamples.Closed(new TradingDecision { Id = "x", Action = "SELL", AiProvider = "local" }, 5)))
        .When(Fold(1, BookSamples.Closed(new TradingDecision { Id = "y", Action = "SELL", AiProvider = "ensemble" }, 5)))
        .When(Fold(2, BookSamples.Closed(new TradingDecision { Id = "z", Action = "SELL", AiProvider = "cli" }, -5, isDecisionKnown: false)))
        .When(new GetWeights(WeightRule.Evidence))
        .ThenReply<WeightSet>(static set => Assert.Equal(
            [("cli", 1, 0), ("local", 1, 1)], set.Providers.Select(static provider => (provider.Provider, (int)provider.Scored, (int)provider.Correct))));

    [Fact]
    public void Forecasts_that_wait_are_bounded_and_the_oldest_is_dropped_and_counted()
    {
        var state = new WeightsState();
        for (var i = 1; i <= WeightsState.MaxForecasts + 3; i++)
            state.Apply(WeightsFolding.Take(state, BookSamples.Fold(i, BookSamples.Made(BookSamples.Decision($"d{i}", "BUY", ("a", "BUY"))))));

        Assert.Equal(
            (WeightsState.MaxForecasts, 3, WeightsState.MaxForecasts, "d4"),
            (state.Forecasts.Count, state.DroppedForecasts, state.MostInFlight, state.Forecasts.GetAt(0).Key));
    }

    [Fact]
    public void Names_that_are_made_up_do_not_make_the_weights_grow_without_end()
    {
        var state = new WeightsState();
        for (var i = 1; i <= 300; i++)
            state.Apply(WeightsFolding.Take(state, BookSamples.Fold(i, BookSamples.Closed(BookSamples.Decision($"d{i}", "BUY", ("a", "BUY"), ($"x{i}", "BUY")), 1))));

        Assert.Equal(WeightsModel.MaxProviders, state.Model.Providers.Count);
        Assert.Equal(300, state.Model.Providers[0].Scored);
    }

    [Fact]
    public void The_last_hundred_sets_are_remembered_newest_first()
    {
        var state = new WeightsState();
        for (var i = 1; i <= 130; i++)
            state.Apply(WeightsFolding.Take(state, BookSamples.Fold(i, BookSamples.Closed(BookSamples.Decision($"d{i}", "BUY", ("a", "BUY")), 1))));

        Assert.Equal(Enumerable.Range(31, 100).Reverse().Select(static number => (long)number), WeightsAnswers.History(state, WeightRule.Evidence, 1000).Select(static set => set.Number));
        Assert.Equal(["d130", "d129"], WeightsAnswers.History(state, WeightRule.Original, 2).Select(static set => set.DecisionId));
        Assert.Equal(WeightsAnswers.Now(state, WeightRule.Original).Providers, WeightsAnswers.History(state, WeightRule.Original, 1)[0].Providers);
    }

    [Fact]
    public void A_portfolio_to_which_nothing_has_happened_answers_with_nothing() => Spec
        .When(new GetWeights(WeightRule.Original)).ThenReply<WeightSet>(static set => Assert.Equal((0, 0, 0, true), (set.Number, set.Providers.Count, set.Mixture.Count, set.PublishedAt is null)))
        .When(new GetWeightHistory(WeightRule.Evidence, 10)).ThenReply<WeightSet[]>(Assert.Empty)
        .When(new GetWeightRegret()).ThenReply(new WeightRegret(0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        .When(new FoldBook(0, [])).ThenReply<BookFolded>(static folded => Assert.Equal(0, folded.Cursor)).ThenNothingHappens();

    [Fact]
    public void A_vote_is_counted_with_the_weights_of_now()
    {
        var spec = Spec;
        for (var i = 0; i < 60; i++)
            spec.When(Fold(i, BookSamples.Closed(BookSamples.Decision($"d{i}", "BUY", ("good", "BUY"), ("bad", "SELL")), 10)));

        spec.When(new GetVote(WeightRule.Evidence, [new VoterOpinion("good", "SELL", 60, 2), new VoterOpinion("bad", "OPEN_SMALL_LONG", 60, 1), new VoterOpinion("mute", "HOLD", 90, null)]))
            .ThenReply<Vote>(static vote =>
            {
                Assert.Equal(("SELL", 60), (vote.Action, vote.WeightsNumber));
                Assert.InRange(vote.ProbabilityUp ?? 1, 0.01, 0.499);
                Assert.Equal((int)Math.Round(100 * (1 - vote.ProbabilityUp ?? 0)), vote.Confidence);
                Assert.Equal(1, vote.VotingPower.Sum(static power => power.Value), 1e-12);
                Assert.Equal(["good", "bad", "mute"], vote.VotingPower.Select(static power => power.Key));
                Assert.Equal((2 * vote.VotingPower[0].Value) + vote.VotingPower[1].Value, vote.Amount ?? 0, 1e-12);
                Assert.Equal(0, vote.VotingPower[2].Value);
            })
            .When(new GetVote(WeightRule.Original, [new VoterOpinion("good", "SELL", 60, 2), new VoterOpinion("bad", "OPEN_SMALL_LONG", 60, 1)]))
            .ThenReply<Vote>(static vote => Assert.Equal(("SELL", true), (vote.Action, vote.ProbabilityUp is null)))
            .When(new GetVote(WeightRule.Evidence, [new VoterOpinion("mute", "HOLD", 90, 1)]))
            .ThenReply<Vote>(static vote => Assert.Equal(("HOLD", 50, 0.5), (vote.Action, vote.Confidence, vote.ProbabilityUp)));
    }

    private static FoldBook Fold(long previous, BookEvent @event) => new(previous, [BookSamples.Fold(previous + 1, @event)]);

    private static string Snapshot(WeightsState state)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        new WeightsFormat().WriteSnapshot(state, output);
        return Convert.ToHexString(output.WrittenSpan);
    }
}
