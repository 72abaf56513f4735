using System.Text.Json;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>A snapshot as the original writes it: a provider's winning trades stand there only as a rate, and those by confidence only as rates of unknown counts.</summary>
internal sealed record SnapshotFile
{
    public required UnixNanoseconds Timestamp { get; init; }

    public int? WindowDays { get; init; }

    public required int TotalTrades { get; init; }

    public required int WinningTrades { get; init; }

    public required int LosingTrades { get; init; }

    public required double WinRate { get; init; }

    public required double TotalPnl { get; init; }

    public double AvgWin { get; init; }

    public double AvgLoss { get; init; }

    public double ProfitFactor { get; init; }

    public double MaxDrawdown { get; init; }

    public double? SharpeRatio { get; init; }

    public double? SortinoRatio { get; init; }

    public IReadOnlyDictionary<string, Provider>? ProviderStats { get; init; }

    public IReadOnlyDictionary<string, Regime>? RegimePerformance { get; init; }

    /// <summary>Reads a snapshot.</summary>
    /// <param name="json">What stands in the file.</param>
    /// <param name="ignore">Takes the fields that are not read.</param>
    /// <exception cref="JsonException">It is no snapshot; the message says why.</exception>
    public static PortfolioSnapshot Read(JsonElement json, Action<string> ignore)
    {
        var (file, unknown) = PortfolioJson.Read<SnapshotFile>(json);
        foreach (var field in unknown)
            ignore(field.Path);
        return new PortfolioSnapshot(
            file.Timestamp, file.WindowDays, file.TotalTrades, file.WinningTrades, file.LosingTrades, file.WinRate, file.TotalPnl, file.AvgWin, file.AvgLoss,
            file.ProfitFactor, file.MaxDrawdown, file.SharpeRatio, file.SortinoRatio,
            [.. (file.ProviderStats ?? new Dictionary<string, Provider>()).Select(pair => pair.Value.Of(pair.Key, ignore))],
            [.. (file.RegimePerformance ?? new Dictionary<string, Regime>()).Select(static pair => pair.Value.Of(pair.Key))]);
    }

    private static long Wins(long? wins, double rate, long trades) => wins ?? (long)Math.Round(rate * trades / 100);

    /// <summary>A provider in a snapshot; what only this program writes is null in the original's.</summary>
    public sealed record Provider
    {
        public double WinRate { get; init; }

        public long TotalTrades { get; init; }

        public long? WinningTrades { get; init; }

        public double TotalPnl { get; init; }

        public double? AvgPnlPerTrade { get; init; }

        public double? HighConfidenceWinrate { get; init; }

        public double? MediumConfidenceWinrate { get; init; }

        public double? LowConfidenceWinrate { get; init; }

        public long OwnTrades { get; init; }

        public double OwnPnl { get; init; }

        public IReadOnlyList<CalibrationCell>? Calibration { get; init; }

        public ProviderStatistics Of(string name, Action<string> ignore)
        {
            if (Calibration is null && (HighConfidenceWinrate ?? MediumConfidenceWinrate ?? LowConfidenceWinrate) is not null)
                ignore("provider_stats.*_confidence_winrate (it does not say of how many trades)");
            return new ProviderStatistics(name, TotalTrades, Wins(WinningTrades, WinRate, TotalTrades), TotalPnl, OwnTrades, OwnPnl, Calibration ?? []);
        }
    }

    /// <summary>A regime in a snapshot.</summary>
    public sealed record Regime
    {
        public double WinRate { get; init; }

        public double TotalPnl { get; init; }

        public long TotalTrades { get; init; }

        public long? WinningTrades { get; init; }

        public RegimeStatistics Of(string name) => new(name, TotalTrades, Wins(WinningTrades, WinRate, TotalTrades), TotalPnl);
    }
}
