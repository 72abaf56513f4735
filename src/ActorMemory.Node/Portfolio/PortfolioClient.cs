using ActorMemory.KnownTime;
using ActorMemory.Node.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>A portfolio memory in another process, over HTTP.</summary>
internal sealed class PortfolioClient(NodeConnection node) : PortfolioQuestions(node, null), IPortfolioMemory
{
    public async Task<DecisionReceipt> RecordDecisionAsync(PortfolioName portfolio, TradingDecision decision, CancellationToken cancellationToken = default) =>
        PortfolioJson.ReadAnswer<DecisionReceipt>(await PostAsync(portfolio, "decisions", [], decision, cancellationToken));

    public async Task<OutcomeReceipt> RecordOutcomeAsync(PortfolioName portfolio, TradeExit exit, CancellationToken cancellationToken = default) =>
        PortfolioJson.ReadAnswer<OutcomeReceipt>(await PostAsync(portfolio, "outcomes", [], exit, cancellationToken));

    public async Task<OutcomeReceipt> RecordOutcomeAsync(PortfolioName portfolio, TradeOutcome outcome, CancellationToken cancellationToken = default) =>
        PortfolioJson.ReadAnswer<OutcomeReceipt>(await PostAsync(portfolio, "outcomes", [], outcome, cancellationToken));

    public async Task<StoredSnapshot> TakeSnapshotAsync(PortfolioName portfolio, int? windowDays = null, CancellationToken cancellationToken = default) =>
        PortfolioJson.ReadAnswer<StoredSnapshot>(await PostAsync(portfolio, "snapshots", [], new SnapshotBody(windowDays), cancellationToken));

    public async Task<StoredSnapshot> KeepSnapshotAsync(PortfolioName portfolio, PortfolioSnapshot snapshot, CancellationToken cancellationToken = default) =>
        PortfolioJson.ReadAnswer<StoredSnapshot>(await PostAsync(portfolio, "snapshots", [], new SnapshotBody(Snapshot: snapshot), cancellationToken));

    public Task AddVectorAsync(PortfolioName portfolio, VectorRecord record, VectorEmbedding? embedding = null, CancellationToken cancellationToken = default) =>
        PostAsync(portfolio, "vectors", [], VectorBody.Of(record, embedding), cancellationToken);

    public IPortfolioReader AsOf(KnownMoment moment) => new PortfolioQuestions(Node, moment);
}
