namespace ActorMemory.Journal;

/// <summary>The last sequence number of every entity on a walk through the journal: 1, 2, 3, … without holes.</summary>
internal sealed class EntitySequences
{
    private readonly Dictionary<string, (long Number, long Ordering)> _last = new(StringComparer.Ordinal);

    // Events that are known to be missing or unreadable and whose entity is not known: each explains a hole of one.
    private long _lost;

    public int Count => _last.Count;

    public bool IsNext(StoredRow row) => row.SequenceNumber == _last.GetValueOrDefault(row.PersistenceId).Number + 1;

    public void Lost(long events) => _lost += events;

    /// <summary>A row that is not to be trusted: what it says about itself counts only when it fits, and may be another's place all the same.</summary>
    public void TakeDoubtful(StoredRow row)
    {
        _lost++;
        if (row.PersistenceId.Length > 0 && IsNext(row))
            _last[row.PersistenceId] = (row.SequenceNumber, row.Ordering);
    }

    /// <summary>Takes the next event of an entity; says why it is not the next one, and from which ordering on something was changed.</summary>
    public (FindingKind Kind, long FirstOrdering, string Message)? Take(StoredRow row)
    {
        ref var last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_last, row.PersistenceId, out _);
        var hole = row.SequenceNumber - last.Number - 1;
        var previous = last;
        last = (row.SequenceNumber, row.Ordering);
        if (hole == 0)
            return null;
        if (hole > 0 && hole <= _lost)
        {
            _lost -= hole;
            return null;
        }

        return hole > 0
            ? (FindingKind.Removed, previous.Ordering + 1, FormattableString.Invariant($"follows number {previous.Number} at event {previous.Ordering}: what was between them was removed, or comes later"))
            : (FindingKind.Reordered, previous.Ordering, FormattableString.Invariant($"comes after number {previous.Number} at event {previous.Ordering}: one of them was inserted or moved"));
    }
}
