using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Retention;
using ActorMemory.Tests.Performance;

namespace ActorMemory.Tests.Travel;

/// <summary>What the entities really answer, against the list of answers that travel.</summary>
public sealed class AnswersTravelTests
{
    [Fact]
    public void Whatever_a_performance_key_answers_travels() => Answers(
        new PerformanceBehavior(),
        Records.Key.ToPersistenceId(),
        new GetMetaFeatures(), new GetLatest(), new DescribeKey(),
        new AddRecords(Records.Returning(0.1, double.NaN, -0.2)), new AddRecords(Records.Returning(0.1)), new AddRecords(new[] { Records.Of("x", 1) with { Regime = "bear" } }),
        new GetRollingMetrics(2), new GetRollingMetrics(0), new GetSummary(Convention.Prado9), new GetMetaFeatures(), new GetLatest(),
        new GetMetricValue(LeaderboardMetric.Sortino, 5, Convention.ActorMemory), new DescribeKey(), new PruneRecords(1), new PruneRecords(0));

    [Fact]
    public void Whatever_an_import_ledger_answers_travels()
    {
        var progress = new ImportProgress(7, "a.csv", 100, 9, 10, 8, 1, 1, IsComplete: false);
        Answers(
            new ImportLedgerBehavior(), ImportLedgerBehavior.PersistenceId(7),
            new GetImport(), new NoteImport(progress), new NoteImport(progress with { Lines = -1 }), new GetImport());
    }

    [Fact]
    public void Whatever_the_pruning_log_answers_travels() => Answers(
        new PruningLogBehavior(), PruningLogBehavior.PersistenceId,
        new GetPruningRuns(), new NotePruningRun(new PruningRun(default, default, true, 5, 1, 1, 1, 0)), new GetPruningRuns());

    [Fact]
    public void Whatever_the_register_of_legal_holds_answers_travels() => Answers(
        new LegalHoldBehavior(), LegalHoldBehavior.PersistenceId,
        new GetHolds(), new PlaceHold(new KeyFilter { Regime = "" }, "ada", "case 7"), new PlaceHold(KeyFilter.All, "ada", "case 7"), new GetHolds(),
        new LiftHold(-1, "ada", "over"), new LiftHold(1, "ada", "over"));

    [Fact]
    public void Whatever_the_audit_log_answers_travels() => Answers(
        new AuditSegmentBehavior(),
        AuditSegmentBehavior.PersistenceId(3),
        [
            new FindEntries(new AuditQuery()), .. Enumerable.Repeat(new NoteAction(new AuditAction("ada", AuditKind.Backup, ("to", "b"))), AuditSegmentBehavior.Capacity + 1),
            new FindEntries(new AuditQuery { Who = "ada" }),
        ]);

    [Fact]
    public void Whatever_the_ledger_of_settings_answers_travels() => Answers(
        new SettingsLedgerBehavior(), SettingsLedgerBehavior.PersistenceId,
        new NoteSettings(new Dictionary<string, string> { ["a"] = "1", ["b"] = "" }), new CompareSettings(new Dictionary<string, string> { ["b"] = "2", ["c"] = "3" }));

    /// <summary>Commands that travel, one after the other, to one entity, whose answers travel back; they must bring about every answer that is listed.</summary>
    private static void Answers<TState, TCommand, TEvent>(
        IEventSourcedBehavior<TState, TCommand, TEvent> behavior, string persistenceId, params IEnumerable<TCommand> commands)
        where TState : class
        where TCommand : class
    {
        var format = TravelFormat.For<TCommand>();
        PlainEntity<TState, TCommand, TEvent> here = new(behavior, persistenceId), there = new(behavior, persistenceId);
        var seen = new HashSet<Type>();
        foreach (var command in commands)
        {
            var (manifest, payload) = format.Write(command, isReply: false);
            var reply = there.When((TCommand)format.Read(manifest, payload, isReply: false));
            (manifest, payload) = format.Write(reply, isReply: true);

            Assert.Equal(ValueText.Of(here.When(command)), ValueText.Of(format.Read(manifest, payload, isReply: true)));
            seen.Add(reply.GetType());
        }

        Assert.Equal(format.Replies.OrderBy(static type => type.Name), seen.OrderBy(static type => type.Name));
    }
}
