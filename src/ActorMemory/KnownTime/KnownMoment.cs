using System.Globalization;
using ActorMemory.Performance;

namespace ActorMemory.KnownTime;

/// <summary>
/// A moment of known time, which is when the journal had something: everything it had by then is known, nothing that came later is.
/// Either a time or the place of an event among all events; both count themselves in.
/// </summary>
public readonly record struct KnownMoment
{
    private KnownMoment(UnixNanoseconds? time, long? ordering) => (Time, Ordering) = (time, ordering);

    /// <summary>The time; null if the moment is an ordering.</summary>
    public UnixNanoseconds? Time { get; }

    /// <summary>The ordering; null if the moment is a time.</summary>
    public long? Ordering { get; }

    /// <summary>
    /// What the journal had recorded at a time. Before the first event nothing was known; a time in the future means now.
    /// </summary>
    public static KnownMoment At(UnixNanoseconds time) => new(time, null);

    /// <summary>The events up to this one; 0 for none.</summary>
    /// <exception cref="KnownTimeException">The ordering is below 0.</exception>
    public static KnownMoment AtOrdering(long ordering) => ordering >= 0
        ? new KnownMoment(null, ordering)
        : throw new KnownTimeException(string.Create(
            CultureInfo.InvariantCulture, $"the ordering is {ordering}; the first event has 1, and 0 means before it."));

    /// <summary>The moment for people.</summary>
    public override string ToString() => Ordering is { } ordering
        ? string.Create(CultureInfo.InvariantCulture, $"event {ordering}")
        : (Time ?? default).ToString();
}

/// <summary>A moment of known time that the journal cannot answer for. The message says why and what to do.</summary>
public sealed class KnownTimeException(string message) : Exception(message);
