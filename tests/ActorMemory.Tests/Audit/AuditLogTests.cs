using ActorMemory.Audit;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Audit;

public sealed class AuditLogTests
{
    [Fact]
    public async Task What_was_noted_is_read_newest_first_with_who_when_and_sorted_details()
    {
        await using var log = await RunningLog.StartAsync();
        await log.NoteAsync(new AuditAction("ada", AuditKind.Import, ("file", "a.ndjson"), ("accepted", "3")));
        log.Clock.Advance(TimeSpan.FromSeconds(5));
        await log.NoteAsync(new AuditAction("schedule", AuditKind.Prune, ("keep", "10")).FailedBecause("disk full"));

        var page = await log.ReadAsync(new AuditQuery());

        Assert.Equal(
            ["2 +5s schedule prune failed error=disk full, keep=10", "1 +0s ada import done accepted=3, file=a.ndjson"], page.Entries.Select(log.Show));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Pages_follow_each_other_across_segments_until_everything_was_read_once()
    {
        await using var log = await RunningLog.StartAsync();
        const int count = (2 * AuditSegmentBehavior.Capacity) + 7;
        for (var i = 1; i <= count; i++)
            Assert.Equal(i, (await log.NoteAsync(new AuditAction("ada", AuditKind.Export, ("i", $"{i}")))).Number);

        var numbers = new List<long>();
        for (long? before = long.MaxValue; before is { } next;)
        {
            var page = await log.ReadAsync(new AuditQuery { Before = next, Limit = 100 });
            Assert.True(page.Entries.Count <= 100);
            numbers.AddRange(page.Entries.Select(entry => entry.Number));
            before = page.Next;
        }

        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i).Reverse(), numbers);
    }

    [Fact]
    public async Task No_entity_of_the_log_grows_beyond_a_segment()
    {
        await using var log = await RunningLog.StartAsync();
        for (var i = 0; i < AuditSegmentBehavior.Capacity + 1; i++)
            await log.NoteAsync(new AuditAction("ada", AuditKind.Export));

        Assert.Equal(AuditSegmentBehavior.Capacity, (await log.EventsAsync("audit|1")).Count);
        Assert.Single(await log.EventsAsync("audit|2"));
        Assert.Empty(await log.EventsAsync("audit|3"));
    }

    [Fact]
    public async Task Entries_are_found_by_kind_by_who_and_by_time()
    {
        await using var log = await RunningLog.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await log.NoteAsync(new AuditAction(i % 2 == 0 ? "ada" : "bob", i % 3 == 0 ? AuditKind.Prune : AuditKind.Backup));
            log.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([10, 7, 4, 1], await log.NumbersAsync(new AuditQuery { Kind = AuditKind.Prune }));
        Assert.Equal([12, 10, 8, 6, 4, 2], await log.NumbersAsync(new AuditQuery { Who = "bob" }));
        Assert.Equal([7, 1], await log.NumbersAsync(new AuditQuery { Who = "ada", Kind = AuditKind.Prune }));
        Assert.Equal([5, 4, 3], await log.NumbersAsync(new AuditQuery { From = log.At(2), To = log.At(4) }));
        Assert.Empty(await log.NumbersAsync(new AuditQuery { Kind = AuditKind.Restore }));
        Assert.Equal([12, 11], await log.NumbersAsync(new AuditQuery { Limit = 2 }));
    }

    [Fact]
    public async Task The_log_goes_on_after_a_restart_in_the_segment_where_it_was()
    {
        await using var log = await RunningLog.StartAsync();
        for (var i = 0; i < (3 * AuditSegmentBehavior.Capacity) + 2; i++)
            await log.NoteAsync(new AuditAction("ada", AuditKind.Export));

        await log.RestartAsync();
        var entry = await log.NoteAsync(new AuditAction("bob", AuditKind.Backup));

        Assert.Equal((3 * AuditSegmentBehavior.Capacity) + 3, entry.Number);
        Assert.Equal(3, (await log.EventsAsync("audit|4")).Count);
        Assert.Equal("bob", (await log.ReadAsync(new AuditQuery { Limit = 1 })).Entries[0].Action.Who);
    }

    [Fact]
    public async Task As_of_a_moment_the_log_is_what_it_was()
    {
        await using var log = await RunningLog.StartAsync();
        const int count = AuditSegmentBehavior.Capacity + 20;
        for (var i = 0; i < count; i++)
        {
            await log.NoteAsync(new AuditAction("ada", AuditKind.Export));
            log.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var known in new[] { 0, 1, 17, AuditSegmentBehavior.Capacity, AuditSegmentBehavior.Capacity + 1, count })
        {
            var byOrdering = await log.AsOf(KnownMoment.AtOrdering(known)).ReadAsync(new AuditQuery { Limit = 1000 }, TestContext.Current.CancellationToken);
            var byTime = await log.AsOf(KnownMoment.At(log.At(known - 1))).ReadAsync(new AuditQuery { Limit = 1000 }, TestContext.Current.CancellationToken);

            Assert.Equal(Enumerable.Range(1, known).Select(i => (long)i).Reverse(), byOrdering.Entries.Select(entry => entry.Number));
            Assert.Equal(byOrdering.Entries.Select(log.Show), byTime.Entries.Select(log.Show));
        }
    }

    [Fact]
    public void Texts_that_cannot_be_kept_as_they_are_are_cut_and_cleaned_and_never_refused()
    {
        var action = new AuditAction(
            "a\ud800b\n", AuditKind.Import, [.. Enumerable.Range(0, 200).Select(i => ($"{i:D3}", i == 0 ? new string('x', 5000) : ""))]);

        Assert.Equal("a\ufffdb ", action.Who);
        Assert.Equal(AuditAction.MaxDetails, action.Details.Count);
        Assert.Equal(new AuditDetail("…", "73 more"), action.Details[^1]);
        Assert.Equal(new string('x', AuditAction.MaxText - 1) + "…", action.Details[0].Value);
    }

    [Fact]
    public async Task Settings_are_noted_when_they_differ_from_the_last_ones_and_secrets_without_their_values()
    {
        await using var log = await RunningLog.StartAsync();
        HashSet<string> secrets = ["password"];

        var first = await log.NoteSettingsAsync(new() { ["port"] = "1", ["old"] = "x", ["password"] = "f1" }, secrets);
        var same = await log.NoteSettingsAsync(new() { ["port"] = "1", ["old"] = "x", ["password"] = "f1" }, secrets);
        await log.RestartAsync();
        var changed = await log.NoteSettingsAsync(new() { ["port"] = "2", ["new"] = "y", ["password"] = "f2" }, secrets);
        var gone = await log.NoteSettingsAsync(new() { ["port"] = "2", ["new"] = "y" }, secrets);

        Assert.Equal(["old=x", "password=(set)", "port=1"], Details(first));
        Assert.Null(same);
        Assert.Equal(["new=y", "old=x -> (removed)", "password=(changed)", "port=1 -> 2"], Details(changed));
        Assert.Equal(["password=(removed)"], Details(gone));
        Assert.Equal(3, (await log.ReadAsync(new AuditQuery { Kind = AuditKind.ConfigurationChange })).Entries.Count);

        static IEnumerable<string>? Details(AuditEntry? entry) => entry?.Action.Details.Select(static detail => $"{detail.Name}={detail.Value}");
    }
}
