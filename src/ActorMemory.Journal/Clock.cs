namespace ActorMemory.Journal;

/// <summary>Times as the tables hold them.</summary>
internal static class Clock
{
    /// <summary>Now, in nanoseconds since 1970-01-01 UTC.</summary>
    public static long UnixNanoseconds(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
