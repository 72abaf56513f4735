using ActorMemory.Performance;

namespace ActorMemory.Simulation.Performance;

/// <summary>Records whose number can be read off their return, so that an answer with returns tells which records it saw.</summary>
internal static class Records
{
    private const double Scale = 1e-6;

    public static PerformanceRecord Of(int key, int number, bool withId)
    {
        var name = PerformanceWorld.KeyOf(key);
        return new PerformanceRecord
        {
            RecordId = withId ? RecordId.CreateVersion7(number, (UInt128)number * 0x9E3779B97F4A7C15) : default,
            Timestamp = new UnixNanoseconds(number),
            StrategyName = name.Strategy,
            Regime = name.Regime,
            Horizon = name.Horizon,
            Generation = 1,
            ReturnValue = ReturnOf(number),
            Drawdown = 0,
            Win = IsWon(number),
            Prediction = 0,
            AllocationWeight = 1,
            EnsembleReturn = 0,
            BanditReward = 0,
            MetaLabel = number % 5 == 0 ? number : number % 2,
            RollingSharpe = 0,
            RollingSortino = 0,
            RollingDrawdown = 0,
            RollingWinRate = 0,
        };
    }

    public static bool IsWon(int number) => number % 2 == 0;

    public static double ReturnOf(int number) => (number + 1) * (number % 3 == 0 ? -Scale : Scale);

    public static int NumberOf(double returnValue) => (int)Math.Round(Math.Abs(returnValue) / Scale) - 1;
}
