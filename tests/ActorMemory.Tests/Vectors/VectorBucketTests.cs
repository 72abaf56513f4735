using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Travel;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Vectors;

public sealed class VectorBucketTests
{
    private const string Id = "outcome:d1";

    private static readonly VectorRecord s_record = new(Id, "Asset: BTCUSD.", new VectorLabels("BTCUSD", "trending", "local", true, new UnixNanoseconds(5)), "{\"a\":1}");

    [Fact]
    public void The_same_vector_again_changes_nothing_and_other_content_replaces_it_in_its_place()
    {
        var bucket = Bucket();

        Assert.Equal(new StoreReceipt(1, 0, 0), bucket.When(Store(s_record, 1, 0)));
        Assert.Equal(new StoreReceipt(0, 0, 1), bucket.When(Store(s_record, 1, 0)));
        Assert.Equal(1, bucket.Events);
        Assert.Equal(new StoreReceipt(0, 1, 0), bucket.When(Store(s_record, 1, 1)));
        Assert.Equal(new StoreReceipt(0, 1, 0), bucket.When(Store(s_record with { Text = "other" }, 1, 1)));
        Assert.Equal(new StoreReceipt(0, 1, 0), bucket.When(Store(s_record with { Text = "other", Metadata = null }, 1, 1)));
        Assert.Equal(new StoreReceipt(0, 1, 0), bucket.When(Store(s_record with { Labels = new VectorLabels() }, 1, 1)));

        var found = Assert.Single(((SimilarFound)bucket.When(Find(1, 1))).Found);
        Assert.Equal((s_record with { Labels = new VectorLabels() }, 1_000L), (found.Record, found.AddedAt.Value));
        Assert.Equal(new VectorCount(1), bucket.When(new GetVectorCount()));
    }

    [Fact]
    public void When_the_memory_knew_it_can_be_said_and_the_last_of_one_command_counts()
    {
        var bucket = Bucket();

        var receipt = bucket.When(new StoreVectors(
        [
            new NewVector(s_record, new[] { 1f, 0f }, new UnixNanoseconds(7)), new NewVector(s_record with { Text = "last" }, new[] { 0f, 1f }, new UnixNanoseconds(9)),
        ]));

        Assert.Equal(new StoreReceipt(1, 1, 0), receipt);
        var found = Assert.Single(((SimilarFound)bucket.When(Find(0, 1))).Found);
        Assert.Equal(("last", 7L, 1.0), (found.Record.Text, found.AddedAt.Value, found.Similarity));
    }

    [Fact]
    public void What_cannot_be_stored_is_refused_with_the_reason_and_changes_nothing()
    {
        var bucket = Bucket();
        bucket.When(Store(s_record, 1, 0));
        var others = new (StoreVectors Command, string Reason)[]
        {
            (Store(s_record, 1, 0, 0), "has 3 dimensions, those of the model have 2: vectors of different models are not mixed"),
            (Store(s_record, float.NaN, 0), "is NaN at place 0"),
            (Store(s_record, 0, float.PositiveInfinity), "at place 1; its numbers must be finite"),
            (Store(s_record, 1e20f, 0), "has the length 1e+20; scale it"),
            (Store(s_record), "a vector has 0 dimensions; 1 to 4096 are possible"),
            (Store(s_record, new float[4_097]), "a vector has 4097 dimensions"),
            (Store(s_record with { Id = "" }, 1, 0), "the id of a vector is empty"),
            (Store(s_record with { Id = new string('x', 257) }, 1, 0), "has 257 characters; at most 256"),
            (Store(s_record with { Id = "a\n" }, 1, 0), "control character"),
            (Store(s_record with { Text = new string('ä', 8_193) }, 1, 0), "the text of vector 'outcome:d1' has 16386 bytes; at most 16384"),
            (Store(s_record with { Text = "\ud800" }, 1, 0), "lone surrogate"),
            (Store(s_record with { Metadata = "{\"a\":}" }, 1, 0), "the metadata of vector 'outcome:d1' is not JSON"),
            (Store(s_record with { Metadata = $"\"{new string('x', 16_384)}\"" }, 1, 0), "at most 16384"),
            (Store(s_record with { Labels = new VectorLabels(Regime: new string('x', 257)) }, 1, 0), "the regime of vector 'outcome:d1' has 257 characters"),
            (Store(s_record with { Id = IdOf(other: true) }, 1, 0), "belongs into bucket"),
        };

        foreach (var (command, reason) in others)
            Assert.Contains(reason, Refused(bucket.When(command)), StringComparison.Ordinal);

        Assert.Equal(1, bucket.Events);
    }

    [Fact]
    public void Too_much_at_once_and_more_than_a_snapshot_can_hold_is_refused()
    {
        var bucket = Bucket();
        var ids = Enumerable.Range(0, int.MaxValue).Select(static i => $"v{i}").Where(static id => VectorIds.BucketOf(id) == VectorIds.BucketOf(Id)).GetEnumerator();
        NewVector Next()
        {
            ids.MoveNext();
            return new NewVector(s_record with { Id = ids.Current, Text = new string('x', 16_000) }, new float[4_096]);
        }

        Assert.Contains("can be stored at once. Send fewer", Refused(bucket.When(new StoreVectors([.. Enumerable.Range(0, 100).Select(_ => Next())]))), StringComparison.Ordinal);
        Assert.Equal(0, bucket.Events);
        object reply;
        do
        {
            reply = bucket.When(new StoreVectors([.. Enumerable.Range(0, 50).Select(_ => Next())]));
        }
        while (reply is StoreReceipt);

        Assert.Contains("is full", Refused(reply), StringComparison.Ordinal);
        Assert.InRange(bucket.Events, 20, 40);
    }

    [Fact]
    public void A_question_that_cannot_be_answered_is_refused_with_the_reason()
    {
        var bucket = Bucket();
        Assert.Empty(((SimilarFound)bucket.When(Find(1, 2, 3))).Found);
        bucket.When(Store(s_record, 1, 0));

        Assert.Contains("has 3 dimensions, those of the model have 2: ask with a vector of the same model", Refused(bucket.When(Find(1, 2, 3))), StringComparison.Ordinal);
        Assert.Contains("count is 0", Refused(bucket.When(new GetSimilar(Find(1, 0).Search with { Count = 0 }))), StringComparison.Ordinal);
        Assert.Contains("count is 257", Refused(bucket.When(new GetSimilar(Find(1, 0).Search with { Count = 257 }))), StringComparison.Ordinal);
        Assert.Contains("half-life is not above 0", Refused(bucket.When(new GetSimilar(Find(1, 0).Search with { HalfLifeTicks = 0 }))), StringComparison.Ordinal);
        Assert.Contains("is NaN at place 1", Refused(bucket.When(Find(1, float.NaN))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_recovered_from_events_and_from_a_snapshot_is_what_was_there()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var (behavior, format) = (new VectorBucketBehavior(), new VectorBucketFormat());
        var persistenceId = VectorIds.Bucket(PortfolioName.Default, "m", VectorIds.BucketOf(Id));
        var (live, replayed, snapshot) = (behavior.Create(persistenceId), behavior.Create(persistenceId), behavior.Create(persistenceId));
        var ids = Enumerable.Range(0, 5_000).Select(static i => $"v{i}").Where(static id => VectorIds.BucketOf(id) == VectorIds.BucketOf(Id)).ToArray();
        for (var i = 0; i < 200; i++)
        {
            var record = s_record with { Id = ids[random.Next(ids.Length)], Text = $"{random.Next(3)}", Metadata = random.Next(2) == 0 ? null : "{}" };
            var decision = behavior.Decide(live, Store(record, random.Next(3), random.NextSingle()), new CommandContext(persistenceId, i, i));
            foreach (var happened in decision.Events)
            {
                var bytes = new ArrayBufferWriter<byte>();
                var manifest = format.WriteEvent(happened, bytes);
                behavior.Apply(live, happened);
                format.ReplayEvent(replayed, manifest, bytes.WrittenSpan);
            }

            var state = new ArrayBufferWriter<byte>();
            snapshot = format.ReadSnapshot(persistenceId, format.WriteSnapshot(live, state), state.WrittenSpan);
            Assert.True(state.WrittenCount <= live.StoredBytes + 64, $"seed {seed}: {state.WrittenCount} bytes where at most {live.StoredBytes} were expected");
        }

        Assert.Equal(Text(live), Text(replayed));
        Assert.Equal(Text(live), Text(snapshot));

        static string Text(VectorBucket bucket) => ValueText.Of(Enumerable.Range(0, bucket.Block?.Count ?? 0).Select(row => bucket.Block?[row]));
    }

    [Fact]
    public void An_index_only_goes_forward_and_keeps_its_dimensions()
    {
        var index = new PlainEntity<VectorIndexState, VectorIndexCommand, VectorIndexEvent>(new VectorIndexBehavior(), VectorIds.Index(PortfolioName.Default, "m"));

        Assert.Equal(new VectorIndex(0, 0), index.When(new GetVectorIndex()));
        Assert.Equal(new VectorIndex(0, 7), index.When(new AdvanceIndex(7)));
        Assert.Equal(new VectorIndex(0, 7), index.When(new AdvanceIndex(3)));
        Assert.Equal(new VectorIndex(384, 7), index.When(new FixDimensions(384)));
        Assert.Equal(new VectorIndex(384, 7), index.When(new FixDimensions(384)));
        Assert.Contains("has 768 dimensions, those of the model have 384", Refused(index.When(new FixDimensions(768))), StringComparison.Ordinal);
        Assert.Contains("1 to 4096", Refused(index.When(new FixDimensions(0))), StringComparison.Ordinal);
        Assert.Equal(2, index.Events);
    }

    [Theory]
    [InlineData("vectors|default|m|31", 31)]
    [InlineData("vectors|a%7Cb|m%25|0", 0)]
    [InlineData("vectors|default|m|32", -1)]
    [InlineData("vectors|default|m|+1", -1)]
    [InlineData("vectors|default|m|01", -1)]
    [InlineData("vectors|default|1", -1)]
    [InlineData("vectors|a|b|m|1", -1)]
    [InlineData("provider|default|m|1", -1)]
    public void Only_what_names_a_bucket_is_one(string persistenceId, int bucket)
    {
        Assert.Equal((bucket >= 0, bucket >= 0 ? bucket : 0), (VectorIds.TryBucket(persistenceId, out var found), bucket >= 0 ? found : 0));
        if (bucket < 0)
            Assert.Throws<FormatException>(() => new VectorBucketBehavior().Create(persistenceId));
    }

    [Fact]
    public void The_bucket_of_an_id_never_changes() =>
        Assert.Equal((27, 28, 2), (VectorIds.BucketOf("a"), VectorIds.BucketOf("outcome:d1"), VectorIds.BucketOf("東京")));

    private static PlainEntity<VectorBucket, VectorCommand, VectorsStored> Bucket() =>
        new(new VectorBucketBehavior(), VectorIds.Bucket(PortfolioName.Default, "m", VectorIds.BucketOf(Id)));

    private static string IdOf(bool other) =>
        Enumerable.Range(0, 1_000).Select(static i => $"v{i}").First(id => VectorIds.BucketOf(id) != VectorIds.BucketOf(Id) == other);

    private static StoreVectors Store(VectorRecord record, params float[] values) => new([new NewVector(record, values)]);

    private static GetSimilar Find(params float[] values) => new(new VectorSearch(values, 5, VectorFilter.All, null, default));

    private static string Refused(object reply) => Assert.IsType<VectorsRefused>(reply).Message;
}
