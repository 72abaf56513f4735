namespace ActorMemory.Portfolio;

/// <summary>What one event of the book counts for a provider.</summary>
/// <param name="Cursor">The event's number.</param>
/// <param name="IsOwn">Whether the provider decided the trade itself.</param>
/// <param name="IsWin">Whether it won.</param>
/// <param name="Pnl">Its share of the profit.</param>
/// <param name="Confidence">How sure it was; only of own trades.</param>
internal sealed record ProviderScore(long Cursor, bool IsOwn, bool IsWin, double Pnl, int? Confidence)
{
    /// <summary>What a credit of an event counts.</summary>
    internal static ProviderScore Of(long cursor, ProviderCredit credit) => new(cursor, credit.IsOwn, credit.IsWin, credit.Pnl, credit.Confidence);
}

/// <summary>Adds up what counts, as a pure function of the state.</summary>
internal static class ProviderScoring
{
    /// <summary>What the state becomes after scores that it does not know yet.</summary>
    internal static ProviderScored Score(ProviderState state, IReadOnlyList<ProviderScore> scores)
    {
        var (cursor, totals) = (state.Cursor, state.Totals);
        var cells = new SortedDictionary<int, CalibrationCell>();
        foreach (var score in scores)
        {
            var (win, own) = (score.IsWin ? 1 : 0, score.IsOwn ? 1 : 0);
            cursor = Math.Max(cursor, score.Cursor);
            totals = new ProviderTotals(
                totals.Trades + 1, totals.Wins + win, totals.Pnl + score.Pnl, totals.OwnTrades + own, totals.OwnPnl + (own * score.Pnl));
            if (score.Confidence is not { } stated)
                continue;

            var confidence = Math.Clamp(stated, 0, 100);
            var cell = cells.GetValueOrDefault(confidence) ?? state.Cells.GetValueOrDefault(confidence) ?? new CalibrationCell(confidence, 0, 0, 0);
            cells[confidence] = cell with { Trades = cell.Trades + 1, Wins = cell.Wins + win, Pnl = cell.Pnl + score.Pnl };
        }

        return new ProviderScored(cursor, totals, [.. cells.Values]);
    }
}
