using ActorMemory.Performance;

namespace ActorMemory.Node.Cli;

/// <summary>
/// A small synthetic stream of records, so that a newcomer has something to ask for. Its strategies are called demo-…, and their returns
/// are drawn from normal distributions whose means differ: nothing here says anything about a market.
/// </summary>
internal sealed class DemoStream(IPerformanceMemory memory, TimeProvider time, int seed)
{
    /// <summary>How all its strategies begin.</summary>
    public const string Prefix = "demo-";

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(250);
    private static readonly string[] s_regimes = ["bull", "bear"];

    // Name, mean return in a bull and in a bear market, standard deviation.
    private static readonly (string Name, double Bull, double Bear, double Deviation)[] s_strategies =
    [
        ("demo-momentum", 0.0012, -0.0006, 0.006),
        ("demo-mean-reversion", 0.0002, 0.0008, 0.004),
        ("demo-buy-and-hold", 0.0009, -0.0010, 0.009),
    ];

    private readonly Random _random = new(seed);

    /// <summary>Adds records until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        do
        {
            // Not cancelled: an answer that nobody waits for any more would be logged as a dead letter.
            await memory.AddAsync(NextRecords(), CancellationToken.None);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private PerformanceRecord[] NextRecords()
    {
        var now = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;
        return
        [
            .. from regime in s_regimes
               from strategy in s_strategies
               select NextRecord(strategy.Name, regime, regime == "bull" ? strategy.Bull : strategy.Bear, strategy.Deviation, now),
        ];
    }

    private PerformanceRecord NextRecord(string strategy, string regime, double mean, double deviation, long now)
    {
        var result = mean + (deviation * NextNormal());
        return new PerformanceRecord
        {
            Timestamp = new UnixNanoseconds(now),
            StrategyName = strategy,
            Regime = regime,
            Horizon = "1",
            HorizonIsNumber = true,
            Generation = 0,
            ReturnValue = result,
            Drawdown = Math.Min(result, 0),
            Volatility = deviation,
            Win = result > 0,
            Prediction = Math.Sign(mean),
            MetaPrediction = 0.5,
            AllocationWeight = 1.0 / s_strategies.Length,
            EnsembleReturn = result / s_strategies.Length,
            BanditReward = result,
            MetaLabel = result > 0 ? 1 : 0,
            WfoSharpe = mean / deviation,
            RollingSharpe = 0,
            RollingSortino = 0,
            RollingDrawdown = 0,
            RollingWinRate = 0,
        };
    }

    // Box and Muller (1958).
    private double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
