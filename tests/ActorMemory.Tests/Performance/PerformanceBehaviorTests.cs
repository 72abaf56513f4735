using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

public sealed class PerformanceBehaviorTests
{
    [Fact]
    public void Added_records_are_numbered_from_one_and_acknowledged_with_their_numbers()
    {
        var key = new PerformanceEntity(Records.Key);

        var reply = key.When<RecordsAcknowledged>(new AddRecords(Records.Returning(0.1, 0.2)));

        var added = Assert.IsType<RecordsAdded>(Assert.Single(key.Events));
        Assert.Equal((1, 1, 2), (added.FirstRecordNumber, added.RetainFrom, added.Records.Length));
        Assert.Null(added.Import);
        Assert.Equal((2, 0), (reply.Accepted, reply.Duplicates));
        Assert.Equal([new RecordReceipt(1, false), new RecordReceipt(2, false)], reply.Receipts.ToArray());
    }

    [Fact]
    public void A_repeated_record_is_acknowledged_but_not_stored_again()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(0.1, 0.2, 0.3), 1, null));

        var reply = key.When<RecordsAcknowledged>(new AddRecords(new[] { Records.Of("r2", 0.9), Records.Of("new", 0.4) }));

        var added = Assert.IsType<RecordsAdded>(Assert.Single(key.Events));
        Assert.Equal("new", Assert.Single(added.Records.ToArray()).RecordId.ToString());
        Assert.Equal([new RecordReceipt(2, true), new RecordReceipt(4, false)], reply.Receipts.ToArray());
        Assert.Equal((1, 1), (reply.Accepted, reply.Duplicates));
    }

    [Fact]
    public void A_command_of_nothing_but_repetitions_changes_nothing()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(0.1, 0.2), 1, null));

        var reply = key.When<RecordsAcknowledged>(new AddRecords(Records.Returning(0.1, 0.2)));

        Assert.Empty(key.Events);
        Assert.Equal((0, 2), (reply.Accepted, reply.Duplicates));
    }

    [Fact]
    public void A_record_that_is_twice_in_one_command_is_stored_once()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(0.1), 1, null));

        var reply = key.When<RecordsAcknowledged>(new AddRecords(
            new[] { Records.Of("a", 1), Records.Of("b", 2), Records.Of("a", 3), Records.Of("r1", 4), Records.Of("b", 5) }));

        Assert.Equal(
            [new(2, false), new(3, false), new(2, true), new(1, true), new(3, true)],
            reply.Receipts.ToArray());
        Assert.Equal([0.1, 1, 2], key.State.Columns.Returns.ToArray());
    }

    [Fact]
    public void Repetitions_are_known_among_the_last_1024_records_even_after_pruning_and_recovery()
    {
        var key = new PerformanceEntity(Records.Key, maxRecordsPerKey: 3);
        foreach (var i in Enumerable.Range(1, 1025))
            key.When(new AddRecords(new[] { Records.Of($"r{i}", i) }));

        key.Recover(700);

        Assert.Equal(new RecordReceipt(2, true), Add(key, "r2"));
        Assert.Equal(new RecordReceipt(1025, true), Add(key, "r1025"));
        Assert.Equal(new RecordReceipt(1026, false), Add(key, "r1"));
        Assert.Equal(new RecordReceipt(1027, false), Add(key, "r2"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_000)]
    [InlineData(6_000)]
    public void Repetitions_are_known_for_a_minute_even_after_recovery(int snapshotAfter)
    {
        var key = new PerformanceEntity(Records.Key, maxRecordsPerKey: 3);
        foreach (var i in Enumerable.Range(1, 6_000))
        {
            key.Second = 1_800_000_000 + (i / 100);
            key.When(new AddRecords(new[] { Records.Of($"r{i}", i) }));
        }

        key.Recover(snapshotAfter);

        Assert.Equal(new RecordReceipt(1, true), Add(key, "r1"));
        Assert.Equal(new RecordReceipt(6_000, true), Add(key, "r6000"));
        key.Second += 100;
        Assert.Equal(new RecordReceipt(1, true), Add(key, "r1"));
        Assert.Equal(new RecordReceipt(6_001, false), Add(key, "new"));
        Assert.Equal(new RecordReceipt(6_002, false), Add(key, "r1"));
        Assert.Equal(new RecordReceipt(5_000, true), Add(key, "r5000"));
    }

    [Fact]
    public void Of_a_minute_no_more_than_16384_ids_are_remembered_and_of_an_import_no_more_than_1024()
    {
        var numbers = Enumerable.Range(1, 20_000).ToArray();
        var records = numbers.Select(static i => Records.Of($"r{i}", i)).ToArray();
        var lines = new ImportLines(1, numbers.Select(static i => (long)i).ToArray(), 0);
        var (added, imported) = (new PerformanceEntity(Records.Key), new PerformanceEntity(Records.Key));
        added.Second = imported.Second = 1_800_000_000;

        added.When(new AddRecords(records));
        imported.When(new AddRecords(records, lines));

        Assert.Equal((20_000, 16_384), (added.State.TotalRecords, added.State.RecentIds.Count));
        Assert.Equal((20_000, 1_024), (imported.State.TotalRecords, imported.State.RecentIds.Count));
    }

    [Fact]
    public void A_key_retains_its_most_recent_records_and_the_event_says_from_which_on()
    {
        var key = new PerformanceEntity(Records.Key, maxRecordsPerKey: 3);

        key.When(new AddRecords(Records.Returning(1, 2, 3, 4, 5)));

        Assert.Equal(3, Assert.IsType<RecordsAdded>(Assert.Single(key.Events)).RetainFrom);
        Assert.Equal([3, 4, 5], key.State.Columns.Returns.ToArray());
        Assert.Equal(new KeyDescription(Records.Key, 3, 5, 3, Records.Of("x", 0).Timestamp), key.When(new DescribeKey()));
    }

    [Fact]
    public void A_larger_limit_does_not_bring_dropped_records_back()
    {
        var added = new RecordsAdded(1, Records.Returning(1, 2, 3, 4), 3, null);
        var key = new PerformanceEntity(Records.Key, maxRecordsPerKey: 100).Given(added);

        key.When(new AddRecords(new[] { Records.Of("new", 5) }));

        Assert.Equal(3, Assert.IsType<RecordsAdded>(Assert.Single(key.Events)).RetainFrom);
        Assert.Equal([3, 4, 5], key.State.Columns.Returns.ToArray());
    }

    [Fact]
    public void Pruning_keeps_the_records_added_last_and_answers_how_many_went()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(1, 2, 3, 4, 5), 1, null));

        Assert.Equal(new RecordsPrunedReply(3), key.When(new PruneRecords(2)));

        Assert.Equal([new RecordsPruned(4)], key.Events);
        Assert.Equal([4, 5], key.State.Columns.Returns.ToArray());
        Assert.Equal(5.0, key.When<LatestRecord>(new GetLatest()).Record?.ReturnValue);
    }

    [Fact]
    public void Pruning_what_is_small_enough_changes_nothing()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(1, 2), 1, null));

        Assert.Equal(new RecordsPrunedReply(0), key.When(new PruneRecords(2)));
        Assert.Equal(new RecordsPrunedReply(0), new PerformanceEntity(Records.Key).When(new PruneRecords(2)));

        Assert.Empty(key.Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_limit_or_window_below_one_is_rejected(int number)
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(1, 2, 3), 1, null));

        Assert.Contains($"is {number}; it must be at least 1", key.When<PerformanceRejected>(new PruneRecords(number)).Message, StringComparison.Ordinal);
        Assert.Contains($"is {number}; it must be at least 1", key.When<PerformanceRejected>(new GetRollingMetrics(number)).Message, StringComparison.Ordinal);
        Assert.Empty(key.Events);
    }

    [Fact]
    public void A_record_of_another_key_is_rejected_and_nothing_of_its_command_is_stored()
    {
        var key = new PerformanceEntity(Records.Key);

        var rejected = key.When<PerformanceRejected>(
            new AddRecords(new[] { Records.Of("a", 1), Records.Of("b", 2) with { Regime = "Bull" } }));

        Assert.Equal(PerformanceError.Invalid, rejected.Error);
        Assert.StartsWith("record 1 belongs to momentum/Bull/5", rejected.Message, StringComparison.Ordinal);
        Assert.Equal(0, key.State.TotalRecords);
    }

    [Fact]
    public void A_record_without_id_or_with_a_false_number_as_horizon_is_rejected()
    {
        var text = new PerformanceKey("momentum", "bull", "05");

        Assert.Contains(
            "has no record_id",
            new PerformanceEntity(Records.Key).When<PerformanceRejected>(new AddRecords(new[] { Records.Of("a", 1) with { RecordId = default } })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "said to be a number",
            new PerformanceEntity(text).When<PerformanceRejected>(
                new AddRecords(new[] { Records.Of("a", 1) with { Horizon = "05", HorizonIsNumber = true } })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_a_file_that_were_seen_once_are_repetitions_for_ever()
    {
        var key = new PerformanceEntity(Records.Key);
        key.When(Lines(source: 7, previous: 0, (10, "a"), (12, "b")));
        foreach (var i in Enumerable.Range(0, 2000))
            key.When(new AddRecords(new[] { Records.Of($"other {i}", 0) }));

        key.Recover(1000);
        var reply = key.When<RecordsAcknowledged>(Lines(source: 7, previous: 0, (10, "a"), (12, "b"), (15, "c")));

        Assert.Equal([new(0, true), new(0, true), new(2003, false)], reply.Receipts.ToArray());
        Assert.Equal(new ImportMark(7, 15), Assert.IsType<RecordsAdded>(Assert.Single(key.Events)).Import);
    }

    [Fact]
    public void Files_do_not_know_of_each_others_lines()
    {
        var key = new PerformanceEntity(Records.Key);
        key.When(Lines(source: 7, previous: 0, (10, "a")));

        var reply = key.When<RecordsAcknowledged>(Lines(source: 8, previous: 0, (3, "b"), (4, "c")));

        Assert.Equal(2, reply.Accepted);
    }

    [Fact]
    public void Lines_whose_records_are_known_are_remembered_although_nothing_is_stored()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(0.1, 0.2), 1, null));

        var reply = key.When<RecordsAcknowledged>(Lines(source: 7, previous: 0, (1, "r1"), (2, "r2")));

        var added = Assert.IsType<RecordsAdded>(Assert.Single(key.Events));
        Assert.Equal((0, new ImportMark(7, 2)), (added.Records.Length, added.Import));
        Assert.Equal((0, 2), (reply.Accepted, reply.Duplicates));
        Assert.Equal(2, key.State.TotalRecords);
        key.When(Lines(source: 7, previous: 0, (1, "r1"), (2, "r2")));
        Assert.Empty(key.Events);
    }

    [Fact]
    public void Lines_that_come_before_those_they_follow_are_rejected()
    {
        var key = new PerformanceEntity(Records.Key);
        key.When(Lines(source: 7, previous: 0, (1, "a")));

        var rejected = key.When<PerformanceRejected>(Lines(source: 7, previous: 5, (9, "c")));

        Assert.Equal(PerformanceError.LinesMissing, rejected.Error);
        Assert.Contains("up to 5 were sent before, but only those up to 1 arrived", rejected.Message, StringComparison.Ordinal);
        Assert.Equal(2, key.When<RecordsAcknowledged>(Lines(source: 7, previous: 1, (5, "b"), (9, "c"))).Accepted);
    }

    [Fact]
    public void Lines_that_do_not_ascend_or_do_not_match_the_records_are_rejected()
    {
        var key = new PerformanceEntity(Records.Key);

        Assert.Equal(PerformanceError.Invalid, key.When<PerformanceRejected>(Lines(source: 7, previous: 0, (0, "a"))).Error);
        Assert.Equal(PerformanceError.Invalid, key.When<PerformanceRejected>(Lines(source: 7, previous: 0, (2, "a"), (2, "b"))).Error);
        Assert.Equal(PerformanceError.Invalid, key.When<PerformanceRejected>(Lines(source: 0, previous: 0, (1, "a"))).Error);
        Assert.Equal(
            PerformanceError.Invalid,
            key.When<PerformanceRejected>(new AddRecords(Records.Returning(0.1), new ImportLines(7, new long[] { 1, 2 }, 0))).Error);
    }

    [Fact]
    public void A_command_without_records_is_acknowledged_and_changes_nothing()
    {
        var key = new PerformanceEntity(Records.Key);

        Assert.Equal(0, key.When<RecordsAcknowledged>(new AddRecords(Array.Empty<PerformanceRecord>())).Accepted);
        Assert.Equal(0, key.When<RecordsAcknowledged>(new AddRecords(Array.Empty<PerformanceRecord>(), new ImportLines(7, default, 0))).Accepted);

        Assert.Empty(key.Journal);
    }

    [Fact]
    public void Every_answer_names_its_convention()
    {
        var key = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, Records.Returning(-0.5, 0.1), 1, null));
        foreach (var convention in Enum.GetValues<Convention>())
        {
            Assert.Equal(convention, key.When<RollingMetrics>(new GetRollingMetrics(50, convention)).Convention);
            Assert.Equal(convention, key.When<PerformanceSummary>(new GetSummary(convention)).Convention);
            Assert.Equal(convention, key.When<MetaFeatures>(new GetMetaFeatures(convention)).Convention);
        }

        Assert.Equal(-0.5, key.When<PerformanceSummary>(new GetSummary(Convention.ActorMemory)).MaxDrawdown);
        Assert.Equal(0.0, key.When<PerformanceSummary>(new GetSummary(Convention.Prado9)).MaxDrawdown);
    }

    [Fact]
    public void Meta_features_count_the_pairs_that_the_correlation_leaves_out()
    {
        var key = new PerformanceEntity(Records.Key);
        key.When(new AddRecords(new[]
        {
            Records.Of("a", double.NaN), Records.Of("b", 0.1) with { EnsembleReturn = double.PositiveInfinity },
            Records.Of("c", 0.2), Records.Of("d", 0.3) with { EnsembleReturn = 0.002 },
        }));

        var features = key.When<MetaFeatures>(new GetMetaFeatures());

        Assert.Equal((1, 2), (features.NonFinite, features.NonFinitePairs));
        Assert.Equal(1.0, features.CorrelationToEnsemble, 1e-12);
    }

    [Fact]
    public void An_answer_does_not_change_when_records_are_added_after_it()
    {
        var key = new PerformanceEntity(Records.Key, maxRecordsPerKey: 2).Given(new RecordsAdded(1, Records.Returning(1, 2), 1, null));
        var answer = key.When<RollingMetrics>(new GetRollingMetrics(2));

        key.When(new AddRecords(new[] { Records.Of("x", 8), Records.Of("y", 9) }));
        foreach (var i in Enumerable.Range(0, 50))
            key.When(new AddRecords(new[] { Records.Of($"z{i}", 10) }));

        Assert.Equal([1, 2], answer.RecentReturns.ToArray());
    }

    private static AddRecords Lines(UInt128 source, long previous, params (long Line, string Id)[] lines) => new(
        lines.Select(line => Records.Of(line.Id, 0.01)).ToArray(),
        new ImportLines(source, lines.Select(line => line.Line).ToArray(), previous));

    private static RecordReceipt Add(PerformanceEntity key, string id) =>
        key.When<RecordsAcknowledged>(new AddRecords(new[] { Records.Of(id, 0) })).Receipts.Span[0];
}
