using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>Decisions and trades for books.</summary>
internal static class BookSamples
{
    internal const ActionWords Buy = ActionWords.Answered | ActionWords.Long | ActionWords.Bullish;
    internal const ActionWords Sell = ActionWords.Answered | ActionWords.Short | ActionWords.Bearish;

    /// <summary>An ensemble's decision: each says BUY, SELL, HOLD, or nothing at all.</summary>
    internal static TradingDecision Decision(string id, string action, params (string Provider, string? Says)[] opinions) => new()
    {
        Id = id,
        Action = action,
        AiProvider = "ensemble",
        EnsembleMetadata = new EnsembleMetadata
        {
            ProvidersUsed = [.. opinions.Where(static opinion => opinion.Says is not null).Select(static opinion => opinion.Provider)],
            ProvidersFailed = [.. opinions.Where(static opinion => opinion.Says is null).Select(static opinion => opinion.Provider)],
            ProviderDecisions = opinions.Where(static opinion => opinion.Says is not null)
                .ToDictionary(static opinion => opinion.Provider, static opinion => new ProviderOpinion(opinion.Says, 60)),
        },
    };

    internal static DecisionMade Made(TradingDecision decision, long at = 1) => new(1, new UnixNanoseconds(at), decision);

    /// <summary>The end of a decision's trade.</summary>
    internal static TradeClosed Closed(TradingDecision decision, double? pnl, string? exitId = null, long at = 2, bool isDecisionKnown = true)
    {
        var outcome = new TradeOutcome
        {
            DecisionId = decision.Id ?? "",
            AssetPair = "BTCUSD",
            Action = decision.Action ?? "HOLD",
            EntryTimestamp = "2025-01-01T00:00:00Z",
            RealizedPnl = pnl,
            PnlPercentage = pnl / 10,
            WasProfitable = pnl > 0,
            AiProvider = decision.AiProvider,
            EnsembleProviders = decision.EnsembleMetadata?.ProvidersUsed,
            DecisionConfidence = 70,
            ExitId = exitId,
        };
        return new TradeClosed(1, new UnixNanoseconds(at), outcome, default, isDecisionKnown ? decision : null, 0);
    }

    internal static BookFold Fold(long cursor, BookEvent @event) => BookFold.Of(new BookEntry(cursor, @event));

    private static string? Says(Random random) => random.Next(6) switch { 0 => null, 1 => "HOLD", 2 or 3 => "SELL", _ => "BUY" };

    /// <summary>A book of so many trades, some of which end late, some in parts, and some without that their decision was told.</summary>
    internal static List<BookEvent> RandomBook(Random random, int trades, int providers = 5)
    {
        var book = new List<BookEvent>();
        var open = new List<TradingDecision>();
        for (var i = 0; i < trades; i++)
        {
            (string, string?)[] opinions = [.. Enumerable.Range(0, providers).Select(k => ($"p{k}", Says(random)))];
            var decision = Decision($"d{i}", random.Next(2) == 0 ? "BUY" : "SELL", opinions);
            if (random.Next(10) == 0)
                decision = new TradingDecision { Id = $"d{i}", Action = "BUY", AiProvider = $"p{random.Next(providers)}", Confidence = 80 };
            if (random.Next(4) > 0)
                book.Add(Made(decision, i));
            open.Add(decision);
            while (open.Count > 0 && random.Next(3) > 0)
            {
                var ended = open[random.Next(open.Count)];
                var isPart = random.Next(5) == 0;
                book.Add(Closed(ended, random.Next(10) == 0 ? null : random.Next(-50, 60), isPart ? $"part {book.Count}" : null, i, random.Next(10) > 0));
                if (!isPart)
                    open.Remove(ended);
            }
        }

        return book;
    }
}
