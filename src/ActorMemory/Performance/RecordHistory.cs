using ActorMemory.Journal;

namespace ActorMemory.Performance;

/// <summary>
/// The records of a key as the journal holds them, page by page. An event may hold one record or thousands: the first wanted one is
/// found by bisection over the events, since record numbers ascend with them.
/// </summary>
internal sealed class RecordHistory(IJournalReader reader, PerformanceKey key)
{
    private const int PageEvents = 256;
    private const int ProbeEvents = 4;

    private readonly string _persistenceId = key.ToPersistenceId();
    private long _firstWanted;
    private long _lastWanted;
    private long _nextSequenceNumber;

    /// <summary>Goes to the event that holds record <paramref name="first"/> and returns the records from it on, up to <paramref name="last"/>.</summary>
    public async Task<IReadOnlyList<StoredRecord>> SeekAsync(long first, long last)
    {
        (_firstWanted, _lastWanted) = (first, last);
        if (first > last)
            return [];
        _nextSequenceNumber = await FindAsync(first);
        return await NextAsync();
    }

    /// <summary>The next records; empty at the end.</summary>
    public async Task<IReadOnlyList<StoredRecord>> NextAsync()
    {
        while (_firstWanted <= _lastWanted)
        {
            var events = await reader.ReadEntityAsync(_persistenceId, _nextSequenceNumber, PageEvents);
            if (events.Count == 0)
                break;
            _nextSequenceNumber = events[^1].SequenceNumber + 1;
            var page = new List<StoredRecord>();
            foreach (var journaled in events)
                AddWanted(page, journaled);
            if (page.Count == 0)
                continue;
            _firstWanted = page[^1].SequenceNumber + 1;
            return page;
        }

        return [];
    }

    private void AddWanted(List<StoredRecord> page, JournaledEvent journaled)
    {
        if (PerformanceFormat.ReadEvent(key, journaled.Manifest, journaled.Payload.Span) is not RecordsAdded added)
            return;
        for (var i = 0; i < added.Records.Length; i++)
        {
            var number = added.FirstRecordNumber + i;
            if (number >= _firstWanted && number <= _lastWanted)
                page.Add(new StoredRecord(number, new UnixNanoseconds(journaled.RecordedAt), added.Records.Span[i]));
        }
    }

    /// <summary>The sequence number of an event at or before the one that holds the record: doubling steps, then bisection.</summary>
    private async Task<long> FindAsync(long recordNumber)
    {
        long atOrBefore = 1, after = 2;
        while (await FirstRecordFromAsync(after) is { } first && first <= recordNumber)
            (atOrBefore, after) = (after, after * 2);
        while (after - atOrBefore > 1)
        {
            var middle = atOrBefore + ((after - atOrBefore) / 2);
            if (await FirstRecordFromAsync(middle) is { } first && first <= recordNumber)
                atOrBefore = middle;
            else
                after = middle;
        }

        return atOrBefore;
    }

    /// <summary>The number of the first record that was added at or after an event; null when none was.</summary>
    private async Task<long?> FirstRecordFromAsync(long sequenceNumber)
    {
        while (true)
        {
            var events = await reader.ReadEntityAsync(_persistenceId, sequenceNumber, ProbeEvents);
            foreach (var journaled in events)
            {
                if (PerformanceFormat.ReadEvent(key, journaled.Manifest, journaled.Payload.Span) is RecordsAdded { Records.IsEmpty: false } added)
                    return added.FirstRecordNumber;
            }

            if (events.Count == 0)
                return null;
            sequenceNumber = events[^1].SequenceNumber + 1;
        }
    }
}
