using System.Globalization;
using ActorMemory.Portfolio;

namespace ActorMemory.Testing;

/// <summary>
/// A decision and an exit of it that follow from a record's number, and what they come to, computed beside the memory. All amounts have few bits, so that
/// their sums are exact in whatever order they are added.
/// </summary>
/// <param name="Number">The record's number. Every third pair of numbers is two exits of one decision.</param>
internal readonly record struct Trade(int Number)
{
    private const string DecisionPrefix = "decision-";
    private const string ExitPrefix = "exit-";
    private const double Entry = 100;
    private static readonly string[] s_providers = ["ada", "bob", "cleo", "dan"];
    private static readonly DateTime s_firstExit = new(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Whether its decision may have two exits.</summary>
    public bool IsPart => Number / 2 % 3 == 0;

    /// <summary>Whether the exit brings its decision with it; otherwise the decision is recorded before.</summary>
    public bool BringsItsDecision => !IsPart && Number % 3 == 1;

    public string DecisionId => string.Create(CultureInfo.InvariantCulture, $"{DecisionPrefix}{DecisionNumber}");

    public string Action => NameOf(Bits);

    public bool IsLong => Action == NameOf(1);

    /// <summary>Who decided.</summary>
    public string Decider => IsEnsemble ? "ensemble" : s_providers[Bits % s_providers.Length];

    public bool IsEnsemble => (Bits & 6) != 0;

    public string Regime => string.Create(CultureInfo.InvariantCulture, $"market-{Bits % 3}");

    public string? Trend => (Bits & 64) == 0 ? null : "up";

    public int Confidence => 50 + (Bits % 50);

    public double Pnl => ((IsLong ? 1 : -1) * Move * Size) - (Fee ?? 0);

    public bool IsWin => Pnl > 0;

    /// <summary>Whether the price went up, as far as the trade tells.</summary>
    public bool IsUp => IsLong == IsWin;

    /// <summary>When it ends, if it says so.</summary>
    public DateTime? ExitAt => Number % 6 == 5 ? null : s_firstExit.AddSeconds(Mix((Number * 7) + 3) % 10_000);

    public TradingDecision Decision => new()
    {
        Id = DecisionId,
        AssetPair = "BTCUSD",
        Action = Action,
        Timestamp = DecisionNumber % 5 == 2 ? null : "2026-01-01T00:00:00Z",
        EntryPrice = Entry,
        RecommendedPositionSize = Size,
        FeeCost = Fee,
        AiProvider = Decider,
        Confidence = Confidence,
        MarketData = new MarketData { Regime = Regime, Technical = new TechnicalMarketData(Trend) },
        EnsembleMetadata = IsEnsemble ? Ensemble : null,
    };

    public TradeExit Exit => new()
    {
        Decision = BringsItsDecision ? Decision : null,
        DecisionId = BringsItsDecision ? null : DecisionId,
        ExitId = IsPart ? string.Create(CultureInfo.InvariantCulture, $"{ExitPrefix}{Number}") : null,
        ExitPrice = Entry + Move,
        ExitTimestamp = ExitAt?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    /// <summary>Which trade an outcome is of.</summary>
    public static Trade Of(string decisionId, string? exitId) => new(int.Parse(
        exitId is null ? decisionId[DecisionPrefix.Length..] : exitId[ExitPrefix.Length..], CultureInfo.InvariantCulture));

    /// <summary>Who voted, and how; the decider alone if there was no ensemble.</summary>
    public IReadOnlyList<(string Provider, string Said, double Power)> Votes()
    {
        if (!IsEnsemble)
            return [(Decider, Action, 0)];
        var (bits, powers) = (Bits, Powers);
        return [.. s_providers.Take(powers.Length).Select((provider, i) => (provider, NameOf(bits >> (5 + i)), powers[i]))];
    }

    private int DecisionNumber => IsPart ? Number / 2 * 2 : Number;

    private int Bits => Mix(DecisionNumber);

    private double Size => 1 + (Bits % 4);

    private double? Fee => (Bits & 32) == 0 ? null : 0.25;

    // Halves, so that no trade ends without profit or loss.
    private double Move => (Mix(Number + 1000) % 41) - 20 + 0.5;

    private bool SaysPowers => (Bits & 16) != 0;

    private double[] Powers => ((Bits & 8) == 0, SaysPowers) switch
    {
        (true, true) => [0.75, 0.25],
        (true, false) => [0.5, 0.5],
        (false, true) => [0.5, 0.25, 0.125, 0.125],
        (false, false) => [0.25, 0.25, 0.25, 0.25],
    };

    private EnsembleMetadata Ensemble
    {
        get
        {
            var votes = Votes();
            return new EnsembleMetadata
            {
                ProvidersUsed = [.. votes.Select(static vote => vote.Provider)],
                ProviderDecisions = votes.ToDictionary(static vote => vote.Provider, static vote => new ProviderOpinion(vote.Said, 60)),
                VotingPower = SaysPowers ? votes.ToDictionary(static vote => vote.Provider, static vote => vote.Power) : null,
                VotingStrategy = "weighted",
            };
        }
    }

    private static string NameOf(int bits) => (bits & 1) == 0 ? "SELL" : "BUY";

    private static int Mix(int number) => (int)((uint)number * 2654435761u >> 8);
}
