using ActorMemory.Performance;

namespace ActorMemory.Benchmarks;

/// <summary>Records as a platform would send them: random walks of many strategies, from one seed.</summary>
internal static class Records
{
    public const int Keys = 12_000;

    public static PerformanceKey Key(int index) =>
        new($"strategy-{index / 20 % 600:000}:asset", "bull bear sideways volatile".Split(' ')[index % 4], (index / 4 % 5 * 12).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static PerformanceRecord Make(Random random, in PerformanceKey key, long number)
    {
        var value = ((random.NextDouble() + random.NextDouble()) - 0.98) * 0.02;
        return new PerformanceRecord
        {
            RecordId = RecordId.CreateVersion7(
                1_763_000_000_000 + number, new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())),
            Timestamp = new UnixNanoseconds(1_763_000_000_000_000_000 + (number * 60_000_000_000)),
            StrategyName = key.Strategy,
            Regime = key.Regime,
            Horizon = key.Horizon,
            HorizonIsNumber = true,
            Generation = number / 1000,
            ReturnValue = value,
            Drawdown = Math.Min(0, value),
            Volatility = 0.012,
            Win = value > 0,
            Prediction = Math.Sign(value),
            MetaPrediction = random.NextDouble(),
            AllocationWeight = 0.2,
            EnsembleReturn = value * 0.6,
            BanditReward = value,
            MetaLabel = value > 0 ? 1 : 0,
            WfoSharpe = 0.7,
            RollingSharpe = 0.5,
            RollingSortino = 0.8,
            RollingDrawdown = -0.03,
            RollingWinRate = 0.52,
        };
    }
}
