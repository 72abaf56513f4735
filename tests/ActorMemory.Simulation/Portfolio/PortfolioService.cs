using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;
using ActorMemory.Testing;
using ActorMemory.Vectors;

namespace ActorMemory.Simulation.Portfolio;

/// <summary>The portfolio memory as the clients of the simulation use it: a record is a decision and an exit of it.</summary>
internal sealed class PortfolioService(PortfolioMemory memory, IJournalStore journal, Plan plan) : IService
{
    private const int AllTrades = 100_000;
    private const int AllVectors = 256;

    /// <summary>Of so many trades one is also sent with other content, which is to be refused.</summary>
    private const int ContradictEvery = 4;

    public async Task<long[]> AddAsync(int key, SentRecord[] records, bool isOnce)
    {
        var name = PortfolioWorld.NameOf(key);
        var numbers = new long[records.Length];
        for (var index = 0; index < records.Length; index++)
            numbers[index] = await AddAsync(name, new Trade(records[index].Number));
        return numbers;
    }

    public Task PostAsync(int key, SentRecord[] records) => throw new NotSupportedException("The memory has no queue here.");

    public Task<IReadOnlyList<(int Index, Exception Cause)>> ImportAsync(ImportRequest request) => throw NotATask();

    public async Task<KeySight[]> ReadAsync(ReadRequest request)
    {
        var name = PortfolioWorld.NameOf(request.Key);
        return request.Kind switch
        {
            ReadKind.Rolling => [await ReadKnownAsync(request.Key, name)],
            ReadKind.Latest => [await ReadFollowersAsync(request.Key, name)],
            ReadKind.History => [Sight(request.Key, await memory.GetOutcomesAsync(name, OutcomeFilter.All, AllTrades, CancellationToken.None), null)],
            ReadKind.Everything => [await ReadEverythingAsync(request.Key, name)],
            _ => await ReadAllAsync(),
        };
    }

    public Task PruneAsync(int keep) => throw NotATask();

    public Task NoteImportAsync(int source, int lines) => throw NotATask();

    public Task<(int PruningRuns, int[] Sources)> SummarizeAsync() => Task.FromResult((0, Array.Empty<int>()));

    public Task StopAsync() => memory.StopAsync();

    private async Task<long> AddAsync(PortfolioName name, Trade trade)
    {
        try
        {
            if (!trade.BringsItsDecision)
                await memory.RecordDecisionAsync(name, trade.Decision, CancellationToken.None);
            var receipt = await memory.RecordOutcomeAsync(name, trade.Exit, CancellationToken.None);
            Require.That(
                receipt.Outcome.RealizedPnl == trade.Pnl, Promise.TrueReads,
                () => $"trade {trade.Number} was acknowledged with a profit of {receipt.Outcome.RealizedPnl}; it is {trade.Pnl}");
            if (trade.Number % ContradictEvery == 0)
                await ContradictAsync(name, trade);
            return receipt.Number;
        }
        catch (PortfolioRejectedException refused)
        {
            throw new ViolationException(Promise.Durable, $"trade {trade.Number} was refused ({refused.Error}): {refused.Message}");
        }
    }

    /// <summary>The same ids with other content: nothing may come of it.</summary>
    private async Task ContradictAsync(PortfolioName name, Trade trade)
    {
        try
        {
            var exit = trade.Exit;
            await memory.RecordOutcomeAsync(name, exit with { ExitPrice = exit.ExitPrice + 1 }, CancellationToken.None);
        }
        catch (PortfolioRejectedException refused) when (refused.Error == PortfolioError.Conflict)
        {
            return;
        }
        catch (Exception cause) when (cause is JournalException or TimeoutException or ActorTerminatedException or EntityFailedException)
        {
            // Nobody knows: what is stored in the end tells.
            return;
        }

        throw new ViolationException(Promise.Refused, $"trade {trade.Number} was taken a second time, with other content");
    }

    private async Task<KeySight> ReadKnownAsync(int key, PortfolioName name)
    {
        var known = memory.AsOf(KnownMoment.At(new UnixNanoseconds(long.MaxValue)));
        var outcomes = await known.GetOutcomesAsync(name, OutcomeFilter.All, AllTrades, CancellationToken.None);
        return Sight(key, outcomes, await AskAsync(known, name));
    }

    /// <summary>Whoever follows the book has taken everything that the book had when it was asked, once.</summary>
    private async Task<KeySight> ReadFollowersAsync(int key, PortfolioName name)
    {
        var before = TradesIn(await memory.GetRegimesAsync(name, CancellationToken.None));
        var providers = await memory.GetProvidersAsync(name, CancellationToken.None);
        var regret = await memory.GetWeightRegretAsync(name, CancellationToken.None);
        var regimes = await memory.GetRegimesAsync(name, CancellationToken.None);
        var (own, after) = (providers.Sum(static provider => provider.OwnTrades), TradesIn(regimes));
        Require.That(
            own >= before && own <= after && regret.Decisions <= after, Promise.FreshReads,
            () => $"portfolio {key} had {before} trades, and {after} a little later; {own} were scored for those who decided, {regret.Decisions} for the weights");
        return Sight(key, regimes);
    }

    private async Task<KeySight[]> ReadAllAsync()
    {
        var sights = new KeySight[plan.Keys];
        for (var key = 0; key < sights.Length; key++)
            sights[key] = Sight(key, await memory.GetRegimesAsync(PortfolioWorld.NameOf(key), CancellationToken.None));
        var names = await memory.GetPortfoliosAsync(CancellationToken.None);
        foreach (var sight in sights)
        {
            Require.That(
                sight.Total == 0 || names.Contains(PortfolioWorld.NameOf(sight.Key)), Promise.FreshReads,
                () => $"portfolio {sight.Key} has {sight.Total} trades, but is not among the portfolios");
        }

        return sights;
    }

    /// <summary>Everything, now and as it was known in the middle of the journal; right only while nobody writes.</summary>
    private async Task<KeySight> ReadEverythingAsync(int key, PortfolioName name)
    {
        var middle = (await journal.GetInfoAsync()).Events / 2;
        var past = await AskAsync(memory.AsOf(KnownMoment.AtOrdering(middle)), name);
        var now = await AskAsync(memory, name);
        var similar = await memory.FindSimilarAsync(name, new SimilarQuery("a trade of BTCUSD", Count: AllVectors), CancellationToken.None);
        var outcomes = await memory.GetOutcomesAsync(name, OutcomeFilter.All, AllTrades, CancellationToken.None);
        return Sight(key, outcomes, now with { Similar = similar, Past = (middle, past) });
    }

    private async Task<PortfolioSight> AskAsync(IPortfolioReader reader, PortfolioName name) => new()
    {
        BufferSize = plan.MaxRecordsPerKey,
        Regimes = await reader.GetRegimesAsync(name, CancellationToken.None),
        Latest = await reader.GetOutcomesAsync(name, OutcomeFilter.All, plan.MaxRecordsPerKey, CancellationToken.None),
        Analysis = await reader.AnalyzeAsync(name, null, CancellationToken.None),
        Providers = await reader.GetProvidersAsync(name, CancellationToken.None),
        Weights = await reader.GetWeightsAsync(name, WeightRule.Evidence, CancellationToken.None),
        Regret = await reader.GetWeightRegretAsync(name, CancellationToken.None),
    };

    /// <summary>The regimes are of one moment, and each trade has one that the market detected.</summary>
    private KeySight Sight(int key, IReadOnlyList<RegimeStatistics> regimes) =>
        new(key, (int)TradesIn(regimes), [], 0) { Details = new PortfolioSight { BufferSize = plan.MaxRecordsPerKey, Regimes = regimes } };

    private static KeySight Sight(int key, IReadOnlyList<StoredOutcome> outcomes, PortfolioSight? details) =>
        new(key, outcomes.Count, [.. outcomes.OrderBy(static stored => stored.Number).Select(static stored => Trade.Of(stored.Outcome.DecisionId, stored.Outcome.ExitId).Number)]) { Details = details };

    private static long TradesIn(IReadOnlyList<RegimeStatistics> regimes) =>
        regimes.Where(static regime => regime.Regime.StartsWith("market-", StringComparison.Ordinal)).Sum(static regime => regime.TotalTrades);

    private static NotSupportedException NotATask() => new("A portfolio does not import or prune.");
}
