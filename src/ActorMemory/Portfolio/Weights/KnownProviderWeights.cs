using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;

namespace ActorMemory.Portfolio;

/// <summary>
/// The providers and weights as they were known at a moment. What the book had by then and they had not taken yet is taken in memory, by the same rules.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="shardCount">The number of its shards.</param>
/// <param name="cut">The moment.</param>
/// <param name="readBook">Reads the books up to the same moment, and no further.</param>
internal sealed class KnownProviderWeights(IJournalStore journal, int shardCount, KnownCut cut, ReadBook readBook) : WeightsReader
{
    private const int PageSize = 500;

    private readonly KnownEntities<WeightsState, WeightsCommand, BookTaken> _weights =
        new(journal, shardCount, cut, new WeightsBehavior(), new WeightsFormat());

    private readonly KnownEntities<ProviderState, ProviderCommand, ProviderScored> _providers =
        new(journal, shardCount, cut, new ProviderBehavior(), new ProviderFormat());

    private protected override async Task<object> AskWeightsAsync(PortfolioName portfolio, WeightsCommand query, CancellationToken cancellationToken)
    {
        var entity = await _weights.ReplayAsync(WeightsBehavior.PersistenceId(portfolio), cancellationToken);
        var state = entity.State;
        for (var page = await PageAsync(); page.Count > 0; page = await PageAsync())
        {
            foreach (var entry in page)
                state.Apply(WeightsFolding.Take(state, BookFold.Of(entry)));
        }

        return _weights.Answer(entity, query);

        Task<IReadOnlyList<BookEntry>> PageAsync() => readBook(portfolio, state.Cursor, PageSize, cancellationToken);
    }

    private protected override async Task<object> AskProviderAsync(
        PortfolioName portfolio, string provider, ProviderCommand query, CancellationToken cancellationToken)
    {
        var entity = await _providers.ReplayAsync(ProviderBehavior.PersistenceId(portfolio, provider), cancellationToken);
        var state = entity.State;

        // What the provider was told last is the last that counts; whatever the book has after it was not told yet.
        var cursor = state.Cursor;
        for (var page = await PageAsync(); page.Count > 0; page = await PageAsync())
        {
            cursor = page[^1].SequenceNumber;
            if (ProviderScores.Of(page).TryGetValue(provider, out var scores))
                state.Apply(ProviderScoring.Score(state, scores));
        }

        return _providers.Answer(entity, query);

        Task<IReadOnlyList<BookEntry>> PageAsync() => readBook(portfolio, cursor, PageSize, cancellationToken);
    }
}
