namespace ActorMemory.Portfolio;

/// <summary>What is not allowed in a snapshot that is to be kept. A message begins with the JSON name of the field that is wrong.</summary>
internal static class SnapshotFaults
{
    private const int MaxEntries = 10_000;

    /// <summary>Says what is wrong; null if nothing is.</summary>
    internal static string? Find(PortfolioSnapshot snapshot)
    {
        var fields = new FieldFaults();
        fields.NotNegative("window_days", snapshot.WindowDays);
        fields.NotNegative("total_trades", snapshot.TotalTrades);
        fields.NotNegative("winning_trades", snapshot.WinningTrades);
        fields.NotNegative("losing_trades", snapshot.LosingTrades);
        fields.Percent("win_rate", snapshot.WinRate);
        fields.Number("total_pnl", snapshot.TotalPnl);
        fields.Number("avg_win", snapshot.AvgWin);
        fields.Number("avg_loss", snapshot.AvgLoss);
        fields.Number("profit_factor", snapshot.ProfitFactor);
        fields.Number("max_drawdown", snapshot.MaxDrawdown);
        fields.Number("sharpe_ratio", snapshot.SharpeRatio);
        fields.Number("sortino_ratio", snapshot.SortinoRatio);
        fields.Number("the number of provider_stats", snapshot.ProviderStats.Count, from: 0, to: MaxEntries);
        fields.Number("the number of regime_performance", snapshot.RegimePerformance.Count, from: 0, to: MaxEntries);
        if (fields.First is not null)
            return fields.First;

        foreach (var provider in snapshot.ProviderStats)
        {
            fields.Name("the name of a provider in provider_stats", provider.Provider);
            fields.Number($"provider_stats.{provider.Provider}.total_pnl", provider.TotalPnl);
            fields.Number($"provider_stats.{provider.Provider}.calibration", provider.Calibration.Count, from: 0, to: MaxEntries);
        }

        foreach (var regime in snapshot.RegimePerformance)
        {
            fields.Reason("the name of a regime in regime_performance", regime.Regime);
            fields.Number($"regime_performance.{regime.Regime}.total_pnl", regime.TotalPnl);
        }

        return fields.First;
    }
}
