using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.TestKit;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Vectors;

public sealed class VectorMemoryTests
{
    [Fact]
    public async Task Portfolios_and_models_are_kept_apart()
    {
        await using var vectors = new RunningVectors();
        var cancellation = TestContext.Current.CancellationToken;
        var other = new PortfolioName("other");
        await vectors.AddAsync("a", "RSI 70");
        await vectors.Memory.AddAsync(other, new VectorRecord("b", "RSI 70", new VectorLabels()), null, cancellation);
        await vectors.Memory.AddAsync(
            RunningVectors.Portfolio, new VectorRecord("a", "elsewhere", new VectorLabels()), new VectorEmbedding("two", new[] { 1f, 0f }), cancellation);

        Assert.Equal(["a"], await IdsAsync(new SimilarQuery("RSI 70")));
        Assert.Equal("elsewhere", Assert.Single(await vectors.FindAsync(new SimilarQuery(Embedding: new VectorEmbedding("two", new[] { 2f, 2f })))).Record.Text);
        Assert.Empty(await IdsAsync(new SimilarQuery(Embedding: new VectorEmbedding("three", new[] { 1f }))));
        Assert.Equal(["b"], (await vectors.Memory.FindAsync(other, new SimilarQuery("RSI 70"), cancellation)).Select(static one => one.Record.Id));
        Assert.Equal(0, await vectors.Memory.CountAsync(new PortfolioName("empty"), cancellation));

        async Task<IEnumerable<string>> IdsAsync(SimilarQuery query) => (await vectors.FindAsync(query)).Select(static one => one.Record.Id);
    }

    [Fact]
    public async Task The_dimensions_of_a_model_are_the_same_in_all_buckets()
    {
        await using var vectors = new RunningVectors();
        await AddAsync("a", 1f, 0f);

        // Whatever bucket it goes to, and also after a restart.
        foreach (var id in new[] { "b", "c", "d" })
            Assert.Contains("has 3 dimensions, those of the model have 2", (await RefusedAsync(() => AddAsync(id, 1f, 0f, 0f))).Message, StringComparison.Ordinal);
        await vectors.RestartAsync();
        await RefusedAsync(() => AddAsync("e", 1f));
        await AddAsync("e", 1f, 1f);

        Task AddAsync(string id, params float[] values) => vectors.Memory.AddAsync(
            RunningVectors.Portfolio, new VectorRecord(id, "", new VectorLabels()), new VectorEmbedding("m", values), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_best_of_all_buckets_are_found_in_one_order()
    {
        await using var vectors = new RunningVectors();
        for (var i = 0; i < 100; i++)
        {
            await vectors.AddAsync($"v{i}", i % 10 == 0 ? "RSI 70" : $"RSI {i}");
            if (i % 20 == 19)
                vectors.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var found = await vectors.FindAsync(new SimilarQuery("RSI 70", Count: 12));

        // Equal ones: the newest first, then by id.
        Assert.Equal(
            ["v80", "v90", "v60", "v70", "v40", "v50", "v20", "v30", "v0", "v10"], found.Take(10).Select(static one => one.Record.Id));
        Assert.Equal(12, found.Count);
    }

    [Fact]
    public async Task A_question_that_makes_no_sense_is_refused_with_the_reason()
    {
        await using var vectors = new RunningVectors();
        var embedding = new VectorEmbedding("m", new[] { 1f });
        foreach (var (query, reason) in new[]
        {
            (new SimilarQuery(), "a text or a vector is needed"),
            (new SimilarQuery("a", embedding), "text and vector are both given"),
            (new SimilarQuery("a", Count: 0), "count is 0"),
            (new SimilarQuery("a", HalfLife: TimeSpan.Zero), "half-life is not above 0"),
            (new SimilarQuery(new string('x', 20_000)), "the text of the question has 20000 bytes"),
            (new SimilarQuery(Embedding: new VectorEmbedding("", new[] { 1f })), "the name of the embedding model is empty"),
        })
        {
            Assert.Contains(reason, (await RefusedAsync(() => vectors.FindAsync(query))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_snapshot_is_saved_for_what_belongs_to_the_memory()
    {
        await using var vectors = new RunningVectors();
        await vectors.AddAsync("a", "RSI 70");
        string[] ids = ["provider|x|y", .. vectors.Journal.EventsFrom(1, 10).Select(static stored => stored.PersistenceId)];

        await vectors.Memory.SaveSnapshotsAsync(ids);

        await vectors.RestartAsync();
        Assert.Equal("a", Assert.Single(await vectors.FindAsync(new SimilarQuery("RSI 70"))).Record.Id);
        Assert.Equal(2, ids.Count(id => vectors.Journal.SnapshotsOf(id).Count > 0));
    }

    /// <summary>At every event of the journal: what is known as of it is what a node says whose journal ends there.</summary>
    [Fact]
    public async Task What_was_known_is_what_a_node_says_that_stopped_then()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        await using var vectors = new RunningVectors();
        var bookAt = new List<(long Ordering, long Last)>();
        for (var i = 1; i <= 25; i++)
        {
            vectors.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 100)));
            if (random.Next(3) == 0)
                await vectors.AddAsync($"own {random.Next(5)}", $"Asset: BTCUSD. RSI {random.Next(100)}");
            vectors.Book.Add(WrittenBook.Trade(i, vectors.Now, random.Next(100), random.Next(2) == 0 ? "BTCUSD" : "ETHUSD", random.Next(2) == 0));
            if (random.Next(4) == 0)
                await vectors.CatchUpAsync();
            bookAt.Add((vectors.Journal.EventsFrom(1, int.MaxValue).Count, vectors.Book.Last));
        }

        foreach (var (ordering, last) in bookAt)
        {
            var prefix = await PrefixAsync(vectors, ordering);
            await using var stopped = new RunningVectors(journal: prefix, book: vectors.Book.UpTo(last));
            await stopped.CatchUpAsync();
            var known = vectors.AsOf(KnownMoment.AtOrdering(ordering), vectors.Book.UpTo(last));
            foreach (var query in new[]
            {
                new SimilarQuery("Asset: BTCUSD. RSI 60", Count: 40, Now: vectors.Now), new SimilarQuery("Asset: ETHUSD. RSI 20", Count: 3, Filter: new VectorFilter { WasProfitable = true }, Now: vectors.Now),
                new SimilarQuery("RSI 50", Count: 5, HalfLife: TimeSpan.FromHours(1), Now: vectors.Now),
            })
            {
                var expected = await stopped.FindAsync(query);
                Assert.True(expected.SequenceEqual(await known.FindAsync(RunningVectors.Portfolio, query, TestContext.Current.CancellationToken)), $"seed {seed}, event {ordering}, {query}");
            }

            Assert.Equal(await stopped.CountAsync(), await known.CountAsync(RunningVectors.Portfolio, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_clock_of_what_was_known_is_that_moment()
    {
        await using var vectors = new RunningVectors();
        await vectors.AddAsync("a", "RSI 70");
        var recorded = vectors.Journal.EventsFrom(1, 10)[^1];
        vectors.Clock.Advance(TimeSpan.FromHours(2));
        var query = new SimilarQuery("RSI 70", HalfLife: TimeSpan.FromHours(1));

        Assert.Equal(0.25, (await vectors.FindAsync(query))[0].Score, 1e-6);
        Assert.Equal(1, (await AsOfAsync(KnownMoment.AtOrdering(recorded.Ordering)))[0].Score, 1e-6);
        Assert.Equal(0.5, (await AsOfAsync(KnownMoment.At(new UnixNanoseconds(recorded.RecordedAt + 3_600_000_000_000))))[0].Score, 1e-6);
        Assert.Empty(await AsOfAsync(KnownMoment.AtOrdering(0)));

        Task<IReadOnlyList<SimilarRecord>> AsOfAsync(KnownMoment moment) =>
            vectors.AsOf(moment, vectors.Book).FindAsync(RunningVectors.Portfolio, query, TestContext.Current.CancellationToken);
    }

    private static async Task<InMemoryJournal> PrefixAsync(RunningVectors vectors, long ordering)
    {
        var journal = new InMemoryJournal();
        foreach (var stored in vectors.Journal.EventsFrom(1, (int)ordering))
            await OutcomeIndexerTests.AppendAsync(journal, stored);
        return journal;
    }

    private static async Task<PortfolioRejectedException> RefusedAsync(Func<Task> act)
    {
        var refused = await Assert.ThrowsAsync<PortfolioRejectedException>(act);
        Assert.Equal(PortfolioError.Invalid, refused.Error);
        return refused;
    }
}
