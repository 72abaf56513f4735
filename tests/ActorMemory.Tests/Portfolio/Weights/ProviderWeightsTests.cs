using System.Collections.Concurrent;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Travel;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>Providers and weights that follow books, live on a journal: errors, crashes, several at once, and what was known when.</summary>
public sealed class ProviderWeightsTests
{
    private static readonly PortfolioName s_main = new("main");
    private static readonly PortfolioName s_other = new("other");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_caught_up_in_pieces_and_over_restarts_is_what_one_fold_comes_to()
    {
        await using var running = await RunningWeights.StartAsync();
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var whole = BookSamples.RandomBook(random, 150);
        while (running.BookOf(s_main).Count < whole.Count)
        {
            var size = Math.Min(random.Next(1, 60), whole.Count - running.BookOf(s_main).Count);
            running.BookOf(s_main).AddRange(whole.GetRange(running.BookOf(s_main).Count, size));
            Assert.Equal(running.BookOf(s_main).Count, await running.Weights.CatchUpAsync(s_main, running.BookOf(s_main).Count, Now));
            if (random.Next(4) == 0)
                await running.Weights.SaveSnapshotsAsync([WeightsBehavior.PersistenceId(s_main), ProviderBehavior.PersistenceId(s_main, "p1")]);
            if (random.Next(3) == 0)
                await running.RestartAsync();
        }

        await CheckAsync(running.Weights, whole, $"seed {seed}");
    }

    [Fact]
    public async Task A_crash_between_the_providers_and_the_weights_counts_nothing_twice_and_loses_nothing()
    {
        await using var running = await RunningWeights.StartAsync();
        var book = BookSamples.RandomBook(new Random(7), 40);
        running.BookOf(s_main).AddRange(book);
        running.Journal.FailNextAppendOf(WeightsBehavior.PersistenceId(s_main));
        await Assert.ThrowsAsync<JournalException>(() => running.Weights.CatchUpAsync(s_main, book.Count, Now));
        Assert.Equal(0, await running.Weights.GetCursorAsync(s_main, Now));
        Assert.NotEmpty(await running.Journal.ReadEntityAsync(ProviderBehavior.PersistenceId(s_main, "p2"), 1, 10));
        await running.RestartAsync();

        Assert.Equal(book.Count, await running.Weights.CatchUpAsync(s_main, book.Count, Now));

        await CheckAsync(running.Weights, book, "after the crash");
    }

    [Fact]
    public async Task An_error_is_told_to_who_asked_and_the_next_goes_on()
    {
        await using var running = await RunningWeights.StartAsync();
        var book = BookSamples.RandomBook(new Random(8), 30);
        running.BookOf(s_main).AddRange(book);
        running.Journal.FailNextAppendOf(ProviderBehavior.PersistenceId(s_main, "p2"));
        await Assert.ThrowsAsync<JournalException>(() => running.Weights.CatchUpAsync(s_main, book.Count, Now));
        running.Journal.FailNextAppendOf(WeightsBehavior.PersistenceId(s_main), isWrittenAllTheSame: true);
        await Assert.ThrowsAsync<JournalException>(() => running.Weights.CatchUpAsync(s_main, book.Count, Now));

        Assert.Equal(book.Count, await running.Weights.CatchUpAsync(s_main, book.Count, Now));

        await CheckAsync(running.Weights, book, "after the errors");
    }

    [Fact]
    public async Task Two_supervisors_at_once_take_every_event_once()
    {
        await using var running = await RunningWeights.StartAsync();
        var book = BookSamples.RandomBook(new Random(9), 300);
        running.BookOf(s_main).AddRange(book);
        var second = running.Weights.StartSupervisor("another-supervisor", running.ReadAsync);
        var asked = new List<Task<long>>();
        for (var upTo = 10; upTo <= book.Count + 9; upTo += 10)
        {
            var to = upTo;
            asked.Add(running.Weights.CatchUpAsync(s_main, to, Now));
            asked.Add(second.AskAsync<CatchUp, long>(running.System, replyTo => new CatchUp(s_main, to, null, replyTo), null, Now));
        }

        foreach (var one in asked)
            await one;

        await CheckAsync(running.Weights, book, "by two supervisors");
        second.Stop();
        await second.WhenTerminated;
    }

    [Fact]
    public async Task A_portfolio_does_not_wait_for_another_and_knows_nothing_of_it()
    {
        await using var running = await RunningWeights.StartAsync();
        var decision = BookSamples.Decision("d", "BUY", ("a", "BUY"));
        running.BookOf(s_main).Add(BookSamples.Closed(decision, 5));
        running.BookOf(s_other).Add(BookSamples.Closed(decision, -5));
        var gate = new TaskCompletionSource();
        (running.Gated, running.Gate) = (s_main, gate.Task);
        var waiting = running.Weights.CatchUpAsync(s_main, 1, Now);

        Assert.Equal(1, await running.Weights.CatchUpAsync(s_other, 1, Now));
        Assert.False(waiting.IsCompleted);
        Assert.Equal(-5, (await running.Weights.GetProvidersAsync(s_other, Now)).Single(static provider => provider.Provider == "a").TotalPnl);
        Assert.Empty(await running.Weights.GetProvidersAsync(s_main, Now));
        gate.SetResult();

        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task New_weights_are_published_when_they_are_durable()
    {
        await using var running = await RunningWeights.StartAsync();
        var published = new ConcurrentQueue<WeightsPublished>();
        using var subscription = running.System.EventStream.Subscribe<WeightsPublished>(published.Enqueue);
        var decision = BookSamples.Decision("d", "BUY", ("a", "BUY"), ("b", "SELL"));
        running.BookOf(s_main).Add(BookSamples.Made(decision));
        await running.Weights.CatchUpAsync(s_main, 1, Now);
        Assert.Empty(published);
        running.BookOf(s_main).Add(BookSamples.Closed(decision, 5));

        await running.Weights.CatchUpAsync(s_main, 2, Now);

        Assert.Equal([(s_main, WeightRule.Evidence, 1L), (s_main, WeightRule.Original, 1L)], published.Select(static one => (one.Portfolio, one.Weights.Rule, one.Weights.Number)));
        Assert.Equal(ValueText.Of(await running.Weights.GetWeightsAsync(s_main, WeightRule.Evidence, Now)), ValueText.Of(published.First().Weights));
    }

    [Fact]
    public async Task What_was_known_at_a_moment_is_what_the_book_had_by_then_whether_it_was_taken_or_not()
    {
        await using var running = await RunningWeights.StartAsync();
        var book = BookSamples.RandomBook(new Random(10), 60);
        running.BookOf(s_main).AddRange(book);
        await running.Weights.CatchUpAsync(s_main, 40, Now);
        var early = KnownMoment.AtOrdering(await running.LastOrderingAsync());
        var half = new List<BookEvent>(book.Take((int)await running.Weights.GetCursorAsync(s_main, Now)));
        var more = BookSamples.RandomBook(new Random(11), 60);
        running.BookOf(s_main).AddRange(more);
        await running.Weights.CatchUpAsync(s_main, long.MaxValue, Now);
        var all = KnownMoment.AtOrdering(await running.LastOrderingAsync());

        await CheckAsync(running.AsOf(all, long.MaxValue), [.. book, .. more], "all");
        await CheckAsync(running.AsOf(early, half.Count), half, "early");
        await CheckAsync(running.AsOf(early, half.Count + 17), [.. half, .. more.Take(17)], "early, with what was not taken yet");
        await CheckAsync(running.AsOf(KnownMoment.AtOrdering(0), 30), book[..30], "nothing taken");
        Assert.Empty(await running.AsOf(KnownMoment.AtOrdering(0), 0).GetProvidersAsync(s_main, Now));
    }

    [Fact]
    public async Task A_thousand_outcomes_need_few_commits()
    {
        await using var running = await RunningWeights.StartAsync();
        for (var i = 0; i < 1_000; i++)
            running.BookOf(s_main).Add(BookSamples.Closed(BookSamples.Decision($"d{i}", "BUY", ("a", "BUY"), ("b", "SELL"), ("c", "BUY")), i % 3 - 1));

        await running.Weights.CatchUpAsync(s_main, 1_000, Now);

        Assert.Equal(2, (await running.Journal.ReadEntityAsync(ProviderBehavior.PersistenceId(s_main, "a"), 1, 100)).Count);
        Assert.Equal(1_000, (await running.Weights.GetProvidersAsync(s_main, Now)).Single(static provider => provider.Provider == "c").TotalTrades);
    }

    [Fact]
    public async Task Questions_that_cannot_be_answered_are_refused()
    {
        await using var running = await RunningWeights.StartAsync();

        Assert.Contains("limit is 0", (await Assert.ThrowsAsync<PortfolioRejectedException>(() => running.Weights.GetHistoryAsync(s_main, WeightRule.Evidence, 0, Now))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "there are 0 opinions",
            (await Assert.ThrowsAsync<PortfolioRejectedException>(() => running.Weights.VoteAsync(s_main, new Dictionary<string, ProviderOpinion>(), WeightRule.Evidence, Now))).Message,
            StringComparison.Ordinal);
        var vote = await running.Weights.VoteAsync(s_main, new Dictionary<string, ProviderOpinion> { ["new"] = new("BUY", 60, 3) }, WeightRule.Original, Now);
        Assert.Equal(("BUY", 3), (vote.Action, vote.Amount));
    }

    /// <summary>All that can be asked, against the events folded by hand.</summary>
    private static async Task CheckAsync(WeightsReader reader, List<BookEvent> book, string where)
    {
        var state = new WeightsState();
        var providers = new SortedDictionary<string, ProviderState>(StringComparer.Ordinal);
        for (var i = 0; i < book.Count; i++)
        {
            state.Apply(WeightsFolding.Take(state, BookSamples.Fold(i + 1, book[i])));
            foreach (var credit in book[i] is TradeClosed trade ? ProviderCredits.Of(trade) : [])
            {
                if (!providers.TryGetValue(credit.Provider, out var provider))
                    providers.Add(credit.Provider, provider = new ProviderState());
                provider.Apply(ProviderScoring.Score(provider, [ProviderScore.Of(i + 1, credit)]));
            }
        }

        Assert.True(state.Model.Decisions > 5, where);
        Assert.Equal(book.Count, await reader.GetCursorAsync(s_main, Now));
        Assert.Equal($"{where}: {ValueText.Of(providers.Select(static one => one.Value.ToStatistics(one.Key)))}", $"{where}: {ValueText.Of(await reader.GetProvidersAsync(s_main, Now))}");
        foreach (var rule in Enum.GetValues<WeightRule>())
        {
            Assert.Equal($"{where}: {ValueText.Of(WeightsAnswers.Now(state, rule))}", $"{where}: {ValueText.Of(await reader.GetWeightsAsync(s_main, rule, Now))}");
            Assert.Equal(
                $"{where}: {ValueText.Of(WeightsAnswers.History(state, rule, 100))}", $"{where}: {ValueText.Of(await reader.GetHistoryAsync(s_main, rule, 100, Now))}");
        }

        Assert.Equal((where, WeightsAnswers.Regret(state)), (where, await reader.GetRegretAsync(s_main, Now)));
    }
}
