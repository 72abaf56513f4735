using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

/// <summary>Performance records for tests.</summary>
internal static class Records
{
    internal static readonly PerformanceKey Key = new("momentum", "bull", "5");

    internal static PerformanceRecord Of(string id, double returnValue, bool win = false) => new()
    {
        RecordId = RecordId.Parse(id),
        Timestamp = new UnixNanoseconds(1_735_689_600_000_000_000),
        StrategyName = Key.Strategy,
        Regime = Key.Regime,
        Horizon = Key.Horizon,
        Generation = 3,
        ReturnValue = returnValue,
        Drawdown = -0.05,
        Win = win,
        Prediction = 0.6,
        AllocationWeight = 0.25,
        EnsembleReturn = 0.001,
        BanditReward = 0.02,
        RollingSharpe = 1.1,
        RollingSortino = 1.6,
        RollingDrawdown = -0.07,
        RollingWinRate = 0.55,
    };

    /// <summary>Records r1, r2, ... with these returns.</summary>
    internal static PerformanceRecord[] Returning(params double[] returns) =>
        returns.Select((value, i) => Of($"r{i + 1}", value, value > 0)).ToArray();

    /// <summary>A record with anything in every field that a record may hold.</summary>
    internal static PerformanceRecord Random(Random random, PerformanceKey key) => new()
    {
        RecordId = random.Next(3) == 0
            ? RecordId.Parse(RandomText(random, 1, RecordId.MaxCharacters))
            : RecordId.CreateVersion7(random.NextInt64(1L << 48), new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())),
        Timestamp = new UnixNanoseconds(random.NextInt64(long.MinValue, long.MaxValue)),
        StrategyName = key.Strategy,
        Regime = key.Regime,
        Horizon = key.Horizon,
        HorizonIsNumber = HorizonText.IsWholeNumber(key.Horizon) && random.Next(2) == 0,
        Generation = RandomInteger(random),
        ReturnValue = RandomDouble(random),
        Drawdown = RandomDouble(random),
        Volatility = random.Next(3) == 0 ? null : RandomDouble(random),
        Win = random.Next(2) == 0,
        Prediction = RandomDouble(random),
        MetaPrediction = random.Next(3) == 0 ? null : RandomDouble(random),
        AllocationWeight = RandomDouble(random),
        EnsembleReturn = RandomDouble(random),
        BanditReward = RandomDouble(random),
        MetaLabel = random.Next(4) switch { 0 => null, 1 => 0, 2 => 1, _ => RandomInteger(random) },
        WfoSharpe = random.Next(3) == 0 ? null : RandomDouble(random),
        RollingSharpe = RandomDouble(random),
        RollingSortino = RandomDouble(random),
        RollingDrawdown = RandomDouble(random),
        RollingWinRate = RandomDouble(random),
    };

    private static double RandomDouble(Random random) => random.Next(10) switch
    {
        0 => double.NaN,
        1 => double.NegativeInfinity,
        2 => -0.0,
        3 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        _ => (random.NextDouble() - 0.5) * 0.1,
    };

    private static long RandomInteger(Random random) => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);

    private static string RandomText(Random random, int least, int most)
    {
        string[] alphabet = ["a", "Z", "5", "|", "%", "é", "東", "🚀", " ", "-"];
        return string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => alphabet[random.Next(alphabet.Length)]));
    }
}
