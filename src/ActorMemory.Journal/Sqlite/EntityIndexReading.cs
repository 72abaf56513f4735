namespace ActorMemory.Journal;

/// <summary>
/// Finds the events of an entity in a journal that another process may be writing: the written index, and behind its head the newest
/// events, whose places are gathered once and added to. Used by one thread, inside a transaction.
/// </summary>
internal sealed class EntityIndexReading : IDisposable
{
    private readonly SequenceRuns _runs;
    private readonly SqliteStatement _id, _head, _tailRows;
    private readonly Dictionary<long, List<long>> _tail = [];
    private long _headOrdering = -1;
    private long _tailEnd;
    private long[] _sequenceNumbers = [];

    public EntityIndexReading(SqliteDatabase database)
    {
        _runs = new SequenceRuns(database);
        _id = database.Prepare("SELECT id FROM entity WHERE persistence_id = ?");
        _head = database.Prepare("SELECT ordering, sequence_numbers FROM index_head WHERE id = 1");
        _tailRows = database.Prepare("SELECT ordering, entity FROM journal WHERE ordering > ? ORDER BY ordering");
    }

    /// <summary>The orderings of an entity's events from a sequence number on, at most so many; null when there is no such entity.</summary>
    public List<long>? Find(string persistenceId, long fromSequenceNumber, int limit)
    {
        _id.Bind(1, persistenceId);
        long? id = _id.Step() ? _id.Long(0) : null;
        _id.Reset();
        if (id is not { } entity)
            return null;
        ReadHead();
        var orderings = new List<long>();
        var after = Math.Max(0, fromSequenceNumber - 1);
        var indexed = entity <= _sequenceNumbers.Length ? _sequenceNumbers[entity - 1] : 0;
        if (after < indexed)
            _runs.Collect((int)entity, after, indexed, limit, orderings);
        if (orderings.Count >= limit)
            return orderings;
        ReadTail();
        if (_tail.TryGetValue(entity, out var tail))
            orderings.AddRange(tail.Skip((int)Math.Clamp(after - indexed, 0, tail.Count)).Take(limit - orderings.Count));
        return orderings;
    }

    public void Dispose()
    {
        _runs.Dispose();
        _id.Dispose();
        _head.Dispose();
        _tailRows.Dispose();
    }

    private void ReadHead()
    {
        var found = _head.Step();
        var ordering = found ? _head.Long(0) : 0;
        if (ordering != _headOrdering)
        {
            _sequenceNumbers = found ? OrderingRun.ReadAll(_head.Bytes(1)) : [];
            _headOrdering = ordering;
            _tailEnd = ordering;
            _tail.Clear();
        }

        _head.Reset();
    }

    private void ReadTail()
    {
        _tailRows.Bind(1, _tailEnd);
        while (_tailRows.Step())
        {
            _tailEnd = _tailRows.Long(0);
            var entity = _tailRows.Long(1);
            if (!_tail.TryGetValue(entity, out var orderings))
                _tail.Add(entity, orderings = []);
            orderings.Add(_tailEnd);
        }

        _tailRows.Reset();
    }
}
