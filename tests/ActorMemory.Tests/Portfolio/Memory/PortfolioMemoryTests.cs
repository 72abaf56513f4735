using System.Globalization;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Travel;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Portfolio.Memory;

public sealed class PortfolioMemoryTests
{
    private static readonly PortfolioName s_portfolio = PortfolioName.Default;
    private static readonly string[] s_providers = ["local", "cli", "codex"];
    private static readonly CancellationToken s_cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_followed_from_a_trade_is_told_by_the_next_question()
    {
        await using var running = await RunningPortfolio.StartAsync();
        var memory = running.Memory;
        await memory.RecordDecisionAsync(s_portfolio, Decision(1, "BUY"), s_cancellation);

        var receipt = await memory.RecordOutcomeAsync(s_portfolio, new TradeExit { DecisionId = "d-1", ExitPrice = 110 }, s_cancellation);

        Assert.Equal(new OutcomeReceipt(1, true, receipt.Outcome), receipt);
        Assert.Equal(["cli", "codex", "ensemble", "local"], (await memory.GetProvidersAsync(s_portfolio, s_cancellation)).Select(static each => each.Provider));
        Assert.Equal(1, (await memory.GetWeightsAsync(s_portfolio, WeightRule.Evidence, s_cancellation)).Number);
        Assert.Equal(1, (await memory.GetWeightRegretAsync(s_portfolio, s_cancellation)).Decisions);
        Assert.Equal(["bullish", "trend_up", "trending"], (await memory.GetRegimesAsync(s_portfolio, s_cancellation)).Select(static each => each.Regime));
        var similar = Assert.Single(await memory.FindSimilarAsync(s_portfolio, new SimilarQuery("Asset: BTCUSD. Market: up trend, RSI 60."), s_cancellation));
        Assert.Contains("BTCUSD", similar.Record.Text, StringComparison.Ordinal);
        var context = await memory.GetContextAsync(s_portfolio, new ContextQuery("BTCUSD", SimilarTo: "Asset: BTCUSD."), s_cancellation);
        Assert.True(context.HasHistory);
        Assert.NotNull(context.ProviderAdvice);
        Assert.Single(context.SimilarTrades);
    }

    [Fact]
    public async Task Everything_is_as_it_was_after_a_restart()
    {
        await using var running = await RunningPortfolio.StartAsync();
        await TradeAsync(running, 40, static _ => Task.CompletedTask);
        var before = await EverythingAsync(running.Memory);

        await running.RestartAsync();

        Assert.Equal(before, await EverythingAsync(running.Memory));
    }

    [Fact]
    public async Task What_was_known_at_a_moment_is_what_was_answered_then()
    {
        await using var running = await RunningPortfolio.StartAsync(new PortfolioMemoryOptions { MaxMemorySize = 10 });
        var answered = new List<(KnownMoment Moment, string Answers)>();
        await TradeAsync(running, 25, async i =>
        {
            if (i % 6 == 0)
                answered.Add((await running.MomentAsync(), await EverythingAsync(running.Memory)));
        });

        foreach (var (moment, answers) in answered)
            Assert.Equal(answers, await EverythingAsync(running.Memory.AsOf(moment)));
    }

    [Fact]
    public async Task Outcomes_beyond_the_buffer_are_found_in_the_journal()
    {
        await using var running = await RunningPortfolio.StartAsync(new PortfolioMemoryOptions { MaxMemorySize = 5 });
        await TradeAsync(running, 30, static _ => Task.CompletedTask);

        var all = await running.Memory.GetOutcomesAsync(s_portfolio, OutcomeFilter.All, 100, s_cancellation);
        var some = await running.Memory.GetOutcomesAsync(s_portfolio, new OutcomeFilter { AssetPair = "ethusd" }, 4, s_cancellation);

        Assert.Equal(30, all.Count);
        Assert.Equal(all.OrderByDescending(static stored => stored.ExitAt.Value).ThenByDescending(static stored => stored.Number).Select(static stored => stored.Number), all.Select(static stored => stored.Number));
        Assert.Equal(all.Where(static stored => stored.Outcome.AssetPair == "ETHUSD").Take(4).Select(static stored => stored.Number), some.Select(static stored => stored.Number));
    }

    [Fact]
    public async Task Portfolios_know_nothing_of_each_other()
    {
        await using var running = await RunningPortfolio.StartAsync();
        var (one, other) = (new PortfolioName("paper|1"), new PortfolioName("live 100%"));
        await running.Memory.RecordOutcomeAsync(one, new TradeExit { Decision = Decision(1, "BUY"), ExitPrice = 110 }, s_cancellation);
        await running.Memory.RecordOutcomeAsync(other, new TradeExit { Decision = Decision(1, "SELL"), ExitPrice = 110 }, s_cancellation);

        Assert.Equal([other, one], await running.Memory.GetPortfoliosAsync(s_cancellation));
        Assert.Equal(20, Assert.Single(await running.Memory.GetOutcomesAsync(one, OutcomeFilter.All, 10, s_cancellation)).Outcome.RealizedPnl);
        Assert.Equal(-20, Assert.Single(await running.Memory.GetOutcomesAsync(other, OutcomeFilter.All, 10, s_cancellation)).Outcome.RealizedPnl);
    }

    [Fact]
    public async Task A_portfolio_to_which_nothing_has_happened_answers_with_nothing()
    {
        await using var running = await RunningPortfolio.StartAsync();
        var memory = running.Memory;

        Assert.Empty(await memory.GetPortfoliosAsync(s_cancellation));
        Assert.Empty(await memory.GetOutcomesAsync(s_portfolio, OutcomeFilter.All, 10, s_cancellation));
        Assert.Empty(await memory.GetProvidersAsync(s_portfolio, s_cancellation));
        Assert.Empty((await memory.GetWeightsAsync(s_portfolio, WeightRule.Evidence, s_cancellation)).Providers);
        Assert.Empty(await memory.FindSimilarAsync(s_portfolio, new SimilarQuery("anything"), s_cancellation));
        Assert.False((await memory.GetContextAsync(s_portfolio, new ContextQuery(), s_cancellation)).HasHistory);
        Assert.Equal(0, (await memory.TakeSnapshotAsync(s_portfolio, null, s_cancellation)).Number);
        Assert.Empty(await memory.GetSnapshotsAsync(s_portfolio, s_cancellation));
        Assert.Null(await memory.GetDecisionAsync(s_portfolio, "d-1", s_cancellation));
    }

    [Fact]
    public async Task Snapshots_are_taken_on_schedule()
    {
        await using var running = await RunningPortfolio.StartAsync(new PortfolioMemoryOptions { SnapshotEvery = TimeSpan.FromHours(1) });
        await running.Memory.RecordOutcomeAsync(s_portfolio, new TradeExit { Decision = Decision(1, "BUY"), ExitPrice = 110 }, s_cancellation);

        // The schedule begins when its actor does, which may be after the first hours.
        while ((await running.Memory.GetSnapshotsAsync(s_portfolio, s_cancellation)).Count < 3)
        {
            running.Clock.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task New_weights_are_published()
    {
        await using var running = await RunningPortfolio.StartAsync();
        var published = new TaskCompletionSource<WeightsPublished>(TaskCreationOptions.RunContinuationsAsynchronously);
        running.System.EventStream.Subscribe<WeightsPublished>(weights => published.TrySetResult(weights));

        await running.Memory.RecordOutcomeAsync(s_portfolio, new TradeExit { Decision = Decision(1, "BUY"), ExitPrice = 110 }, s_cancellation);

        var weights = await published.Task.WaitAsync(s_cancellation);
        Assert.Equal((s_portfolio, 1L), (weights.Portfolio, weights.Weights.Number));
    }

    [Fact]
    public async Task What_is_not_allowed_is_refused_with_a_reason()
    {
        await using var running = await RunningPortfolio.StartAsync();
        var memory = running.Memory;

        await RefusedAsync(PortfolioError.Invalid, "limit is 0", () => memory.GetOutcomesAsync(s_portfolio, OutcomeFilter.All, 0, s_cancellation));
        await RefusedAsync(PortfolioError.Invalid, "window_days is 0", () => memory.AnalyzeAsync(s_portfolio, 0, s_cancellation));
        await RefusedAsync(PortfolioError.Invalid, "max_recent is 0", () => memory.GetContextAsync(s_portfolio, new ContextQuery(MaxRecent: 0), s_cancellation));
        await RefusedAsync(PortfolioError.NotFound, "no decision 'd-9'", () => memory.RecordOutcomeAsync(s_portfolio, new TradeExit { DecisionId = "d-9" }, s_cancellation));
        await RefusedAsync(PortfolioError.Invalid, "entry_price", () => memory.RecordDecisionAsync(s_portfolio, Decision(1, "BUY") with { EntryPrice = double.NaN }, s_cancellation));
    }

    private static async Task RefusedAsync(PortfolioError error, string reason, Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<PortfolioRejectedException>(act);
        Assert.Equal(error, refused.Error);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Decisions and, some while later and in another order, how they ended.</summary>
    private static async Task TradeAsync(RunningPortfolio running, int trades, Func<int, Task> afterEach)
    {
        var seed = Random.Shared.Next(1_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        var open = new List<int>();
        for (var i = 0; i < trades || open.Count > 0;)
        {
            running.Clock.Advance(TimeSpan.FromMinutes(1));
            if (i < trades && (open.Count == 0 || random.Next(2) == 0))
            {
                await running.Memory.RecordDecisionAsync(s_portfolio, Decision(i, random.Next(2) == 0 ? "BUY" : "SELL"), s_cancellation);
                open.Add(i++);
                continue;
            }

            var closing = open[random.Next(open.Count)];
            open.Remove(closing);
            var exit = new TradeExit { DecisionId = $"d-{closing}", ExitPrice = 90 + random.Next(20), ExitTimestamp = $"2025-01-02T{random.Next(24):00}:00:00Z" };
            await running.Memory.RecordOutcomeAsync(s_portfolio, exit, s_cancellation);
            if (closing % 5 == 0)
                await running.Memory.TakeSnapshotAsync(s_portfolio, null, s_cancellation);
            await afterEach(trades - open.Count);
        }
    }

    private static TradingDecision Decision(int number, string action) => new()
    {
        Id = $"d-{number}",
        AssetPair = number % 3 == 0 ? "ETHUSD" : "BTCUSD",
        Action = action,
        Timestamp = "2025-01-01T00:00:00Z",
        EntryPrice = 100,
        PositionSize = 2,
        AiProvider = "ensemble",
        Confidence = 70,
        MarketData = new MarketData
        {
            Regime = "trending",
            Trend = "up",
            Rsi = 60,
            Sentiment = new MarketSentiment("Bullish"),
            Technical = new TechnicalMarketData("up", 0.1),
        },
        EnsembleMetadata = new EnsembleMetadata
        {
            ProvidersUsed = s_providers,
            ProviderDecisions = s_providers.Select((provider, i) => (provider, i)).ToDictionary(
                static each => each.provider, each => new ProviderOpinion((number + each.i) % 3 == 0 ? "SELL" : "BUY", 60 + each.i)),
        },
    };

    private static async Task<string> EverythingAsync(IPortfolioReader reader)
    {
        var now = new UnixNanoseconds(0);
        object[] answers =
        [
            (await reader.GetPortfoliosAsync(s_cancellation)).Select(static name => name.ToString()),
            await reader.GetOutcomesAsync(s_portfolio, OutcomeFilter.All, 1000, s_cancellation),
            await reader.GetProvidersAsync(s_portfolio, s_cancellation),
            await reader.GetRegimesAsync(s_portfolio, s_cancellation),
            await reader.GetVetoesAsync(s_portfolio, s_cancellation),
            await reader.GetWeightsAsync(s_portfolio, WeightRule.Evidence, s_cancellation),
            await reader.GetWeightsAsync(s_portfolio, WeightRule.Original, s_cancellation),
            await reader.GetWeightRegretAsync(s_portfolio, s_cancellation),
            await reader.GetSnapshotsAsync(s_portfolio, s_cancellation),
            (await reader.AnalyzeAsync(s_portfolio, null, s_cancellation)) with { Timestamp = now },
            await reader.FindSimilarAsync(s_portfolio, new SimilarQuery("Asset: BTCUSD. Market: up trend, RSI 60.", Count: 100), s_cancellation),
        ];
        return ValueText.Of(answers);
    }
}
