// README shows this file. It is compiled and run by the tests, so it cannot grow stale.
using ActorMemory.Actors;
using ActorMemory.Hosting;
using ActorMemory.Performance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorMemory.Samples;

/// <summary>A closed trade, as the platform tells its strategies.</summary>
public sealed record TradeClosed(DateTimeOffset At, double Return, double EnsembleReturn, double Prediction);

/// <summary>A strategy that remembers how it did, and asks before it trusts itself.</summary>
public sealed class MomentumStrategy(IPerformanceMemory memory) : Actor<TradeClosed>
{
    private readonly PerformanceKey _key = new("momentum:BTCUSD", "bull", "24");

    /// <summary>Its weight in the portfolio, from 0 to 1.</summary>
    public double Weight { get; private set; } = 0.5;

    /// <inheritdoc />
    protected override async ValueTask ReceiveAsync(TradeClosed trade)
    {
        // Durable when this returns. If it throws, the supervisor restarts the strategy; sending the same record_id again is harmless.
        await memory.AddAsync(new PerformanceRecord
        {
            Timestamp = new UnixNanoseconds((trade.At - DateTimeOffset.UnixEpoch).Ticks * 100),
            StrategyName = _key.Strategy,
            Regime = _key.Regime,
            Horizon = _key.Horizon,
            Generation = 1,
            ReturnValue = trade.Return,
            Drawdown = Math.Min(0, trade.Return),
            Win = trade.Return > 0,
            Prediction = trade.Prediction,
            AllocationWeight = Weight,
            EnsembleReturn = trade.EnsembleReturn,
            BanditReward = trade.Return,
            RollingSharpe = 0,
            RollingSortino = 0,
            RollingDrawdown = 0,
            RollingWinRate = 0,
        });

        var recent = await memory.GetRollingMetricsAsync(_key, window: 50);
        Weight = Math.Clamp(0.5 + (recent.RollingSharpe / 2), 0, 1);
    }
}

/// <summary>A platform with a memory.</summary>
public static class Platform
{
    /// <summary>Builds a host whose memory lives in a folder.</summary>
    public static IHost Build(string folder)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddActorMemory(memory => memory.UseSqlite(folder));
        return builder.Build();
    }

    /// <summary>Starts the strategy under supervision.</summary>
    public static ActorRef<TradeClosed> StartStrategy(ActorSystem system, IHost host)
    {
        var memory = host.Services.GetRequiredService<IPerformanceMemory>();
        return system.Spawn(new Props<TradeClosed>(() => new MomentumStrategy(memory)), "momentum");
    }
}
