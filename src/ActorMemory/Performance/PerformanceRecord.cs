namespace ActorMemory.Performance;

/// <summary>
/// How a strategy did in one regime over one horizon at one moment: the 20 fields of the performance record, and the id that makes a
/// repeated record recognisable. Doubles may be NaN or infinite; statistics leave those out and count them.
/// </summary>
public sealed record PerformanceRecord
{
    /// <summary>What the record is known by; <see cref="RecordId.IsNone"/> until somebody gives it one.</summary>
    public RecordId RecordId { get; init; }

    /// <summary>The time that the record is about. It plays no part in any order or result.</summary>
    public required UnixNanoseconds Timestamp { get; init; }

    /// <summary>The strategy; first part of the key.</summary>
    public required string StrategyName { get; init; }

    /// <summary>The market regime; second part of the key.</summary>
    public required string Regime { get; init; }

    /// <summary>The horizon as text; third part of the key.</summary>
    public required string Horizon { get; init; }

    /// <summary>Whether the sender gave the horizon as a whole number, so that it is given back as one.</summary>
    public bool HorizonIsNumber { get; init; }

    /// <summary>The generation of the evolutionary search.</summary>
    public required long Generation { get; init; }

    /// <summary>The return of the period as a fraction (0.01 is one per cent): the input of all return statistics.</summary>
    public required double ReturnValue { get; init; }

    /// <summary>The drawdown that the sender measured; kept, used by no statistic.</summary>
    public required double Drawdown { get; init; }

    /// <summary>The volatility that the sender measured; a meta-feature.</summary>
    public double? Volatility { get; init; }

    /// <summary>Whether the period counts as won; independent of the sign of the return.</summary>
    public required bool Win { get; init; }

    /// <summary>The strategy's prediction.</summary>
    public required double Prediction { get; init; }

    /// <summary>The meta-learner's confidence; the meta-feature bandit_confidence.</summary>
    public double? MetaPrediction { get; init; }

    /// <summary>The weight that the allocator gave.</summary>
    public required double AllocationWeight { get; init; }

    /// <summary>The return of the ensemble in the same period as a fraction.</summary>
    public required double EnsembleReturn { get; init; }

    /// <summary>The reward that the bandit got.</summary>
    public required double BanditReward { get; init; }

    /// <summary>The meta-label, usually 0 or 1; the meta-feature meta_accuracy is their mean.</summary>
    public long? MetaLabel { get; init; }

    /// <summary>The walk-forward Sharpe ratio; a meta-feature.</summary>
    public double? WfoSharpe { get; init; }

    /// <summary>The rolling Sharpe ratio that the sender measured; kept, used by no statistic.</summary>
    public required double RollingSharpe { get; init; }

    /// <summary>The rolling Sortino ratio that the sender measured; kept, used by no statistic.</summary>
    public required double RollingSortino { get; init; }

    /// <summary>The rolling drawdown that the sender measured; kept, used by no statistic.</summary>
    public required double RollingDrawdown { get; init; }

    /// <summary>The rolling win rate that the sender measured; kept, used by no statistic.</summary>
    public required double RollingWinRate { get; init; }

    /// <summary>The key under which the record is remembered.</summary>
    /// <exception cref="ArgumentException">A part is not a legal name.</exception>
    public PerformanceKey Key => new(StrategyName, Regime, Horizon);
}
