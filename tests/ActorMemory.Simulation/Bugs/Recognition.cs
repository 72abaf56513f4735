using System.Buffers;
using System.Globalization;
using System.Text;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Ledger;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Bugs;

/// <summary>A record that is sent again is stored again.</summary>
internal sealed record NoDedupe : NodeParts
{
    public override IEventSourcedBehavior<LedgerState, LedgerCommand, int> LedgerBehavior() => new Forgetful();

    private sealed class Forgetful : BehaviorWrapper
    {
        public override Decision<int> Decide(LedgerState state, LedgerCommand command, in CommandContext context) =>
            command is LedgerCommand.Append append
                ? Decision.PersistAll(append.Records, Enumerable.Range(1, append.Records.Length).Select(place => (long)state.Records.Count + place).ToArray())
                : base.Decide(state, command, context);
    }
}

/// <summary>Only the last two records are recognised when they come again.</summary>
internal sealed record DedupeWindowTooShort : NodeParts
{
    public override IEventSourcedBehavior<LedgerState, LedgerCommand, int> LedgerBehavior() => new ShortOfMemory();

    private sealed class ShortOfMemory : BehaviorWrapper
    {
        private const int Window = 2;

        public override void Apply(LedgerState state, int @event)
        {
            base.Apply(state, @event);
            if (state.Records.Count > Window)
                state.Positions.Remove(state.Records[^(Window + 1)]);
        }
    }
}

/// <summary>A snapshot holds the records but not the ids that are known.</summary>
internal sealed record IdsNotInSnapshot : NodeParts
{
    public override IEntityFormat<LedgerState, int> LedgerFormat() => new WithoutIds();

    private sealed class WithoutIds : FormatWrapper
    {
        public override string WriteSnapshot(LedgerState state, IBufferWriter<byte> output)
        {
            foreach (var record in state.Records)
                output.Write(Encoding.UTF8.GetBytes(record.ToString(CultureInfo.InvariantCulture) + "\n"));
            return "ledger.v1";
        }
    }
}

/// <summary>An event does not say which lines of a file its records were.</summary>
internal sealed record ImportLinesForgotten : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Rewriting(database, clock, trace);

    private sealed class Rewriting(SimulatedDatabase database, TimeProvider clock, Trace? trace)
        : EventRewriter(database, clock, trace)
    {
        protected override PerformanceEvent Rewrite(string persistenceId, PerformanceEvent @event) =>
            @event is RecordsAdded added ? added with { Import = null } : @event;
    }
}

/// <summary>A pruning is applied to what it leaves, once more.</summary>
internal sealed record PrunedTwice : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Rewriting(database, clock, trace);

    private sealed class Rewriting(SimulatedDatabase database, TimeProvider clock, Trace? trace)
        : EventRewriter(database, clock, trace)
    {
        protected override PerformanceEvent Rewrite(string persistenceId, PerformanceEvent @event) =>
            @event is RecordsPruned pruned ? new RecordsPruned((2 * pruned.RetainFrom) - RetainedFrom(persistenceId)) : @event;

        private long RetainedFrom(string persistenceId)
        {
            var state = new PerformanceBehavior().Create(persistenceId);
            var format = new PerformanceFormat();
            foreach (var stored in Database.Store.EventsOf(persistenceId))
                format.ReplayEvent(state, stored.Manifest, stored.Payload.Span);
            return state.RetainFrom;
        }
    }
}

/// <summary>A client takes any answer for that to its latest question: an old answer that comes late is one to something else.</summary>
internal sealed record AnswersTakenInOrder : NodeParts
{
    public override bool AnswersComeInOrder => true;
}
