namespace ActorMemory.Portfolio;

/// <summary>A provider's trades have counted.</summary>
/// <param name="Cursor">The number of the last event of the book that counted.</param>
/// <param name="Totals">What it has now.</param>
/// <param name="Cells">The cells of its calibration that changed, as they are now.</param>
internal sealed record ProviderScored(long Cursor, ProviderTotals Totals, IReadOnlyList<CalibrationCell> Cells);

/// <summary>What a provider has, but for its calibration.</summary>
internal readonly record struct ProviderTotals(long Trades, long Wins, double Pnl, long OwnTrades, double OwnPnl);

/// <summary>How one provider did: totals, and its own trades by confidence.</summary>
internal sealed class ProviderState
{
    /// <summary>The number of the last event of the book that counted.</summary>
    public long Cursor { get; set; }

    /// <summary>What it has.</summary>
    public ProviderTotals Totals { get; set; }

    /// <summary>Its own trades by confidence, 0 to 100; only confidences that occurred.</summary>
    public SortedDictionary<int, CalibrationCell> Cells { get; } = [];

    /// <summary>Changes the state.</summary>
    public void Apply(ProviderScored scored)
    {
        Cursor = scored.Cursor;
        Totals = scored.Totals;
        foreach (var cell in scored.Cells)
            Cells[cell.Confidence] = cell;
    }

    /// <summary>What others see of it.</summary>
    public ProviderStatistics ToStatistics(string provider) =>
        new(provider, Totals.Trades, Totals.Wins, Totals.Pnl, Totals.OwnTrades, Totals.OwnPnl, [.. Cells.Values]);
}
