namespace ActorMemory.Journal;

/// <summary>The written index: where the events of an entity lie, in sorted runs. Used by one thread.</summary>
internal sealed class SequenceRuns(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _runs = database.Prepare(
        """
        SELECT first_sequence_number, last_sequence_number, orderings FROM sequence_run
        WHERE entity = ? AND last_sequence_number > ? AND first_sequence_number <= ? ORDER BY first_sequence_number
        """);

    /// <summary>
    /// Adds the orderings of an entity's events after one sequence number up to another, from the written index; stops early once
    /// there are <paramref name="limit"/>.
    /// </summary>
    public void Collect(int entity, long after, long upTo, int limit, List<long> orderings)
    {
        var expected = -1L;
        _runs.Bind(1, entity).Bind(2, after).Bind(3, upTo);
        try
        {
            while (orderings.Count < limit && after < upTo && _runs.Step())
            {
                var first = _runs.Long(0);
                if (expected >= 0 && first != expected)
                    break;
                expected = _runs.Long(1) + 1;
                after = Decode(_runs.Bytes(2), first, expected - 1, after, limit, orderings);
            }
        }
        finally
        {
            _runs.Reset();
        }

        if (after < upTo && orderings.Count < limit)
            throw SqliteErrors.Corrupted(database.Path, $"The index of entity {entity} does not lead to its events after {after}.");
    }

    public void Dispose() => _runs.Dispose();

    private long Decode(ReadOnlySpan<byte> bytes, long first, long last, long after, int limit, List<long> orderings)
    {
        long ordering = 0;
        for (var sequenceNumber = first; sequenceNumber <= last; sequenceNumber++)
        {
            if (!OrderingRun.TryRead(ref bytes, out var difference))
                throw SqliteErrors.Corrupted(database.Path, $"A run of the index that starts at sequence number {first} is too short.");
            ordering += (long)difference;
            if (sequenceNumber != after + 1 || orderings.Count >= limit)
                continue;
            orderings.Add(ordering);
            after++;
        }

        return after;
    }
}
