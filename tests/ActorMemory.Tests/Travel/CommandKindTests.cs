using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Retention;
using ActorMemory.Tests.Performance;

namespace ActorMemory.Tests.Travel;

/// <summary>What is said of a command's repetition against what a repetition does.</summary>
public sealed class CommandKindTests
{
    private static readonly KeyFilter s_keys = new() { Strategy = "momentum" };

    [Fact]
    public void Every_command_has_a_kind_and_questions_are_those_that_begin_so()
    {
        var values = new RandomValues(new Random(1));
        foreach (var format in TravelFormat.All)
            foreach (var command in format.Commands)
            {
                var isQuestion = command.Name.StartsWith("Get", StringComparison.Ordinal) || command == typeof(DescribeKey) || command == typeof(FindEntries)
                    || command == typeof(CompareSettings);
                Assert.True(isQuestion == (format.KindOf(values.Of(command)) == CommandKind.Read), command.Name);
            }
    }

    [Fact]
    public void Lines_of_a_file_are_known_however_many_records_came_in_between()
    {
        var add = new AddRecords(Records.Returning(0.1, 0.2), new ImportLines(7, new long[] { 1, 2 }, 0));
        var key = KeyThatForgot(add);
        var total = key.State.TotalRecords;

        Assert.Equal(2, key.When<RecordsAcknowledged>(add).Duplicates);

        Assert.Equal(total, key.State.TotalRecords);
        Assert.Empty(key.Events);
        Assert.Equal(CommandKind.Repeatable, TravelFormat.For<PerformanceCommand>().KindOf(add));
    }

    [Fact]
    public void Records_without_a_file_are_stored_once_while_their_ids_are_remembered()
    {
        var add = new AddRecords(Records.Returning(0.1, 0.2));
        var key = new PerformanceEntity(Records.Key);
        Assert.Equal(2, key.When<RecordsAcknowledged>(add).Accepted);

        Assert.Equal(2, key.When<RecordsAcknowledged>(add).Duplicates);
        Assert.Equal(2, KeyThatForgot(add).When<RecordsAcknowledged>(add).Accepted);

        Assert.Equal(CommandKind.Repeatable, TravelFormat.For<PerformanceCommand>().KindOf(add));
    }

    [Fact]
    public void Pruning_twice_also_drops_what_came_in_between()
    {
        var key = new PerformanceEntity(Records.Key);
        key.When(new AddRecords(Records.Returning(0.1, 0.2, 0.3)));
        Assert.Equal(2, key.When<RecordsPrunedReply>(new PruneRecords(1)).Pruned);
        key.When(new AddRecords(new[] { Records.Of("later", 0.4) }));

        Assert.Equal(1, key.When<RecordsPrunedReply>(new PruneRecords(1)).Pruned);

        Assert.Equal(CommandKind.Once, TravelFormat.For<PerformanceCommand>().KindOf(new PruneRecords(1)));
    }

    [Fact]
    public void An_import_noted_twice_is_the_same_and_answered_the_same()
    {
        var note = new NoteImport(new ImportProgress(7, "a.csv", 100, 9, 10, 8, 1, 1, IsComplete: false));
        var ledger = new PlainEntity<ImportLedgerState, ImportLedgerCommand, ImportAdvanced>(new ImportLedgerBehavior(), ImportLedgerBehavior.PersistenceId(7));
        var first = ledger.When(note);

        var second = ledger.When(note);

        Assert.Equal((first, 1), (second, ledger.Events));
        Assert.Equal(CommandKind.Repeatable, TravelFormat.For<ImportLedgerCommand>().KindOf(note));
    }

    [Fact]
    public void What_counts_or_refuses_the_second_time_is_sent_once()
    {
        var holds = new PlainEntity<LegalHoldState, LegalHoldCommand, LegalHoldEvent>(new LegalHoldBehavior(), LegalHoldBehavior.PersistenceId);
        PlaceHold place = new(s_keys, "ada", "case 7");
        LiftHold lift = new(1, "ada", "over");
        Assert.NotEqual(holds.When(place), holds.When(place));
        Assert.NotEqual(holds.When(lift), holds.When(lift));

        var log = new PlainEntity<AuditSegmentState, AuditCommand, ActionNoted>(new AuditSegmentBehavior(), AuditSegmentBehavior.PersistenceId(1));
        NoteAction note = new(new AuditAction("ada", AuditKind.Export));
        Assert.NotEqual(log.When(note), log.When(note));

        var runs = new PlainEntity<PruningLogState, PruningLogCommand, PruningRunEnded>(new PruningLogBehavior(), PruningLogBehavior.PersistenceId);
        NotePruningRun run = new(new PruningRun(default, default, true, 5, 1, 1, 1, 0));
        runs.When(run);
        runs.When(run);
        Assert.Equal(2, ((PruningRun[])runs.When(new GetPruningRuns())).Length);

        var settings = new PlainEntity<SettingsLedgerState, SettingsCommand, SettingsChanged>(new SettingsLedgerBehavior(), SettingsLedgerBehavior.PersistenceId);
        NoteSettings noted = new(new Dictionary<string, string> { ["a"] = "1" });
        Assert.NotEqual(ValueText.Of(settings.When(noted)), ValueText.Of(settings.When(noted)));

        Assert.Equal(
            Enumerable.Repeat(CommandKind.Once, 5),
            [
                TravelFormat.For<LegalHoldCommand>().KindOf(place), TravelFormat.For<LegalHoldCommand>().KindOf(lift), TravelFormat.For<AuditCommand>().KindOf(note),
                TravelFormat.For<PruningLogCommand>().KindOf(run), TravelFormat.For<SettingsCommand>().KindOf(noted),
            ]);
    }

    /// <summary>A key that did the command, and more records since than it keeps ids of.</summary>
    private static PerformanceEntity KeyThatForgot(AddRecords add)
    {
        var key = new PerformanceEntity(Records.Key);
        key.When(add);
        key.When(new AddRecords(Enumerable.Range(0, PerformanceState.LeastRecentIds).Select(i => Records.Of($"other {i}", 0.1)).ToArray()));
        return key;
    }
}
