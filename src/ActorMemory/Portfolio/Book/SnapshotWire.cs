using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The message SnapshotMessage of book.proto, and those of what it counts.</summary>
internal static class SnapshotWire
{
    internal static SnapshotMessage ToMessage(PortfolioSnapshot snapshot)
    {
        var message = new SnapshotMessage
        {
            Timestamp = snapshot.Timestamp.Value,
            TotalTrades = snapshot.TotalTrades,
            WinningTrades = snapshot.WinningTrades,
            LosingTrades = snapshot.LosingTrades,
            WinRate = snapshot.WinRate,
            TotalPnl = snapshot.TotalPnl,
            AvgWin = snapshot.AvgWin,
            AvgLoss = snapshot.AvgLoss,
            ProfitFactor = snapshot.ProfitFactor,
            MaxDrawdown = snapshot.MaxDrawdown,
            ProviderStats = { snapshot.ProviderStats.Select(ToMessage) },
            RegimePerformance = { snapshot.RegimePerformance.Select(ToMessage) },
        };
        Numbers.Set(snapshot.WindowDays, days => message.WindowDays = days);
        Numbers.Set(snapshot.SharpeRatio, ratio => message.SharpeRatio = ratio);
        Numbers.Set(snapshot.SortinoRatio, ratio => message.SortinoRatio = ratio);
        return message;
    }

    internal static PortfolioSnapshot FromMessage(SnapshotMessage message) => new(
        new UnixNanoseconds(message.Timestamp), message.HasWindowDays ? message.WindowDays : null, message.TotalTrades, message.WinningTrades,
        message.LosingTrades, message.WinRate, message.TotalPnl, message.AvgWin, message.AvgLoss, message.ProfitFactor, message.MaxDrawdown,
        message.HasSharpeRatio ? message.SharpeRatio : null, message.HasSortinoRatio ? message.SortinoRatio : null,
        [.. message.ProviderStats.Select(FromMessage)], [.. message.RegimePerformance.Select(RegimeOf)]);

    internal static SnapshotKeptMessage ToMessage(StoredSnapshot stored) => new() { Number = stored.Number, Snapshot = ToMessage(stored.Snapshot) };

    internal static StoredSnapshot FromMessage(SnapshotKeptMessage message) => new(message.Number, FromMessage(message.Snapshot ?? new SnapshotMessage()));

    internal static ProviderStatisticsMessage ToMessage(ProviderStatistics provider) => new()
    {
        Provider = provider.Provider,
        TotalTrades = provider.TotalTrades,
        WinningTrades = provider.WinningTrades,
        TotalPnl = provider.TotalPnl,
        OwnTrades = provider.OwnTrades,
        OwnPnl = provider.OwnPnl,
        Calibration = { provider.Calibration.Select(static cell => new CalibrationCellMessage { Confidence = cell.Confidence, Trades = cell.Trades, Wins = cell.Wins, Pnl = cell.Pnl }) },
    };

    internal static ProviderStatistics FromMessage(ProviderStatisticsMessage message) => new(
        message.Provider, message.TotalTrades, message.WinningTrades, message.TotalPnl, message.OwnTrades, message.OwnPnl,
        [.. message.Calibration.Select(static cell => new CalibrationCell(cell.Confidence, cell.Trades, cell.Wins, cell.Pnl))]);

    internal static TallyMessage ToMessage(RegimeStatistics regime) => new()
    {
        Name = regime.Regime,
        TotalTrades = regime.TotalTrades,
        WinningTrades = regime.WinningTrades,
        TotalPnl = regime.TotalPnl,
    };

    internal static RegimeStatistics RegimeOf(TallyMessage message) => new(message.Name, message.TotalTrades, message.WinningTrades, message.TotalPnl);

    internal static TallyMessage ToMessage(StrategyStatistics strategy) => new()
    {
        Name = strategy.Strategy,
        TotalTrades = strategy.TotalTrades,
        WinningTrades = strategy.WinningTrades,
        TotalPnl = strategy.TotalPnl,
    };

    internal static StrategyStatistics StrategyOf(TallyMessage message) => new(message.Name, message.TotalTrades, message.WinningTrades, message.TotalPnl);
}
