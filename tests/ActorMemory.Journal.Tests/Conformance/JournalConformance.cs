namespace ActorMemory.Journal.Tests;

/// <summary>What every journal does. A store's tests inherit it; each test has a store of its own with at least four shards.</summary>
public abstract class JournalConformance
{
    /// <summary>Opens the store; later calls open the same one again after it was disposed.</summary>
    protected abstract Task<JournalUnderTest> OpenAsync();

    [Fact]
    public async Task Events_are_replayed_in_order_with_their_manifests_and_payloads()
    {
        await using var store = await OpenAsync();
        var batch = Batches.Of(1, ("a", 1, "one"), ("b", 1, "other"), ("a", 2, "two"));
        Batches.Add(batch, "a", 3, "event.v2", []);
        await store.Journal.AppendAsync(batch);

        var a = new RecordingTarget("a");
        var b = new RecordingTarget("b");
        await store.Journal.RecoverAsync([a, b]);

        Assert.Equal([(1, "event.v1", "one"), (2, "event.v1", "two"), (3, "event.v2", "")], a.Events);
        Assert.Equal(3, a.CompletedAt);
        Assert.Equal([(1, "event.v1", "other")], b.Events);
        Assert.Equal(1, b.CompletedAt);
    }

    [Fact]
    public async Task An_entity_without_events_recovers_to_zero()
    {
        await using var store = await OpenAsync();
        var target = new RecordingTarget("nobody");
        await store.Journal.RecoverAsync([target]);
        Assert.Equal(0, target.CompletedAt);
        Assert.Empty(target.Events);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_reopening()
    {
        await using (var store = await OpenAsync())
        {
            await store.Journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));
            await store.Journal.AppendAsync(Batches.Of(0, ("a", 2, "two")));
        }

        await using var again = await OpenAsync();
        var target = new RecordingTarget("a");
        await again.Journal.RecoverAsync([target]);
        Assert.Equal(["one", "two"], target.Payloads);
        await again.Journal.AppendAsync(Batches.Of(0, ("a", 3, "three")));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    [InlineData(0, 2)]
    public async Task A_sequence_number_that_is_not_the_next_one_is_a_conflict(int existing, long sequenceNumber)
    {
        await using var store = await OpenAsync();
        for (var i = 1; i <= existing; i++)
            await store.Journal.AppendAsync(Batches.Of(0, ("a", i, "old")));

        var error = await Assert.ThrowsAsync<JournalException>(() => store.Journal.AppendAsync(Batches.Of(0, ("a", sequenceNumber, "new"))));

        Assert.Equal((JournalError.Conflict, WriteOutcome.NotWritten), (error.Error, error.Outcome));
        Assert.Contains("a", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_with_a_conflict_leaves_nothing_behind()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(2, ("a", 1, "one")));

        await Assert.ThrowsAsync<JournalException>(
            () => store.Journal.AppendAsync(Batches.Of(2, ("a", 2, "two"), ("new", 1, "first"), ("a", 4, "gap"))));

        var a = new RecordingTarget("a");
        var fresh = new RecordingTarget("new");
        await store.Journal.RecoverAsync([a, fresh]);
        Assert.Equal(["one"], a.Payloads);
        Assert.Equal(0, fresh.CompletedAt);
        Assert.Equal(["a"], await store.Journal.ListEntitiesAsync(2));
        await store.Journal.AppendAsync(Batches.Of(2, ("a", 2, "two"), ("new", 1, "first")));
    }

    [Fact]
    public async Task An_entity_stays_in_its_shard()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(1, ("a", 1, "one")));
        var error = await Assert.ThrowsAsync<JournalException>(() => store.Journal.AppendAsync(Batches.Of(2, ("a", 2, "two"))));
        Assert.Equal(JournalError.Conflict, error.Error);
    }

    [Fact]
    public async Task Entities_are_listed_by_shard_in_the_order_of_their_first_event()
    {
        await using (var store = await OpenAsync())
        {
            await store.Journal.AppendAsync(Batches.Of(1, ("z", 1, ""), ("a", 1, ""), ("z", 2, "")));
            await store.Journal.AppendAsync(Batches.Of(3, ("other", 1, "")));
            await store.Journal.AppendAsync(Batches.Of(1, ("m", 1, "")));
            Assert.Equal(["z", "a", "m"], await store.Journal.ListEntitiesAsync(1));
        }

        await using var again = await OpenAsync();
        Assert.Equal(["z", "a", "m"], await again.Journal.ListEntitiesAsync(1));
        Assert.Equal(["other"], await again.Journal.ListEntitiesAsync(3));
        Assert.Empty(await again.Journal.ListEntitiesAsync(0));
    }

    [Fact]
    public async Task A_target_that_throws_fails_alone()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(0, ("a", 1, "1"), ("b", 1, "1"), ("a", 2, "2"), ("b", 2, "2")));
        var a = new RecordingTarget("a", onEvent: number => throw new FormatException("bad " + number));
        var b = new RecordingTarget("b");

        await store.Journal.RecoverAsync([a, b]);

        Assert.Equal("bad 1", Assert.IsType<FormatException>(a.Failure).Message);
        Assert.Null(a.CompletedAt);
        Assert.Equal(2, b.CompletedAt);
    }

    [Fact]
    public async Task The_same_entity_can_be_recovered_twice_in_one_call()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(0, ("a", 1, "1"), ("a", 2, "2")));
        var first = new RecordingTarget("a");
        var second = new RecordingTarget("a");
        await store.Journal.RecoverAsync([first, second]);
        Assert.Equal((2, 2), (first.CompletedAt, second.CompletedAt));
        Assert.Equal(["1", "2"], second.Payloads);
    }

    [Fact]
    public async Task Ids_that_differ_only_in_case_accents_or_control_characters_are_different_entities()
    {
        await using var store = await OpenAsync();
        string[] ids = ["a", "A", "á", "a\u0301", "a\0", "a\0b", "a'; DROP TABLE journal; --", "%", "_", "𝄞", "\u202Ea", " a", "a "];
        foreach (var id in ids)
            await store.Journal.AppendAsync(Batches.Of(0, (id, 1, "of " + id)));

        var targets = ids.Select(id => new RecordingTarget(id)).ToArray();
        await store.Journal.RecoverAsync(targets);

        Assert.All(targets, target => Assert.Equal(["of " + target.PersistenceId], target.Payloads));
        Assert.Equal(ids, await store.Journal.ListEntitiesAsync(0));
    }

    [Fact]
    public async Task An_id_with_a_lone_surrogate_is_refused()
    {
        await using var store = await OpenAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.Journal.AppendAsync(Batches.Of(0, ("\uD800", 1, ""))));
        await store.Journal.AppendAsync(Batches.Of(0, ("sound", 1, "")));
    }

    [Fact]
    public async Task A_batch_without_events_is_acknowledged()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(new AppendBatch(0));
    }

    [Fact]
    public async Task A_batch_can_be_used_again_after_its_commit()
    {
        await using var store = await OpenAsync();
        var batch = new AppendBatch(0);
        for (var i = 1; i <= 20; i++)
        {
            batch.Clear();
            Batches.Add(batch, "a", i, "event.v1", [(byte)('a' + i)]);
            await store.Journal.AppendAsync(batch);
        }

        var target = new RecordingTarget("a");
        await store.Journal.RecoverAsync([target]);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => ((char)('a' + i)).ToString()), target.Payloads);
    }

    [Fact]
    public async Task Batches_of_many_shards_at_once_are_all_stored()
    {
        await using var store = await OpenAsync();
        var appends = Enumerable.Range(0, 40).Select(i => store.Journal.AppendAsync(Batches.Of(i % 4, ("e" + i, 1, "x"), ("e" + i, 2, "y")))).ToArray();
        await Task.WhenAll(appends);
        var targets = Enumerable.Range(0, 40).Select(i => new RecordingTarget("e" + i)).ToArray();
        await store.Journal.RecoverAsync(targets);
        Assert.All(targets, target => Assert.Equal(["x", "y"], target.Payloads));
    }

    [Fact]
    public async Task A_payload_of_a_megabyte_comes_back()
    {
        await using var store = await OpenAsync();
        var payload = new string('p', 1 << 20);
        await store.Journal.AppendAsync(Batches.Of(0, ("a", 1, payload), ("a", 2, "small")));
        var target = new RecordingTarget("a");
        await store.Journal.RecoverAsync([target]);
        Assert.Equal([payload, "small"], target.Payloads);
    }
}
