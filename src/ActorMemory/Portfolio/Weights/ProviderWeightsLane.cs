using ActorMemory.Actors;

namespace ActorMemory.Portfolio;

/// <summary>Lets the providers and the weights of portfolios follow their books, a page of one book at a time; portfolios take turns.</summary>
internal sealed class ProviderWeightsLane(ShardRegion<ProviderCommand> providers, ShardRegion<WeightsCommand> weights, ReadBook readBook)
    : Actor<CatchUp>
{
    private const int PageSize = 500;
    private const int Parallelism = 32;

    protected override async ValueTask ReceiveAsync(CatchUp message)
    {
        try
        {
            var cursor = message.From ?? await CursorAsync(message.Portfolio);
            while (cursor < message.UpTo)
            {
                var page = await readBook(message.Portfolio, cursor, PageSize, CancellationToken.None);
                if (page.Count == 0)
                    break;
                cursor = await TakeAsync(message.Portfolio, cursor, page);

                // Others get their turn, unless there is no room to wait for the next one.
                if (cursor < message.UpTo && Context.Self.TryTell(message with { From = cursor }))
                    return;
            }

            message.ReplyTo.Reply(cursor);
        }
        catch (Exception cause)
        {
            // Nothing is lost: the next one goes on where the weights are.
            message.ReplyTo.Fail(cause);
        }
    }

    /// <summary>
    /// First the providers, then the weights: their cursor says that everything before it is done, so what was done half is done again, and providers count
    /// no event twice.
    /// </summary>
    private async Task<long> TakeAsync(PortfolioName portfolio, long cursor, IReadOnlyList<BookEntry> page)
    {
        await ScoreAsync(portfolio, page);
        var reply = await weights.AskAsync(WeightsBehavior.PersistenceId(portfolio), new FoldBook(cursor, [.. page.Select(BookFold.Of)]));
        if (reply is not BookFolded folded)
            return ((FoldRefused)reply).Cursor;

        foreach (var set in folded.Published)
            Context.System.EventStream.Publish(new WeightsPublished(portfolio, set));
        return folded.Cursor;
    }

    private async Task ScoreAsync(PortfolioName portfolio, IReadOnlyList<BookEntry> page)
    {
        var pending = new Queue<Task>();
        foreach (var (provider, scores) in ProviderScores.Of(page))
        {
            if (pending.Count >= Parallelism)
                await pending.Dequeue();
            pending.Enqueue(providers.AskAsync(ProviderBehavior.PersistenceId(portfolio, provider), new ScoreProvider(scores)));
        }

        // All are awaited, also after one has failed, so that nothing of this turn is on its way when the next begins.
        Exception? failure = null;
        while (pending.TryDequeue(out var score))
        {
            try
            {
                await score;
            }
            catch (Exception cause)
            {
                failure ??= cause;
            }
        }

        if (failure is not null)
            throw failure;
    }

    private async Task<long> CursorAsync(PortfolioName portfolio) =>
        (await weights.AskAsync<WeightsProgress>(WeightsBehavior.PersistenceId(portfolio), new GetWeightsProgress())).Cursor;
}

/// <summary>Lets a portfolio follow its book.</summary>
/// <param name="Portfolio">Which.</param>
/// <param name="UpTo">The event of the book that is to be taken at least, if it is there.</param>
/// <param name="From">The last event that is known to be taken; null if nobody knows.</param>
/// <param name="ReplyTo">Gets the number of the last event that is taken.</param>
internal sealed record CatchUp(PortfolioName Portfolio, long UpTo, long? From, IReplyTo<long> ReplyTo) : IExpectReply
{
    public void Fail(Exception cause) => ReplyTo.Fail(cause);
}
