using System.Diagnostics;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Benchmarks;

/// <summary>How fast outcomes become durable, and how long a memory of 1,000 of them takes to be there again.</summary>
internal static class PortfolioFigures
{
    private const int Outcomes = 1_000;
    private const int Snapshots = 100;
    private const int Similar = 256;
    private const int Runs = 9;

    public static async Task<IReadOnlyList<Figure>> LoadAsync()
    {
        var folder = Directory.CreateTempSubdirectory("actormemory-portfolio");
        try
        {
            double perSecond;
            await using (var first = await OpenAsync(folder.FullName))
            {
                var start = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, Outcomes).Select(i => first.Memory.RecordOutcomeAsync(PortfolioName.Default, Exit(i), CancellationToken.None)));
                perSecond = Outcomes / Stopwatch.GetElapsedTime(start).TotalSeconds;
                for (var i = 0; i < Snapshots; i++)
                    await first.Memory.TakeSnapshotAsync(PortfolioName.Default, null, CancellationToken.None);
                await CheckAsync(first.Memory);
            }

            var loads = new List<double>();
            for (var run = 0; run < Runs; run++)
            {
                await using var again = await OpenAsync(folder.FullName);
                var start = Stopwatch.GetTimestamp();
                await CheckAsync(again.Memory);
                loads.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            loads.Sort();
            return
            [
                new Figure(
                    "portfolio_load_ms", loads[Runs / 2], "ms", Goal.AtMost, 100,
                    FormattableString.Invariant($"1,000 outcomes, 1,000 vectors, 100 snapshots until all three have answered; the fastest {loads[0]:0.0} ms, the first {loads[^1]:0.0} ms at most")),
                new Figure("portfolio_outcomes_per_s", perSecond, "outcomes/s", Goal.None, 0, "the first 1,000 of a cold memory, all in flight, durable"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task CheckAsync(PortfolioMemory memory)
    {
        var outcomes = await memory.GetOutcomesAsync(PortfolioName.Default, OutcomeFilter.All, Outcomes, CancellationToken.None);
        var similar = await memory.FindSimilarAsync(
            PortfolioName.Default, new SimilarQuery("Asset: BTCUSD. Market: bullish trend, RSI 61.", Count: Similar), CancellationToken.None);
        var snapshots = await memory.GetSnapshotsAsync(PortfolioName.Default, CancellationToken.None);
        if (outcomes.Count != Outcomes || similar.Count != Similar || snapshots.Count != Snapshots)
            throw new InvalidOperationException($"{outcomes.Count} outcomes, {similar.Count} similar ones and {snapshots.Count} snapshots are not what was recorded.");
    }

    private static async Task<Running> OpenAsync(string folder)
    {
        var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = folder });
        var system = new ActorSystem("portfolio");
        return new Running(journal, system, new PortfolioMemory(system, journal));
    }

    private static TradeExit Exit(int i) => new()
    {
        Decision = new TradingDecision
        {
            Id = $"d-{i}",
            AssetPair = i % 3 == 0 ? "ETHUSD" : "BTCUSD",
            Action = i % 2 == 0 ? "BUY" : "SELL",
            Timestamp = "2025-01-01T00:00:00Z",
            EntryPrice = 100,
            PositionSize = 2,
            AiProvider = "ensemble",
            Confidence = 70,
            MarketData = new MarketData { Regime = "trending", Trend = "bullish", Rsi = i % 100 },
            EnsembleMetadata = new EnsembleMetadata
            {
                ProvidersUsed = ["local", "cli", "codex"],
                ProviderDecisions = new Dictionary<string, ProviderOpinion> { ["local"] = new("BUY", 70), ["cli"] = new("SELL", 60), ["codex"] = new("BUY", 55) },
            },
        },
        ExitPrice = 90 + (i % 20),
        ExitTimestamp = new UnixNanoseconds(1_735_700_000_000_000_000 + (i * 60_000_000_000L)).ToString(),
    };

    private sealed class Running(SqliteJournal journal, ActorSystem system, PortfolioMemory memory) : IAsyncDisposable
    {
        internal PortfolioMemory Memory => memory;

        public async ValueTask DisposeAsync()
        {
            await memory.StopAsync();
            await system.TerminateAsync();
            await journal.DisposeAsync();
        }
    }
}
