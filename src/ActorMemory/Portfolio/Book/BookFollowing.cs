namespace ActorMemory.Portfolio;

/// <summary>
/// Lets those who follow the books go on soon after something happened, without anybody waiting for it: of many events of a portfolio one turn takes all.
/// What goes wrong goes on with the next event or question.
/// </summary>
/// <param name="catchUp">Takes a book up to an event.</param>
internal sealed class BookFollowing(Func<PortfolioName, long, Task> catchUp)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PortfolioName, long> _wanted = [];

    /// <summary>A book has come to this event.</summary>
    internal void Follow(PortfolioName portfolio, long sequenceNumber)
    {
        lock (_gate)
        {
            var isUnderWay = _wanted.TryGetValue(portfolio, out var wanted);
            _wanted[portfolio] = Math.Max(wanted, sequenceNumber);
            if (isUnderWay)
                return;
        }

        _ = FollowAsync(portfolio);
    }

    private async Task FollowAsync(PortfolioName portfolio)
    {
        for (var reached = 0L; TryNext(portfolio, reached, out var wanted); reached = wanted)
        {
            try
            {
                await catchUp(portfolio, wanted);
            }
            catch (Exception)
            {
                // Whoever asks next is told, if it still goes wrong then.
            }
        }
    }

    private bool TryNext(PortfolioName portfolio, long reached, out long wanted)
    {
        lock (_gate)
        {
            wanted = _wanted[portfolio];
            return wanted > reached || !_wanted.Remove(portfolio);
        }
    }
}
