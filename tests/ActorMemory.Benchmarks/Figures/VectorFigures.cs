using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Benchmarks;

/// <summary>
/// How fast 100,000 vectors are compared, beside what reading them from memory takes on the same thread. The two take turns, and of both the fastest run counts:
/// what others do on the machine slows memory down for both, and not equally.
/// </summary>
internal static class VectorFigures
{
    private const int Count = 100_000;
    private const int Dimensions = HashedTextEmbedder.Dimensions;
    private const int Runs = 40;

    public static Task<IReadOnlyList<Figure>> ScanAsync()
    {
        var random = new Random(7);
        var block = new VectorBlock(Dimensions);
        var vectors = Enumerable.Range(0, 1_000).Select(_ => Values(random)).ToArray();
        var adding = Stopwatch.GetTimestamp();
        for (var i = 0; i < Count; i++)
            block.Put(new StoredVector(
                new VectorRecord($"outcome:{i}", "Asset: BTCUSD. Market: bullish trend, RSI 70.", new VectorLabels(i % 100 == 7 ? "RARE" : "BTCUSD")),
                vectors[i % vectors.Length], new UnixNanoseconds(i)));
        var added = Stopwatch.GetElapsedTime(adding);
        var search = new VectorSearch(Values(random), 5, VectorFilter.All, null, default);
        var filtered = search with { Filter = new VectorFilter { AssetPair = "rare" } };
        var decayed = search with { HalfLifeTicks = TimeSpan.TicksPerHour, Now = new UnixNanoseconds(Count) };

        var (read, scan, rare, decay) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            read.Add(Milliseconds(() => Sum(block)));
            scan.Add(Milliseconds(() => NearestRows.In(block, search).Length));
            rare.Add(Milliseconds(() => NearestRows.In(block, filtered).Length));
            decay.Add(Milliseconds(() => NearestRows.In(block, decayed).Length));
        }

        IReadOnlyList<Figure> figures =
        [
            new("vectors_scan_ms", scan.Min(), "ms", Goal.None, 0, FormattableString.Invariant($"100,000 x 384, best 5, one thread; the median {Median(scan):0.00} ms")),
            new(
                "vectors_scan_vs_read", scan.Min() / read.Min(), "x", Goal.AtMost, 1.5,
                FormattableString.Invariant($"summing the same floats: {read.Min():0.00} ms, {Count * Dimensions * 4 / read.Min() / 1e6:0.0} GB/s; the median {Median(read):0.00} ms")),
            new("vectors_filtered_ms", rare.Min(), "ms", Goal.None, 0, "1 % of them pass the filter"),
            new("vectors_decayed_ms", decay.Min(), "ms", Goal.None, 0, "with time decay"),
            new("vectors_added_per_s", Count / added.TotalSeconds, "vectors/s", Goal.None, 0, "into one block in memory"),
        ];
        return Task.FromResult(figures);
    }

    /// <summary>1,000 trades of a book, from their events to durable vectors that are found.</summary>
    public static async Task<IReadOnlyList<Figure>> IndexAsync()
    {
        const int Trades = 1_000;
        const int Portfolios = 9;
        var folder = Directory.CreateTempSubdirectory("actormemory-vectors");
        try
        {
            await using var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = folder.FullName });
            var system = new ActorSystem("vectors");
            using var embedder = new HashedTextEmbedder();
            var memory = new VectorMemory(
                system, journal, new ShardEpochs(journal), new ShardSettings(), null, ReadBookAsync, embedder, HashedTextEmbedder.Model);
            var (index, find) = (new List<double>(), new List<double>());
            for (var i = 0; i < Portfolios; i++)
            {
                var portfolio = new PortfolioName($"p{i}");
                var start = Stopwatch.GetTimestamp();
                await memory.CatchUpAsync(portfolio, Trades);
                index.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                start = Stopwatch.GetTimestamp();
                if ((await memory.FindAsync(portfolio, new SimilarQuery("Asset: BTCUSD. Market: bullish, RSI 70."))).Count != 5)
                    throw new InvalidOperationException("What was indexed is not found.");
                find.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            await memory.StopAsync();
            await system.TerminateAsync();
            return
            [
                new Figure("vectors_index_1000_ms", index.Min(), "ms", Goal.AtMost, 100, FormattableString.Invariant($"1,000 trades embedded and durable; the median {Median(index):0.0} ms, the first time {index[0]:0} ms")),
                new Figure("vectors_find_ms", find.Min(), "ms", Goal.None, 0, "a text embedded, 32 buckets asked, of 1,000 trades"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static Task<IReadOnlyList<BookEntry>> ReadBookAsync(PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<BookEntry>>(
                [.. Enumerable.Range(1, Trades).Skip((int)after).Take(limit).Select(static number => new BookEntry(number, Trade(number)))]);
    }

    private static TradeClosed Trade(int number)
    {
        var decision = new TradingDecision { MarketData = new MarketData { Regime = "trending", Trend = "bullish", Rsi = number % 100 }, Volatility = 0.02 };
        var outcome = new TradeOutcome
        {
            DecisionId = $"decision-{number}",
            AssetPair = "BTCUSD",
            Action = "BUY",
            EntryTimestamp = "2024-01-01T00:00:00Z",
            AiProvider = "ensemble",
            RealizedPnl = number,
            PnlPercentage = 2.5,
            WasProfitable = true,
        };
        return new TradeClosed(number, new UnixNanoseconds(number), outcome, new UnixNanoseconds(number), decision, 1);
    }

    /// <summary>Reads every float once: what no scan can be faster than.</summary>
    private static double Sum(VectorBlock block)
    {
        Vector<float> first = default, second = default, third = default, fourth = default;
        for (var row = 0; row < block.Count; row++)
        {
            var values = MemoryMarshal.Cast<float, Vector<float>>(block.Vectors[row]);
            var i = 0;
            for (; i + 4 <= values.Length; i += 4)
            {
                first += values[i];
                second += values[i + 1];
                third += values[i + 2];
                fourth += values[i + 3];
            }
        }

        return Vector.Sum(first + second + third + fourth);
    }

    private static double Milliseconds(Func<double> act)
    {
        var start = Stopwatch.GetTimestamp();
        if (double.IsNaN(act()))
            throw new InvalidOperationException("Nothing was computed.");
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static float[] Values(Random random) => [.. Enumerable.Range(0, Dimensions).Select(_ => (float)(random.NextDouble() - 0.5))];
}
