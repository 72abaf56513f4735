namespace ActorMemory.Performance;

/// <summary>What happened to a performance key.</summary>
public abstract record PerformanceEvent
{
    private protected PerformanceEvent()
    {
    }
}

/// <summary>
/// Records were added. An event without records says only that lines of a file were found to be repetitions.
/// </summary>
/// <param name="FirstRecordNumber">
/// The number of the first record. The records of a key are numbered from 1 in the order in which they were added, without gaps; a
/// number is never used again.
/// </param>
/// <param name="Records">The records, in order; all of the entity's key.</param>
/// <param name="RetainFrom">
/// The number of the oldest record that is retained from now on. It was decided when the event happened, so a replay does not depend
/// on today's configuration.
/// </param>
/// <param name="Import">How far the import of a file has come with this event, if the records come from one.</param>
public sealed record RecordsAdded(
    long FirstRecordNumber, ReadOnlyMemory<PerformanceRecord> Records, long RetainFrom, ImportMark? Import) : PerformanceEvent
{
    /// <summary>
    /// The second since 1970-01-01T00:00:00Z in which they were added: their ids are remembered for a minute. 0 in events that were written before
    /// this was, and in those of imports, which remember lines.
    /// </summary>
    public long Second { get; init; }
}

/// <summary>Old records are no longer retained.</summary>
/// <param name="RetainFrom">The number of the oldest record that is retained from now on.</param>
public sealed record RecordsPruned(long RetainFrom) : PerformanceEvent;

/// <summary>How far the import of a file has come for a key: its lines up to this one are in.</summary>
/// <param name="Source">The identity of the file's content.</param>
/// <param name="Line">The highest line number seen, from 1.</param>
public readonly record struct ImportMark(UInt128 Source, long Line);
