using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>Asks an indexer to go on to an event of the book; answered with the last one that is indexed.</summary>
internal sealed record IndexOutcomes(long UpTo, IReplyTo<long> ReplyTo);

/// <summary>
/// Follows the book of a portfolio and makes a vector of each trade. Where it stands is in the journal, behind what it has stored: after a crash it stores some
/// of it again, and so do two nodes that do it at the same time, which changes nothing.
/// </summary>
internal sealed class OutcomeIndexer(VectorStore store, TextEmbedding embedding, ReadBook readBook, PortfolioName portfolio) : Actor<IndexOutcomes>
{
    internal const int EventsAtOnce = 1024;

    private long _cursor;

    protected override async ValueTask ReceiveAsync(IndexOutcomes message)
    {
        try
        {
            await AdvanceAsync(message.UpTo);
            message.ReplyTo.Reply(_cursor);
        }
        catch (Exception cause)
        {
            message.ReplyTo.Fail(cause);
        }
    }

    /// <summary>The trades among events of a book as they are to be stored.</summary>
    internal static async Task<IReadOnlyList<NewVector>> EmbedAsync(
        IEnumerable<BookEntry> entries, TextEmbedding embedding, CancellationToken cancellationToken)
    {
        var closed = entries.Select(static entry => entry.Event).OfType<TradeClosed>().ToList();
        var records = closed.ConvertAll(OutcomeText.Of);
        var vectors = await embedding.EmbedAsync(records.ConvertAll(static record => record.Text), cancellationToken);
        return [.. records.Select((record, i) => new NewVector(record, vectors[i], closed[i].At))];
    }

    private async Task AdvanceAsync(long upTo)
    {
        if (_cursor >= upTo)
            return;
        try
        {
            var index = await store.AskIndexAsync(portfolio, embedding.Model, new GetVectorIndex(), CancellationToken.None);
            _cursor = Math.Max(_cursor, index.Cursor);
            while (_cursor < upTo && await readBook(portfolio, _cursor, EventsAtOnce, CancellationToken.None) is { Count: > 0 } entries)
                await IndexAsync(entries);
        }
        catch (PortfolioRejectedException cause)
        {
            // Who asks is answered from what is indexed; the next question tries again from here.
            Context.System.Log(
                LogLevel.Warning, Context.Self.Path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Portfolio {portfolio} is indexed up to event {_cursor} of its book, and not further: {cause.Message}"),
                cause);
        }
    }

    private async Task IndexAsync(IReadOnlyList<BookEntry> entries)
    {
        var vectors = await EmbedAsync(entries, embedding, CancellationToken.None);
        await store.StoreAsync(portfolio, embedding.Model, vectors, CancellationToken.None);
        var index = await store.AskIndexAsync(portfolio, embedding.Model, new AdvanceIndex(entries[^1].SequenceNumber), CancellationToken.None);
        _cursor = index.Cursor;
    }
}
