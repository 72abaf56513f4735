using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Vectors;

namespace ActorMemory.Portfolio;

/// <summary>The portfolio memory as it was known at a moment, from the journal alone.</summary>
internal sealed class KnownPortfolio : PortfolioReader
{
    private readonly KnownCut _cut;
    private readonly IJournalStore _journal;
    private readonly KnownEntities<BookState, BookCommand, BookEvent> _books;
    private readonly KnownProviderWeights _weights;
    private readonly KnownVectorMemory _vectors;

    public KnownPortfolio(IJournalStore journal, int shardCount, KnownMoment moment, VectorMemory vectors)
    {
        _cut = new KnownCut(journal, moment);
        _journal = journal;
        _books = new(journal, shardCount, _cut, new BookBehavior(), new BookFormat());
        _weights = new KnownProviderWeights(journal, shardCount, _cut, ReadBookAsync);
        _vectors = vectors.AsOf(_cut, ReadBookAsync);
    }

    public override Task<IReadOnlyList<SimilarRecord>> FindSimilarAsync(
        PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken = default) =>
        _vectors.FindAsync(portfolio, query, cancellationToken);

    private protected override Task<object> AskBookAsync(PortfolioName portfolio, BookCommand query, CancellationToken cancellationToken) =>
        _books.AskAsync(BookBehavior.PersistenceId(portfolio), query, cancellationToken);

    private protected override Task<IReadOnlyList<EntityReply>> AskBooksAsync(BookCommand query, CancellationToken cancellationToken) =>
        _books.AskAllAsync(BookBehavior.IsBook, query, cancellationToken);

    private protected override async Task<IReadOnlyList<BookEntry>> ReadBookAsync(
        PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken) =>
        await new BookHistory(_journal, await _cut.OrderingAsync()).ReadAsync(portfolio, after, limit, cancellationToken);

    private protected override Task<WeightsReader> WeightsAsync(PortfolioName portfolio, long? upTo, CancellationToken cancellationToken) =>
        Task.FromResult<WeightsReader>(_weights);

    private protected override async ValueTask<UnixNanoseconds> NowAsync() => await _cut.TimeAsync();
}
