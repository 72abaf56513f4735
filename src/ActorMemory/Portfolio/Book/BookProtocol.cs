using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>What a portfolio's book can be told or asked. What is not allowed is answered with <see cref="BookRejected"/>.</summary>
internal abstract record BookCommand;

/// <summary>Remembers a decision; answered with <see cref="DecisionNoted"/>.</summary>
internal sealed record NoteDecision(TradingDecision Decision) : BookCommand;

/// <summary>Computes and remembers the outcome of a trade; answered with <see cref="OutcomeNoted"/>.</summary>
internal sealed record NoteExit(TradeExit Exit) : BookCommand;

/// <summary>Remembers an outcome that was computed elsewhere; answered with <see cref="OutcomeNoted"/>.</summary>
internal sealed record NoteOutcome(TradeOutcome Outcome) : BookCommand;

/// <summary>Keeps a snapshot; answered with <see cref="StoredSnapshot"/>.</summary>
internal sealed record KeepSnapshot(PortfolioSnapshot Snapshot) : BookCommand;

/// <summary>Asks for everything the book has in memory; answered with <see cref="BookView"/>.</summary>
internal sealed record GetBook : BookCommand;

/// <summary>Asks how far the book is; answered with <see cref="BookHead"/>.</summary>
internal sealed record GetBookHead : BookCommand;

/// <summary>Asks for a decision; answered with <see cref="DecisionFound"/>.</summary>
internal sealed record GetDecision(string Id) : BookCommand;

/// <summary>A decision is remembered.</summary>
/// <param name="Receipt">What its sender is told.</param>
/// <param name="SequenceNumber">The book's last event.</param>
internal sealed record DecisionNoted(DecisionReceipt Receipt, long SequenceNumber);

/// <summary>An outcome is remembered.</summary>
internal sealed record OutcomeNoted(OutcomeReceipt Receipt, long SequenceNumber);

/// <summary>How far the book is: its last event, 0 before the first.</summary>
internal sealed record BookHead(long SequenceNumber);

/// <summary>A decision, if the book has it in memory.</summary>
internal sealed record DecisionFound(StoredDecision? Decision);

/// <summary>The command was refused, and nothing was changed.</summary>
internal sealed record BookRejected(PortfolioError Error, string Message);

/// <summary>What the book has in memory.</summary>
/// <param name="SequenceNumber">Its last event; 0 before the first.</param>
/// <param name="TotalOutcomes">How many outcomes it ever remembered.</param>
/// <param name="Outcomes">The experience buffer, in the order of their exits.</param>
/// <param name="Regimes">Ordered by name.</param>
/// <param name="Strategies">Ordered by name.</param>
/// <param name="Vetoes">How vetoes did.</param>
/// <param name="Snapshots">The latest, oldest first.</param>
internal sealed record BookView(
    long SequenceNumber, long TotalOutcomes, IReadOnlyList<StoredOutcome> Outcomes, IReadOnlyList<RegimeStatistics> Regimes,
    IReadOnlyList<StrategyStatistics> Strategies, VetoStatistics Vetoes, IReadOnlyList<StoredSnapshot> Snapshots);
