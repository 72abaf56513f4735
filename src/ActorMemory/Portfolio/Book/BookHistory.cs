using ActorMemory.Journal;

namespace ActorMemory.Portfolio;

/// <summary>Reads a portfolio's book on from an event, out of the journal: what follows the book, follows this.</summary>
/// <param name="journal">The journal.</param>
/// <param name="upTo">The place in the journal after which nothing is known any more; everything is known by default.</param>
internal sealed class BookHistory(IJournalReader journal, long upTo = long.MaxValue)
{
    /// <inheritdoc cref="ReadBook"/>
    public async Task<IReadOnlyList<BookEntry>> ReadAsync(PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var page = await journal.ReadEntityAsync(BookBehavior.PersistenceId(portfolio), after + 1, limit);
        var entries = new List<BookEntry>(page.Count);
        foreach (var journaled in page)
        {
            if (journaled.Ordering <= upTo)
                entries.Add(new BookEntry(journaled.SequenceNumber, BookFormat.ReadEvent(journaled.Manifest, journaled.Payload.Span)));
        }

        return entries;
    }
}
