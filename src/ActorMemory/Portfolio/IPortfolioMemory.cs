using ActorMemory.KnownTime;
using ActorMemory.Vectors;

namespace ActorMemory.Portfolio;

/// <summary>
/// Remembers decisions, how their trades ended, who said what and what that was worth. What a task has confirmed is durable; what failed may be sent
/// again, as often as one likes: the same decision or outcome is remembered once.
/// </summary>
/// <remarks>Throws <see cref="PortfolioRejectedException"/> for what is not allowed; then nothing was changed.</remarks>
public interface IPortfolioMemory : IPortfolioReader
{
    /// <summary>Remembers a decision and every provider's opinion, when it is made.</summary>
    Task<DecisionReceipt> RecordDecisionAsync(PortfolioName portfolio, TradingDecision decision, CancellationToken cancellationToken = default);

    /// <summary>Remembers how a trade ended: computes its outcome, scores the providers with the weights of the time of the decision, and moves the weights.</summary>
    Task<OutcomeReceipt> RecordOutcomeAsync(PortfolioName portfolio, TradeExit exit, CancellationToken cancellationToken = default);

    /// <summary>Remembers an outcome that somebody else has computed.</summary>
    Task<OutcomeReceipt> RecordOutcomeAsync(PortfolioName portfolio, TradeOutcome outcome, CancellationToken cancellationToken = default);

    /// <summary>Takes a snapshot and keeps it. Without any outcome it is returned and not kept.</summary>
    /// <returns>The snapshot; its number is 0 if it was not kept.</returns>
    Task<StoredSnapshot> TakeSnapshotAsync(PortfolioName portfolio, int? windowDays = null, CancellationToken cancellationToken = default);

    /// <summary>Keeps a snapshot that somebody else has taken.</summary>
    Task<StoredSnapshot> KeepSnapshotAsync(PortfolioName portfolio, PortfolioSnapshot snapshot, CancellationToken cancellationToken = default);

    /// <summary>Remembers a text or a vector; outcomes are remembered by themselves.</summary>
    /// <param name="portfolio">Where.</param>
    /// <param name="record">What.</param>
    /// <param name="embedding">Its vector; null to have the node's model make one of the text.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task AddVectorAsync(PortfolioName portfolio, VectorRecord record, VectorEmbedding? embedding = null, CancellationToken cancellationToken = default);

    /// <summary>The memory as it was known at a moment.</summary>
    IPortfolioReader AsOf(KnownMoment moment);
}
