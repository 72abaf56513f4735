namespace ActorMemory.Testing;

/// <summary>What trades come to for everybody: the plainest fold, beside those of the memory.</summary>
internal sealed class Standing
{
    private readonly HashSet<string> _scored = new(StringComparer.Ordinal);

    public Standing(IEnumerable<Trade> trades)
    {
        foreach (var trade in trades)
            Add(trade);
    }

    public SortedDictionary<string, Score> Providers { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Score> Regimes { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each provider's vote was scored, and was right; of several exits of a decision the first counts.</summary>
    public SortedDictionary<string, (long Scored, long Correct)> Votes { get; } = new(StringComparer.Ordinal);

    /// <summary>How many trades moved the weights.</summary>
    public int ScoredTrades => _scored.Count;

    /// <summary>Which of the trades was the last that did, from 1; 0 for none.</summary>
    public int LastScored { get; private set; }

    private int Trades { get; set; }

    private void Add(Trade trade)
    {
        Trades++;
        CountOf(Regimes, trade.Regime).Add(trade.IsWin, trade.Pnl);
        if (trade.Trend is { } trend)
            CountOf(Regimes, "trend_" + trend).Add(trade.IsWin, trade.Pnl);

        var own = CountOf(Providers, trade.Decider);
        own.Add(trade.IsWin, trade.Pnl);
        own.AddOwn(trade);
        foreach (var (provider, said, power) in trade.IsEnsemble ? trade.Votes() : [])
            CountOf(Providers, provider).Add(trade.IsWin && said == trade.Action, trade.Pnl * power);

        if (!_scored.Add(trade.DecisionId))
            return;
        LastScored = Trades;
        foreach (var (provider, said, _) in trade.Votes())
        {
            var (scored, correct) = Votes.GetValueOrDefault(provider);
            Votes[provider] = (scored + 1, correct + (said == "BUY" == trade.IsUp ? 1 : 0));
        }
    }

    private static Score CountOf(SortedDictionary<string, Score> scores, string name)
    {
        if (!scores.TryGetValue(name, out var score))
            scores.Add(name, score = new Score());
        return score;
    }

    /// <summary>Counts for a name.</summary>
    internal sealed class Score
    {
        public long Trades { get; private set; }

        public long Wins { get; private set; }

        public double Pnl { get; private set; }

        public long OwnTrades { get; private set; }

        public double OwnPnl { get; private set; }

        /// <summary>Own trades by confidence.</summary>
        public SortedDictionary<int, (long Trades, long Wins, double Pnl)> Cells { get; } = [];

        public void Add(bool isWin, double pnl) => (Trades, Wins, Pnl) = (Trades + 1, Wins + (isWin ? 1 : 0), Pnl + pnl);

        public void AddOwn(Trade trade)
        {
            (OwnTrades, OwnPnl) = (OwnTrades + 1, OwnPnl + trade.Pnl);
            var (trades, wins, pnl) = Cells.GetValueOrDefault(trade.Confidence);
            Cells[trade.Confidence] = (trades + 1, wins + (trade.IsWin ? 1 : 0), pnl + trade.Pnl);
        }
    }
}
