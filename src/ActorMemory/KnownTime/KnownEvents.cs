using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.KnownTime;

/// <summary>The events of an entity up to a cut, page by page.</summary>
internal sealed class KnownEvents(IJournalReader reader, string persistenceId, long upTo)
{
    // A small first page, because many entities have few events or none by then.
    private const int FirstPage = 16;
    private const int LargestPage = 1024;

    private int _limit = FirstPage;
    private long _next = 1;
    private bool _isAtEnd;

    /// <summary>The next events; empty at the end.</summary>
    /// <exception cref="JournalException">They cannot be read.</exception>
    public async Task<IReadOnlyList<JournaledEvent>> NextAsync()
    {
        if (_isAtEnd)
            return [];
        var page = await reader.ReadEntityAsync(persistenceId, _next, _limit);
        if (page.Count > 0 && page[0].SequenceNumber != _next)
        {
            throw new JournalException(
                JournalError.Corrupted, WriteOutcome.NotWritten,
                $"The journal gave event {page[0].SequenceNumber} of {persistenceId} where {_next} is next: what was known cannot be replayed without those between.");
        }

        var known = 0;
        while (known < page.Count && page[known].Ordering <= upTo)
            known++;
        _isAtEnd = known < page.Count || page.Count == 0;
        _next += known;
        _limit = Math.Min(_limit * 8, LargestPage);
        return known == page.Count ? page : [.. page.Take(known)];
    }
}
