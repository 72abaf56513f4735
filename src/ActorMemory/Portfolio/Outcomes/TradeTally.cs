namespace ActorMemory.Portfolio;

/// <summary>Counts trades, wins and profits by a name.</summary>
internal sealed class TradeTally
{
    private readonly SortedDictionary<string, Counts> _byName = new(StringComparer.Ordinal);

    internal void Add(string name, TradeOutcome outcome)
    {
        var counts = _byName.GetValueOrDefault(name);
        Set(name, counts.Trades + 1, counts.Wins + (outcome.WasProfitable == true ? 1 : 0), counts.Pnl + (outcome.RealizedPnl ?? 0));
    }

    internal void Set(string name, long trades, long wins, double pnl) => _byName[name] = new Counts(trades, wins, pnl);

    /// <summary>The names in order, with what they count.</summary>
    internal T[] Select<T>(Func<string, long, long, double, T> select) =>
        [.. _byName.Select(pair => select(pair.Key, pair.Value.Trades, pair.Value.Wins, pair.Value.Pnl))];

    private readonly record struct Counts(long Trades, long Wins, double Pnl);
}
