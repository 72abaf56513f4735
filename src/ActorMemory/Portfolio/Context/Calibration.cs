namespace ActorMemory.Portfolio;

/// <summary>What stated confidences have been worth.</summary>
internal static class Calibration
{
    // The provider's overall win rate counts as much as so many trades: a bucket with few trades of its own says little.
    private const double Weight = 10;

    // The buckets of the original's win rates by confidence.
    private static readonly (int From, int To)[] s_buckets = [(70, 100), (40, 69), (0, 39)];

    /// <summary>The buckets in which a provider has trades, the highest first.</summary>
    internal static IEnumerable<CalibratedConfidence> Of(ProviderStatistics provider)
    {
        var (ownTrades, ownWins) = Count(provider.Calibration);
        foreach (var (from, to) in s_buckets)
        {
            var (trades, wins) = Count(provider.Calibration.Where(cell => cell.Confidence >= from && cell.Confidence <= to));
            if (trades == 0)
                continue;

            var overall = (double)ownWins / ownTrades;
            yield return new CalibratedConfidence(
                provider.Provider, from, to, trades, (double)wins / trades * 100, (wins + Weight * overall) / (trades + Weight) * 100);
        }
    }

    private static (long Trades, long Wins) Count(IEnumerable<CalibrationCell> cells) =>
        cells.Aggregate((Trades: 0L, Wins: 0L), (sum, cell) => (sum.Trades + cell.Trades, sum.Wins + cell.Wins));
}
