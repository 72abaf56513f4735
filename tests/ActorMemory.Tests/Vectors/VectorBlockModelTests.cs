using ActorMemory.Performance;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Vectors;

/// <summary>A block against a list that compares everything with everything in doubles.</summary>
public sealed class VectorBlockModelTests
{
    private const long Hour = 3_600_000_000_000;

    private static readonly string?[] s_pairs = [null, "BTCUSD", "btcusd", "ETHUSD", ""];
    private static readonly string?[] s_regimes = [null, "trending", "Ranging"];

    [Fact]
    public void What_is_found_is_what_comparing_all_with_all_finds()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        for (var trial = 0; trial < 60; trial++)
        {
            var dimensions = random.Next(4) == 0 ? random.Next(500, 1_100) : random.Next(1, 70);
            var model = new List<StoredVector>();
            var block = new VectorBlock(dimensions);
            for (var i = random.Next(400); i > 0; i--)
                Put(model, block, Vector(random, dimensions, model));
            for (var query = 0; query < 20; query++)
            {
                var search = Search(random, dimensions, model);
                var expected = Expected(model, search);
                var found = NearestRows.In(block, search);
                var where = $"seed {seed}, trial {trial}, query {query}: {search with { Values = default }}";
                Assert.True(
                    expected.Select(static one => one.Record.Id).SequenceEqual(found.Select(static one => one.Record.Id)),
                    $"{where}\n{string.Join('\n', expected.Zip(found))}");
                foreach (var (left, right) in expected.Zip(found))
                {
                    Assert.True(Math.Abs(left.Similarity - right.Similarity) <= 1e-12 && Math.Abs(left.Score - right.Score) <= 1e-12, where);
                    Assert.Equal((left.Record, left.AddedAt), (right.Record, right.AddedAt));
                }
            }
        }
    }

    [Fact]
    public void A_block_that_grew_over_many_chunks_holds_what_was_put_in()
    {
        var random = new Random(3);
        var block = new VectorBlock(1_024);
        var model = new List<StoredVector>();
        for (var i = 0; i < 1_500; i++)
            Put(model, block, new StoredVector(new VectorRecord($"v{i}", "", new VectorLabels()), Values(random, 1_024), new UnixNanoseconds(i)));
        Put(model, block, new StoredVector(new VectorRecord("v700", "again", new VectorLabels("X")), Values(random, 1_024), new UnixNanoseconds(5)));

        Assert.Equal(1_500, block.Count);
        for (var row = 0; row < block.Count; row++)
        {
            Assert.Equal(model[row].Record, block[row].Record);
            Assert.Equal(model[row].Values.ToArray(), block[row].Values.ToArray());
        }
    }

    [Fact]
    public void As_many_are_found_as_asked_for_whenever_so_many_pass()
    {
        var random = new Random(4);
        var block = new VectorBlock(8);
        for (var i = 0; i < 5_000; i++)
            block.Put(new StoredVector(
                new VectorRecord($"v{i}", "", new VectorLabels(i % 1_000 == 7 ? "RARE" : "COMMON")), Values(random, 8), new UnixNanoseconds(i)));

        var found = NearestRows.In(block, new VectorSearch(Values(random, 8), 5, new VectorFilter { AssetPair = "rare" }, null, default));

        Assert.Equal(5, found.Length);
        Assert.All(found, static one => Assert.Equal("RARE", one.Record.Labels.AssetPair));
    }

    [Fact]
    public void The_clock_of_the_decay_is_that_of_the_question()
    {
        var block = new VectorBlock(2);
        block.Put(new StoredVector(new VectorRecord("old", "", new VectorLabels(At: new UnixNanoseconds(0))), new[] { 1f, 0f }, new UnixNanoseconds(9 * Hour)));
        block.Put(new StoredVector(new VectorRecord("new", "", new VectorLabels()), new[] { 1f, 1f }, new UnixNanoseconds(10 * Hour)));

        Assert.Equal([("new", 0.7071), ("old", 0.0010)], Scores(10));
        Assert.Equal([("old", 1), ("new", 0.7071)], Scores(-5));
        Assert.Equal([("old", 0.5), ("new", 0.7071)], Scores(1).Reverse());

        (string, double)[] Scores(long hours) =>
        [
            .. NearestRows.In(block, new VectorSearch(new[] { 2f, 0f }, 2, VectorFilter.All, TimeSpan.TicksPerHour, new UnixNanoseconds(hours * Hour)))
                .Select(static one => (one.Record.Id, Math.Round(one.Score, 4))),
        ];
    }

    private static void Put(List<StoredVector> model, VectorBlock block, StoredVector stored)
    {
        block.Put(stored);
        var place = model.FindIndex(one => one.Record.Id == stored.Record.Id);
        if (place < 0)
            model.Add(stored);
        else
            model[place] = stored;
        Assert.Equal(place < 0 ? model.Count - 1 : place, block.Find(stored.Record.Id));
    }

    private static SimilarRecord[] Expected(List<StoredVector> model, VectorSearch search) =>
    [
        .. model.Where(stored => Passes(stored, search.Filter)).Select(stored =>
            {
                var similarity = Cosine(stored.Values.Span, search.Values.Span);
                double age = search.Now.Value - (stored.Record.Labels.At ?? stored.AddedAt).Value;
                var decay = search.HalfLifeTicks is { } ticks ? Math.Pow(2, -Math.Max(age, 0) / (ticks * 100.0)) : 1;
                return new SimilarRecord(stored.Record, similarity, similarity * decay, stored.AddedAt);
            })
            .OrderByDescending(static one => one.Score).ThenByDescending(static one => one.AddedAt.Value).ThenBy(static one => one.Record.Id, StringComparer.Ordinal)
            .Take(search.Count),
    ];

    private static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double dot = 0, ll = 0, rr = 0;
        for (var i = 0; i < left.Length; i++)
            (dot, ll, rr) = (dot + ((double)left[i] * right[i]), ll + ((double)left[i] * left[i]), rr + ((double)right[i] * right[i]));
        return ll * rr == 0 ? 0 : Math.Clamp(dot / (Math.Sqrt(ll) * Math.Sqrt(rr)), -1, 1);
    }

    private static bool Passes(StoredVector stored, VectorFilter filter)
    {
        var labels = stored.Record.Labels;
        var moment = (labels.At ?? stored.AddedAt).Value;
        return Same(filter.AssetPair, labels.AssetPair) && Same(filter.Regime, labels.Regime) && Same(filter.Provider, labels.Provider)
            && (filter.WasProfitable is null || filter.WasProfitable == labels.WasProfitable)
            && (filter.From is null || moment >= filter.From.Value.Value) && (filter.Until is null || moment < filter.Until.Value.Value);

        static bool Same(string? wanted, string? label) => wanted is null || string.Equals(wanted, label, StringComparison.OrdinalIgnoreCase);
    }

    private static StoredVector Vector(Random random, int dimensions, List<StoredVector> before)
    {
        // The same vectors, multiples of them, and none at all: what ties are made of.
        var values = random.Next(8) switch
        {
            0 => new float[dimensions],
            1 when before.Count > 0 => before[random.Next(before.Count)].Values.ToArray(),
            2 when before.Count > 0 => Array.ConvertAll(before[random.Next(before.Count)].Values.ToArray(), static value => value * 4),
            _ => Values(random, dimensions),
        };
        var labels = new VectorLabels(
            Pick(random, s_pairs), Pick(random, s_regimes), Pick(random, s_pairs), random.Next(3) switch { 0 => null, 1 => true, _ => false },
            random.Next(2) == 0 ? null : new UnixNanoseconds(random.Next(100) * Hour));
        return new StoredVector(
            new VectorRecord($"v{random.Next(600)}", $"text {random.Next()}", labels, random.Next(2) == 0 ? null : "{}"), values,
            new UnixNanoseconds(random.Next(100) * Hour));
    }

    private static VectorSearch Search(Random random, int dimensions, List<StoredVector> model) => new(
        model.Count > 0 && random.Next(2) == 0 ? model[random.Next(model.Count)].Values : Values(random, dimensions),
        random.Next(1, 20),
        random.Next(3) == 0 ? VectorFilter.All : new VectorFilter
        {
            AssetPair = Pick(random, s_pairs),
            Regime = Pick(random, s_regimes),
            Provider = random.Next(3) == 0 ? Pick(random, s_pairs) : null,
            WasProfitable = random.Next(3) switch { 0 => true, 1 => false, _ => null },
            From = random.Next(3) == 0 ? new UnixNanoseconds(random.Next(100) * Hour) : null,
            Until = random.Next(3) == 0 ? new UnixNanoseconds(random.Next(100) * Hour) : null,
        },
        random.Next(2) == 0 ? null : random.NextInt64(1, TimeSpan.TicksPerDay * 3),
        new UnixNanoseconds(random.Next(150) * Hour));

    private static float[] Values(Random random, int dimensions) => [.. Enumerable.Range(0, dimensions).Select(_ => (float)(random.NextDouble() - 0.5))];

    private static string? Pick(Random random, string?[] from) => from[random.Next(from.Length)];
}
