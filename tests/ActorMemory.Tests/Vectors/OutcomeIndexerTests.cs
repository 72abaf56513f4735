using System.Text.Json;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;
using Microsoft.Extensions.AI;

namespace ActorMemory.Tests.Vectors;

public sealed class OutcomeIndexerTests
{
    private static readonly UnixNanoseconds s_at = new(1_700_000_000_000_000_000);

    [Fact]
    public void A_trade_reads_as_the_original_wrote_it_with_its_real_fields_beside()
    {
        var record = OutcomeText.Of(WrittenBook.Trade(1, s_at, rsi: 70.5));

        Assert.Equal("Asset: BTCUSD. Market: bullish trend, RSI 70.5. Volatility: 0.02. Action: BUY. Result: WIN (4%)", record.Text);
        Assert.Equal(("outcome:d1", new VectorLabels("BTCUSD", "trending", "ensemble", true, new UnixNanoseconds(s_at.Value - 1_000))), (record.Id, record.Labels));
        Assert.Equal(
            "{\"decision_id\":\"d1\",\"asset_pair\":\"BTCUSD\",\"action\":\"BUY\",\"outcome\":\"WIN\",\"confidence\":70,\"ai_provider\":\"ensemble\",\"realized_pnl\":8,"
            + "\"pnl_percentage\":4,\"entry_price\":100,\"exit_price\":104,\"entry_timestamp\":\"2024-01-01T00:00:00Z\",\"exit_timestamp\":\"2024-01-02T00:00:00Z\","
            + "\"market_sentiment\":\"bullish\",\"regime\":\"trending\",\"trend\":\"bullish\",\"rsi\":70.5,\"volatility\":0.02,\"hit_stop_loss\":false,\"hit_take_profit\":false}",
            record.Metadata);
    }

    [Fact]
    public void A_trade_whose_decision_nobody_knows_says_what_is_known()
    {
        var trade = WrittenBook.Trade(1, s_at, won: false) with { Decision = null };

        Assert.Equal("Asset: BTCUSD. Market: unknown trend, RSI 50. Volatility: 0. Action: BUY. Result: LOSS (-2.5%)", OutcomeText.Of(trade).Text);
        Assert.Null(OutcomeText.Of(trade).Labels.Regime);
    }

    [Fact]
    public void Exits_of_one_decision_have_ids_of_their_own_and_every_id_is_legal()
    {
        string[] ids =
        [
            .. new (string Decision, string? Exit)[]
            {
                ("d1", null), ("d1", "a"), ("d1", ""), ("d1|a", null), ("d1%7Ca", null), (new string('x', 300), null), (new string('x', 300), "a"), ("a\nb", null),
            }.Select(static one => OutcomeText.IdOf(WrittenBook.Trade(1, s_at).Outcome with { DecisionId = one.Decision, ExitId = one.Exit })),
        ];

        Assert.Equal(["outcome:d1", "outcome:d1|a", "outcome:d1|"], ids[..3]);
        Assert.Distinct(ids);
        Assert.All(ids, static id => Assert.Null(VectorLimits.FindFault(new VectorRecord(id, "", new VectorLabels()))));
    }

    [Fact]
    public void Whatever_a_trade_says_it_can_be_stored()
    {
        var trade = WrittenBook.Trade(1, s_at, pair: new string('東', 20_000));
        trade = trade with { Outcome = trade.Outcome with { AiProvider = "a\nb", RealizedPnl = double.NaN, PnlPercentage = double.PositiveInfinity } };

        var record = OutcomeText.Of(trade);

        Assert.Null(VectorLimits.FindFault(record));
        Assert.Equal(new VectorLabels(null, "trending", null, true, trade.ExitAt), record.Labels);
    }

    [Fact]
    public async Task Trades_of_the_book_are_found_and_others_of_its_events_are_passed_over()
    {
        await using var vectors = new RunningVectors();
        vectors.Book.Add(
            new DecisionMade(1, s_at, new TradingDecision { Id = "x" }), WrittenBook.Trade(1, s_at, rsi: 30, pair: "ETHUSD", won: false),
            WrittenBook.Trade(2, s_at, rsi: 71), WrittenBook.Trade(2, s_at, rsi: 71, exitId: "rest"));

        Assert.Equal(4, await vectors.CatchUpAsync());

        Assert.Equal(3, await vectors.CountAsync());
        var found = await vectors.FindAsync(new SimilarQuery("Asset: BTCUSD. Market: bullish, RSI 70. Volatility: 0.02.", Count: 2));
        Assert.Equal(["outcome:d2", "outcome:d2|rest"], found.Select(static one => one.Record.Id));
        Assert.All(found, static one => Assert.Equal(s_at, one.AddedAt));
        Assert.Equal("d2", JsonDocument.Parse(found[0].Record.Metadata ?? "").RootElement.GetProperty("decision_id").GetString());
        Assert.Equal(["outcome:d1"], (await vectors.FindAsync(new SimilarQuery("RSI", Filter: new VectorFilter { WasProfitable = false }))).Select(static one => one.Record.Id));
    }

    [Fact]
    public async Task What_is_indexed_is_not_read_again_and_a_later_question_goes_on()
    {
        await using var vectors = new RunningVectors();
        vectors.Book.Add(WrittenBook.Trade(1, s_at), WrittenBook.Trade(2, s_at));
        Assert.Equal(2, await vectors.CatchUpAsync(2));
        var reads = vectors.Book.Reads;

        Assert.Equal(2, await vectors.CatchUpAsync(2));
        Assert.Equal(reads, vectors.Book.Reads);

        vectors.Book.Add(WrittenBook.Trade(3, s_at));
        Assert.Equal(3, await vectors.CatchUpAsync(3));
        Assert.Equal(3, await vectors.CountAsync());
    }

    [Fact]
    public async Task A_model_that_fails_is_asked_again_and_meanwhile_the_answer_is_what_is_indexed()
    {
        using var model = new FailingModel();
        await using var vectors = new RunningVectors(model, "m");
        vectors.Book.Add(WrittenBook.Trade(1, s_at));
        Assert.Equal(1, await vectors.CatchUpAsync());
        vectors.Book.Add(WrittenBook.Trade(2, s_at));

        foreach (var fault in new Func<List<Embedding<float>>, List<Embedding<float>>?>[]
        {
            static _ => throw new HttpRequestException("no connection"), static _ => throw new TaskCanceledException("30 s are over"), static _ => null, static _ => [],
            static all => [.. all, .. all], static _ => [new Embedding<float>(new[] { float.NaN })], static _ => [new Embedding<float>(ReadOnlyMemory<float>.Empty)],
            static _ => [new Embedding<float>(new[] { 1f, 2f })],
        })
        {
            model.Fault = fault;
            Assert.Equal(1, await vectors.CatchUpAsync());
            Assert.Contains(vectors.Log, static line => line.StartsWith("Portfolio main|one is indexed up to event 1 of its book, and not further: ", StringComparison.Ordinal));
            vectors.Log.Clear();
            Assert.Equal(1, await vectors.CountAsync());
        }

        model.Fault = static _ => throw new HttpRequestException("no connection");
        var refused = await Assert.ThrowsAsync<PortfolioRejectedException>(() => vectors.FindAsync(new SimilarQuery("RSI 70")));
        Assert.Equal((PortfolioError.Embedding, "the embedding model m did not answer: no connection"), (refused.Error, refused.Message));
        Assert.IsType<HttpRequestException>(refused.InnerException);
        Assert.Equal(PortfolioError.Embedding, (await Assert.ThrowsAsync<PortfolioRejectedException>(() => vectors.AddAsync("v", "text"))).Error);

        model.Fault = null;
        Assert.Equal(2, await vectors.CatchUpAsync());
        Assert.Equal(2, await vectors.CountAsync());
    }

    [Fact]
    public async Task A_node_that_starts_anew_goes_on_where_the_journal_says_and_a_lost_cursor_stores_nothing_twice()
    {
        var book = new WrittenBook();
        book.Add(Enumerable.Range(1, 300).Select(i => WrittenBook.Trade(i, s_at, rsi: i % 100, pair: i % 3 == 0 ? "ETHUSD" : "BTCUSD", won: i % 2 == 0)));
        await using var vectors = new RunningVectors(book: book, shards: new ShardSettings { SnapshotEveryEvents = 2, SnapshotAtStopFromEvents = 1 });
        await vectors.AddAsync("own", "Asset: BTCUSD. RSI 70");
        Assert.Equal(300, await vectors.CatchUpAsync());
        var query = new SimilarQuery("Asset: BTCUSD. Market: bullish, RSI 70.", Count: 20);
        var before = await vectors.FindAsync(query);
        var events = vectors.Journal.EventsFrom(1, int.MaxValue).Count;

        await vectors.RestartAsync();

        Assert.Equal(before, await vectors.FindAsync(query));
        Assert.Equal((300, 301, events), (await vectors.CatchUpAsync(), await vectors.CountAsync(), vectors.Journal.EventsFrom(1, int.MaxValue).Count));

        // All buckets as they are and no cursor: what a crash between the two leaves.
        var crashed = new TestKit.InMemoryJournal();
        foreach (var stored in vectors.Journal.EventsFrom(1, int.MaxValue).Where(static stored => stored.Manifest != VectorIndexFormat.AdvancedManifest))
            await AppendAsync(crashed, stored);
        await using var again = new RunningVectors(journal: crashed, book: book);
        Assert.Equal(300, await again.CatchUpAsync());
        Assert.Equal(before, await again.FindAsync(query));
        Assert.Equal(events, crashed.EventsFrom(1, int.MaxValue).Count);
    }

    [Fact]
    public async Task Two_nodes_that_index_at_the_same_time_store_each_trade_once()
    {
        await using var vectors = new RunningVectors();
        vectors.Book.Add(Enumerable.Range(1, 500).Select(static i => WrittenBook.Trade(i, s_at)));
        var other = vectors.Memory;
        var store = new VectorStoreOf(vectors);

        var first = vectors.CatchUpAsync();
        var second = store.IndexAsync();
        await first;
        await second;

        Assert.Equal(500, await other.CountAsync(RunningVectors.Portfolio, TestContext.Current.CancellationToken));
        Assert.Equal(500, await vectors.CatchUpAsync());
    }

    [Fact]
    public async Task A_thousand_trades_are_one_command_for_each_bucket()
    {
        await using var vectors = new RunningVectors();
        vectors.Book.Add(Enumerable.Range(1, 1_000).Select(static i => WrittenBook.Trade(i, s_at, rsi: i % 100)));

        Assert.Equal(1_000, await vectors.CatchUpAsync());

        Assert.Equal(1_000, await vectors.CountAsync());
        Assert.Equal(VectorIds.Buckets + 2, vectors.Journal.EventsFrom(1, int.MaxValue).Count);
    }

    internal static async Task AppendAsync(TestKit.InMemoryJournal journal, TestKit.StoredEvent stored)
    {
        var shard = StableHash.Shard(stored.PersistenceId, RunningVectors.ShardCount);
        var batch = new AppendBatch(shard) { RecordedAt = stored.RecordedAt, Epoch = await journal.AcquireAsync(shard) };
        System.Buffers.BuffersExtensions.Write(batch.Payload, stored.Payload.Span);
        batch.Add(stored.PersistenceId, journal.EventsOf(stored.PersistenceId).Count + 1, stored.Manifest, 0);
        await journal.AppendAsync(batch);
    }

    /// <summary>What an indexer of another node does, through the same shards.</summary>
    private sealed class VectorStoreOf(RunningVectors vectors)
    {
        internal async Task IndexAsync()
        {
            var entries = await vectors.Book.ReadAsync(RunningVectors.Portfolio, 0, 1_000, CancellationToken.None);
            using var embedder = new HashedTextEmbedder();
            var made = await OutcomeIndexer.EmbedAsync(entries, new TextEmbedding(embedder, HashedTextEmbedder.Model), CancellationToken.None);
            foreach (var vector in made)
                await vectors.Memory.AddAsync(RunningVectors.Portfolio, vector.Record, new VectorEmbedding(HashedTextEmbedder.Model, vector.Values));
        }
    }

    private sealed class FailingModel : IEmbeddingGenerator<string, Embedding<float>>
    {
        internal Func<List<Embedding<float>>, List<Embedding<float>>?>? Fault { get; set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            var sound = values.Select(static text => new Embedding<float>(HashedTextEmbedder.Embed(text))).ToList();
            return Fault is null
                ? Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(sound))
                : Task.FromResult(Fault(sound) is { } wrong ? new GeneratedEmbeddings<Embedding<float>>(wrong) : null)!;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
