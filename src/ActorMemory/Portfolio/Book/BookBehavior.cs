using ActorMemory.Actors;
using ActorMemory.Names;
using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>What a portfolio's book does: one instance serves all portfolios.</summary>
/// <param name="bufferSize">How many of the latest outcomes the experience buffer holds.</param>
internal sealed class BookBehavior(int bufferSize = PortfolioMemoryOptions.DefaultMaxMemorySize)
    : IEventSourcedBehavior<BookState, BookCommand, BookEvent>
{
    private const string Prefix = "portfolio";

    /// <summary>The entity of a portfolio.</summary>
    public static string PersistenceId(PortfolioName portfolio) => PersistenceIdText.Join(Prefix, portfolio.ToString());

    /// <summary>Whether an entity is a book.</summary>
    public static bool IsBook(string persistenceId) => TryPortfolioOf(persistenceId, out _);

    /// <summary>Whose book an entity is.</summary>
    public static bool TryPortfolioOf(string persistenceId, out PortfolioName portfolio)
    {
        portfolio = default;
        return PersistenceIdText.Split(persistenceId, Prefix, 1) is [var name] && PortfolioName.TryCreate(name, out portfolio, out _);
    }

    public BookState Create(string persistenceId) => IsBook(persistenceId)
        ? BookState.Empty()
        : throw new FormatException($"'{persistenceId}' is not the persistence id of a portfolio (portfolio|name).");

    public Decision<BookEvent> Decide(BookState state, BookCommand command, in CommandContext context) => command switch
    {
        NoteDecision note => Note(state, note.Decision, context),
        NoteExit note => Note(state, note.Exit, context),
        NoteOutcome note => Note(state, note.Outcome, context),
        KeepSnapshot keep => Keep(state, keep.Snapshot),
        GetBook => Decision.Reply<BookEvent>(View(state, context.SequenceNumber)),
        GetBookHead => Decision.Reply<BookEvent>(new BookHead(context.SequenceNumber)),
        GetDecision find => Decision.Reply<BookEvent>(new DecisionFound(state.FindDecision(find.Id))),
        _ => throw new ArgumentException($"A portfolio does not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(BookState state, BookEvent @event)
    {
        switch (@event)
        {
            case DecisionMade made:
                state.Add(new StoredDecision(made.Number, made.At, made.Decision));
                state.Known.Add(BookState.DecisionKey(made.Decision.Id ?? ""), new(made.Number, KnownContents.ContentOf(DecisionWire.ToMessage(made.Decision))));
                break;
            case TradeClosed closed:
                state.Add(BookState.StoredOf(closed), closed.BufferSize);
                state.Known.Add(BookState.OutcomeKey(closed.Outcome.DecisionId, closed.Outcome.ExitId), new(closed.Number, closed.Content));
                state.Regimes.Add(closed);
                state.Strategies.Add(closed);
                state.Vetoes.Add(closed);
                break;
            case SnapshotKept kept:
                state.Add(new StoredSnapshot(kept.Number, kept.Snapshot));
                break;
            default:
                throw new ArgumentException($"A portfolio does not know the event {@event.GetType().Name}.", nameof(@event));
        }
    }

    public long SizeOf(BookState state) =>
        1024 + (state.Known.Count * 48L) + (state.Buffer.Count * 1024L) + (Math.Min(state.Decisions, BookState.KeptDecisions) * 1024L)
        + (Math.Min(state.Snapshots, BookState.KeptSnapshots) * 2048L);

    private static Decision<BookEvent> Note(BookState state, TradingDecision decision, in CommandContext context)
    {
        if (OutcomeFaults.Find(decision) is { } fault)
            return Invalid(fault);

        var id = decision.Id ?? "";
        if (state.Known.Find(BookState.DecisionKey(id)) is { } known)
        {
            return known.Content == KnownContents.ContentOf(DecisionWire.ToMessage(decision))
                ? Decision.Reply<BookEvent>(new DecisionNoted(new DecisionReceipt(known.Number, IsNew: false), context.SequenceNumber))
                : Conflict($"The decision '{id}' is recorded already (number {known.Number}), with other content. Nothing was changed; give a different decision a different id.");
        }

        var made = new DecisionMade(state.Decisions + 1, new UnixNanoseconds(context.Now), decision);
        return Decision.Persist<BookEvent>(made, new DecisionNoted(new DecisionReceipt(made.Number, IsNew: true), context.SequenceNumber + 1));
    }

    private Decision<BookEvent> Note(BookState state, TradeExit exit, in CommandContext context)
    {
        if (OutcomeFaults.Find(exit) is { } fault)
            return Invalid(fault);

        var id = exit.Decision?.Id ?? exit.DecisionId ?? "";
        var recorded = state.FindDecision(id)?.Decision;
        if ((exit.Decision ?? recorded) is not { } decision)
        {
            return Decision.Reply<BookEvent>(new BookRejected(
                PortfolioError.NotFound, $"There is no decision '{id}' among the latest {BookState.KeptDecisions}. Record it first, or send it with the exit."));
        }

        // What the ensemble said is known from when it was said; what came with the exit may leave it out.
        if (decision.EnsembleMetadata is null && recorded?.EnsembleMetadata is { } said)
            decision = decision with { EnsembleMetadata = said };
        var outcome = OutcomeBuilder.Build(decision, exit, new UnixNanoseconds(context.Now));
        return OutcomeFaults.Find(outcome) is { } impossible ? Invalid(impossible) : Close(state, outcome, decision, exit.ExitTimestamp is not null, context);
    }

    private Decision<BookEvent> Note(BookState state, TradeOutcome outcome, in CommandContext context) =>
        OutcomeFaults.Find(outcome) is { } fault
            ? Invalid(fault)
            : Close(state, OutcomeBuilder.Complete(outcome), state.FindDecision(outcome.DecisionId)?.Decision, outcome.ExitTimestamp is not null, context);

    private Decision<BookEvent> Close(BookState state, TradeOutcome outcome, TradingDecision? decision, bool saysWhen, in CommandContext context)
    {
        var now = new UnixNanoseconds(context.Now);

        // What does not say when is the same when it is sent again later.
        var said = saysWhen ? outcome : outcome with { ExitTimestamp = null, HoldingPeriodHours = null };
        if (decision is { Timestamp: null })
            said = said with { EntryTimestamp = "", HoldingPeriodHours = null };
        var content = KnownContents.ContentOf(OutcomeWire.ToMessage(said));
        if (state.Known.Find(BookState.OutcomeKey(outcome.DecisionId, outcome.ExitId)) is { } known)
        {
            return known.Content == content
                ? Decision.Reply<BookEvent>(new OutcomeNoted(
                    new OutcomeReceipt(known.Number, IsNew: false, state.FindOutcome(known.Number)?.Outcome ?? outcome), context.SequenceNumber))
                : Conflict(
                    $"The outcome of '{outcome.DecisionId}'{(outcome.ExitId is { } exit ? $", exit '{exit}'," : "")} is recorded already (number {known.Number}), with other "
                    + "content. Nothing was changed; if it is another exit of the same decision, give it an exit_id of its own.");
        }

        var exitAt = OutcomeTime.Read(outcome.ExitTimestamp) ?? now;
        var closed = new TradeClosed(state.Outcomes + 1, now, outcome, exitAt, decision, bufferSize) { Content = content };
        return Decision.Persist<BookEvent>(closed, new OutcomeNoted(new OutcomeReceipt(closed.Number, IsNew: true, outcome), context.SequenceNumber + 1));
    }

    private static Decision<BookEvent> Keep(BookState state, PortfolioSnapshot snapshot)
    {
        if (SnapshotFaults.Find(snapshot) is { } fault)
            return Invalid(fault);

        // Taken again in the same moment, or sent again because nobody knew whether it had arrived: the same snapshot.
        if (state.RecentSnapshots.LastOrDefault(stored => stored.Snapshot.Timestamp == snapshot.Timestamp) is { } known)
            return Decision.Reply<BookEvent>(known);

        var stored = new StoredSnapshot(state.Snapshots + 1, snapshot);
        return Decision.Persist<BookEvent>(new SnapshotKept(stored.Number, snapshot), stored);
    }

    private static BookView View(BookState state, long sequenceNumber) => new(
        sequenceNumber, state.Outcomes, [.. state.Buffer], state.Regimes.ToStatistics(), state.Strategies.ToStatistics(), state.Vetoes.ToStatistics(),
        [.. state.RecentSnapshots]);

    private static Decision<BookEvent> Invalid(string message) => Decision.Reply<BookEvent>(new BookRejected(PortfolioError.Invalid, message));

    private static Decision<BookEvent> Conflict(string message) => Decision.Reply<BookEvent>(new BookRejected(PortfolioError.Conflict, message));
}
