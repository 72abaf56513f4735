using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>What a portfolio's book has in memory.</summary>
internal sealed class BookState
{
    /// <summary>How many snapshots are kept.</summary>
    internal const int KeptSnapshots = 100;

    /// <summary>How many of the latest decisions are kept; older ones are in the journal.</summary>
    internal const int KeptDecisions = 4096;

    private readonly Dictionary<string, StoredDecision> _decisions = new(StringComparer.Ordinal);
    private readonly Queue<string> _decisionOrder = new();
    private readonly List<StoredOutcome> _outcomes = [];
    private readonly Queue<StoredSnapshot> _snapshots = new();

    /// <summary>The number of the latest decision.</summary>
    public long Decisions { get; private set; }

    /// <summary>The number of the latest outcome.</summary>
    public long Outcomes { get; private set; }

    /// <summary>The number of the latest snapshot.</summary>
    public long Snapshots { get; private set; }

    /// <summary>All ids that were ever recorded.</summary>
    public KnownContents Known { get; } = new();

    /// <summary>How trades did by regime.</summary>
    public required RegimeTally Regimes { get; init; }

    /// <summary>How trades did by voting strategy.</summary>
    public required StrategyTally Strategies { get; init; }

    /// <summary>How vetoes did.</summary>
    public required VetoTally Vetoes { get; init; }

    /// <summary>The latest outcomes by exit, at most the size of the buffer, in that order.</summary>
    public IReadOnlyList<StoredOutcome> Buffer => _outcomes;

    /// <summary>The latest decisions, in the order in which they were made.</summary>
    public IEnumerable<StoredDecision> RecentDecisions => _decisionOrder.Select(id => _decisions[id]);

    /// <summary>The latest snapshots, oldest first.</summary>
    public IEnumerable<StoredSnapshot> RecentSnapshots => _snapshots;

    /// <summary>The state of a book in which nothing has happened yet.</summary>
    public static BookState Empty() => new() { Regimes = new RegimeTally(), Strategies = new StrategyTally(), Vetoes = new VetoTally() };

    /// <summary>The fingerprint of the id of a decision.</summary>
    public static UInt128 DecisionKey(string id) => KnownContents.IdOf("decision", id);

    /// <summary>The fingerprint of the id of an outcome: several exits of one decision are several outcomes.</summary>
    public static UInt128 OutcomeKey(string decisionId, string? exitId) => KnownContents.IdOf("outcome", decisionId, exitId);

    /// <summary>A decision of the latest; null if there is none of this id.</summary>
    public StoredDecision? FindDecision(string id) => _decisions.GetValueOrDefault(id);

    /// <summary>An outcome in the buffer; null if it is not there.</summary>
    public StoredOutcome? FindOutcome(long number) => _outcomes.Find(stored => stored.Number == number);

    public void Add(StoredDecision stored)
    {
        Decisions = stored.Number;
        if (stored.Decision.Id is not { } id || !_decisions.TryAdd(id, stored))
            return;

        _decisionOrder.Enqueue(id);
        if (_decisionOrder.Count > KeptDecisions)
            _decisions.Remove(_decisionOrder.Dequeue());
    }

    public void Add(StoredOutcome stored, int bufferSize)
    {
        Outcomes = Math.Max(Outcomes, stored.Number);
        var place = _outcomes.Count;
        while (place > 0 && Compare(_outcomes[place - 1], stored) > 0)
            place--;

        _outcomes.Insert(place, stored);
        if (_outcomes.Count > bufferSize)
            _outcomes.RemoveRange(0, _outcomes.Count - bufferSize);
    }

    public void Add(StoredSnapshot stored)
    {
        Snapshots = stored.Number;
        _snapshots.Enqueue(stored);
        if (_snapshots.Count > KeptSnapshots)
            _snapshots.Dequeue();
    }

    /// <summary>Goes on counting after what a snapshot of the state says, whose lists may not reach back so far.</summary>
    public void Count(long decisions, long outcomes, long snapshots) => (Decisions, Outcomes, Snapshots) = (decisions, outcomes, snapshots);

    /// <summary>The outcome that an event tells of.</summary>
    public static StoredOutcome StoredOf(TradeClosed closed) =>
        new(closed.Number, closed.At, closed.ExitAt, closed.Outcome, closed.Decision?.MarketData?.Regime);

    /// <summary>The order of exits; of trades that ended at the same time, the order in which they were recorded.</summary>
    public static int Compare(StoredOutcome left, StoredOutcome right) =>
        left.ExitAt.CompareTo(right.ExitAt) is var byTime and not 0 ? byTime : left.Number.CompareTo(right.Number);
}
