using ActorMemory.Audit;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Tests.Performance.Memory;

namespace ActorMemory.Tests.KnownTime;

public sealed class KnownStatesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_entity_is_replayed_to_what_it_was()
    {
        await using var node = await RunningMemory.StartAsync();
        var key = RandomHistory.Keys[0];
        await node.Memory.AddAsync(KeyedRecords.Returning(key, "a", 0.1, -0.2, 0.3), Stop);
        await node.Memory.PruneAsync(2, KeyFilter.All, Stop);
        await node.Memory.NoteImportAsync(new ImportProgress(1, "a.csv", 5, 6, 7, 8, 9, 10, IsComplete: false), Stop);
        var moment = KnownMoment.AtOrdering((await node.Journal.ReadAllAsync(1, 100)).Count);
        var summary = await node.Memory.GetSummaryAsync(key, cancellationToken: Stop);
        await node.Memory.AddAsync(KeyedRecords.Returning(key, "b", 0.4), Stop);
        await node.Memory.PruneAsync(1, KeyFilter.All, Stop);
        await node.Memory.NoteImportAsync(new ImportProgress(1, "a.csv", 50, 6, 70, 80, 9, 10, IsComplete: true), Stop);
        var states = new KnownStates(node.Journal, RunningMemory.ShardCount);

        var known = Assert.IsType<KnownKey>(await states.ReplayAsync(key.ToPersistenceId(), moment, cancellationToken: Stop));
        var pruning = Assert.IsType<KnownPruning>(await states.ReplayAsync("pruning|performance", moment, cancellationToken: Stop));
        var import = Assert.IsType<KnownImport>(await states.ReplayAsync($"import|{1:x32}", moment, cancellationToken: Stop));

        Assert.Equal((2L, 2, 3L, summary), (known.Events, known.Description.Records, known.Description.TotalRecords, known.Summary));
        Assert.Equal(2, Assert.Single(pruning.Runs).MaxRecordsPerKey);
        Assert.Equal((7L, false), (import.Progress.Lines, import.Progress.IsComplete));
        Assert.Null(await states.ReplayAsync("performance|nobody||", moment, cancellationToken: Stop));
        Assert.Null(await states.ReplayAsync("unheard|of", moment, cancellationToken: Stop));
        Assert.Null(await states.ReplayAsync("pruning|performance", KnownMoment.AtOrdering(1), cancellationToken: Stop));
    }

    [Fact]
    public async Task The_audit_log_and_entities_of_other_kinds_are_replayed_too()
    {
        await using var log = await Audit.RunningLog.StartAsync();
        await log.NoteAsync(new AuditAction("ada", AuditKind.Export));
        await log.NoteAsync(new AuditAction("bob", AuditKind.Backup));
        await log.NoteSettingsAsync(new() { ["port"] = "1" }, []);

        var segment = Assert.IsType<KnownAuditSegment>(await log.States.ReplayAsync("audit|1", KnownMoment.AtOrdering(2), cancellationToken: Stop));
        var settings = Assert.IsType<KnownEventCounts>(await log.States.ReplayAsync("settings|node", KnownMoment.At(log.At(0)), cancellationToken: Stop));

        Assert.Equal(["bob", "ada"], segment.Entries.Select(static entry => entry.Action.Who));
        Assert.Equal([("settings.changed.v1", 1L)], settings.Manifests.Select(static pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task Moments_are_compared_on_metrics_and_name_what_appeared_and_what_changed()
    {
        await using var node = await RunningMemory.StartAsync();
        var (changed, same, appeared) = (RandomHistory.Keys[2], RandomHistory.Keys[1], RandomHistory.Keys[0]);
        await node.Memory.AddAsync(KeyedRecords.Returning(changed, "a", 0.1, 0.2), Stop);
        await node.Memory.AddAsync(KeyedRecords.Returning(same, "b", 0.1, 0.2), Stop);
        await node.Memory.AddAsync(KeyedRecords.Returning(changed, "c", 0.6), Stop);
        await node.Memory.AddAsync(KeyedRecords.Returning(appeared, "d", 0.5), Stop);
        var states = new KnownStates(node.Journal, RunningMemory.ShardCount);
        var (early, late) = (KnownMoment.AtOrdering(2), KnownMoment.AtOrdering(4));

        var differences = await states.CompareAsync(early, late, KeyFilter.All, cancellationToken: Stop);
        var backwards = await states.CompareAsync(late, early, KeyFilter.All, cancellationToken: Stop);

        Assert.Equal([(changed, false, false), (appeared, true, false)], differences.Select(static key => (key.Key, key.IsNew, key.IsGone)));
        Assert.Equal([(changed, false, false), (appeared, false, true)], backwards.Select(static key => (key.Key, key.IsNew, key.IsGone)));
        Assert.Contains(new MetricDifference("records", 2, 3), differences[0].Metrics);
        Assert.Contains(new MetricDifference("total_return", 0.1 + 0.2, 0.1 + 0.2 + 0.6), differences[0].Metrics);
        Assert.DoesNotContain(differences[0].Metrics, static metric => metric.Name is "win_rate" or "max_dd" or "non_finite");
        Assert.Contains(new MetricDifference("total_return", null, 0.5), differences[1].Metrics);
        Assert.Equal(15, differences[1].Metrics.Count);
        Assert.Empty(await states.CompareAsync(early, early, KeyFilter.All, cancellationToken: Stop));
        Assert.Empty(await states.CompareAsync(early, late, new KeyFilter { Regime = same.Regime }, cancellationToken: Stop));
        Assert.Single(await states.CompareAsync(early, late, new KeyFilter { Horizon = appeared.Horizon }, cancellationToken: Stop));
    }
}
