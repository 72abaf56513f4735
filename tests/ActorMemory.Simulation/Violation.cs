using System.Diagnostics.CodeAnalysis;

namespace ActorMemory.Simulation;

/// <summary>A promise was broken. Shrinking keeps the kind, since a smaller run may break the same promise at another place.</summary>
internal sealed class ViolationException(Promise promise, string message) : Exception($"{promise}: {message}")
{
    public Promise Promise { get; } = promise;
}

/// <summary>What is promised.</summary>
internal enum Promise
{
    /// <summary>An acknowledged record is there, at the place that was named.</summary>
    Durable,

    /// <summary>A record is there once.</summary>
    Once,

    /// <summary>What a client was told is refused is not there, and nothing is that nobody sent.</summary>
    Refused,

    /// <summary>The records of a client stand in the order in which it sent them.</summary>
    InOrder,

    /// <summary>Records that were added together are stored together.</summary>
    AllOrNone,

    /// <summary>A read sees everything that was acknowledged before it began.</summary>
    FreshReads,

    /// <summary>A read sees what is stored, and computes from it what it should.</summary>
    TrueReads,

    /// <summary>The state in memory is that of the replay, with and without snapshots.</summary>
    Replay,

    /// <summary>The known time never runs backwards.</summary>
    KnownTime,

    /// <summary>A shard has one owner that commits.</summary>
    OneOwner,

    /// <summary>When the faults are over, everybody is served.</summary>
    Liveness,
}

internal static class Require
{
    public static void That([DoesNotReturnIf(false)] bool condition, Promise promise, Func<string> violation)
    {
        if (!condition)
            throw new ViolationException(promise, violation());
    }
}
