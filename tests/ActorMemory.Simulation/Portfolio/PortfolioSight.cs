using ActorMemory.Portfolio;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.World;
using ActorMemory.Testing;
using ActorMemory.Vectors;

namespace ActorMemory.Simulation.Portfolio;

/// <summary>Answers of a portfolio's memory that are all of the same moment; null where nobody asked.</summary>
internal sealed record PortfolioSight : ISightDetails
{
    /// <summary>How many trades the experience buffer holds.</summary>
    public required int BufferSize { get; init; }

    public IReadOnlyList<RegimeStatistics>? Regimes { get; init; }

    /// <summary>The latest outcomes by exit, as many as the buffer holds, latest first.</summary>
    public IReadOnlyList<StoredOutcome>? Latest { get; init; }

    /// <summary>What is computed of the buffer.</summary>
    public PortfolioSnapshot? Analysis { get; init; }

    public IReadOnlyList<ProviderStatistics>? Providers { get; init; }

    public WeightSet? Weights { get; init; }

    public WeightRegret? Regret { get; init; }

    /// <summary>The most like something, as many as there can be.</summary>
    public IReadOnlyList<SimilarRecord>? Similar { get; init; }

    /// <summary>What was known at a place of the journal.</summary>
    public (long Ordering, PortfolioSight Sight)? Past { get; init; }

    public void Check(KeyReplay replay, int length)
    {
        var trades = ((PortfolioReplay)replay).Trades;
        Check([.. trades.Take(length)]);
        if (Past is { } past)
            past.Sight.Check([.. trades.Where(closed => closed.Ordering <= past.Ordering)]);
    }

    private void Check(IReadOnlyList<ClosedTrade> trades)
    {
        var standing = new Standing(trades.Select(static closed => closed.Trade));
        Same("regimes", Regimes?.Select(static regime => (regime.Regime, regime.TotalTrades, regime.WinningTrades, regime.TotalPnl)),
            standing.Regimes.Select(static regime => (regime.Key, regime.Value.Trades, regime.Value.Wins, regime.Value.Pnl)));
        CheckBuffer([.. trades.OrderByDescending(static closed => closed.Stored.ExitAt).ThenByDescending(static closed => closed.Stored.Number).Take(BufferSize)]);
        CheckProviders(standing);
        CheckWeights(standing, trades);
        if (Similar is { } similar)
        {
            var ids = similar.Select(static record => record.Record.Id).Distinct(StringComparer.Ordinal).Count();
            Require.That(
                ids == trades.Count && similar.Count == ids, Promise.Durable, () => $"{similar.Count} vectors of {ids} ids are found for {trades.Count} outcomes");
        }
    }

    private void CheckBuffer(IReadOnlyList<ClosedTrade> latest)
    {
        Same("latest outcomes", Latest?.Select(static stored => stored.Number), latest.Select(static closed => closed.Stored.Number));
        if (Analysis is { } analysis)
            Same("the buffer", [(analysis.TotalTrades, analysis.TotalPnl)], [(latest.Count, latest.Sum(static closed => closed.Trade.Pnl))]);
    }

    private void CheckProviders(Standing standing)
    {
        Same("providers", Providers?.Select(static provider => (
                provider.Provider, provider.TotalTrades, provider.WinningTrades, provider.TotalPnl, provider.OwnTrades, provider.OwnPnl)),
            standing.Providers.Select(static provider => (
                provider.Key, provider.Value.Trades, provider.Value.Wins, provider.Value.Pnl, provider.Value.OwnTrades, provider.Value.OwnPnl)));
        Same("calibration", Providers?.SelectMany(static provider => provider.Calibration, static (provider, cell) => (
                provider.Provider, cell.Confidence, cell.Trades, cell.Wins, cell.Pnl)),
            standing.Providers.SelectMany(static provider => provider.Value.Cells, static (provider, cell) => (
                provider.Key, cell.Key, cell.Value.Trades, cell.Value.Wins, cell.Value.Pnl)));
    }

    private void CheckWeights(Standing standing, IReadOnlyList<ClosedTrade> trades)
    {
        if (Regret is { } regret)
            Same("scored decisions", [regret.Decisions], [(long)standing.ScoredTrades]);
        if (Weights is not { } weights)
            return;
        Same("weights", [(weights.Number, weights.EventNumber)],
            [((long)standing.ScoredTrades, standing.LastScored == 0 ? 0 : trades[standing.LastScored - 1].SequenceNumber)]);
        Same("votes", weights.Providers.Select(static provider => (provider.Provider, provider.Scored, provider.Correct)),
            standing.Votes.Select(static vote => (vote.Key, vote.Value.Scored, vote.Value.Correct)));
        var sum = weights.Providers.Sum(static provider => provider.Weight);
        Require.That(
            standing.ScoredTrades == 0 || Math.Abs(sum - 1) <= 1e-9, Promise.TrueReads, () => $"the weights sum to {sum}");
    }

    private static void Same<T>(string what, IEnumerable<T>? answered, IEnumerable<T> computed)
    {
        if (answered is null)
            return;
        Require.That(
            answered.SequenceEqual(computed), Promise.TrueReads,
            () => $"{what} are answered as [{string.Join(", ", answered)}], but are [{string.Join(", ", computed)}]");
    }
}
