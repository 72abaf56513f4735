using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;

namespace ActorMemory.KnownTime;

/// <summary>
/// Where a moment of known time cuts the journal: the last event that was known. Events are recorded at times that never decrease with their
/// ordering, so what was known is a prefix of the journal and the cut is found by bisection.
/// </summary>
public sealed class KnownCut(IJournalReader reader, KnownMoment moment)
{
    private Task<long>? _ordering;

    /// <summary>The moment.</summary>
    public KnownMoment Moment => moment;

    /// <summary>
    /// The ordering of the last event that was known; 0 for none. Found once: for a time in the future it stays what it was when it was
    /// first asked for.
    /// </summary>
    /// <exception cref="KnownTimeException">The moment is an ordering beyond the end of the journal.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public Task<long> OrderingAsync()
    {
        if (Volatile.Read(ref _ordering) is { IsFaulted: false } found)
            return found;
        var finding = FindAsync();
        Volatile.Write(ref _ordering, finding);
        return finding;
    }

    /// <summary>The moment as a time: that of the last event that was known if the moment is an ordering.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<UnixNanoseconds> TimeAsync()
    {
        if (moment.Time is { } time)
            return time;
        var last = await reader.ReadAllAsync(Math.Max(await OrderingAsync(), 1), 1);
        return new UnixNanoseconds(last.Count == 0 ? 0 : last[0].RecordedAt);
    }

    private async Task<long> FindAsync()
    {
        if (moment.Ordering is not { } ordering)
            return await LastAsync(recorded => recorded.RecordedAt <= moment.Time.GetValueOrDefault().Value);

        if (ordering == 0 || (await reader.ReadAllAsync(ordering, 1)).Count > 0)
            return ordering;
        var last = await LastAsync(static _ => true);
        throw new KnownTimeException(last == 0
            ? string.Create(CultureInfo.InvariantCulture, $"there is no event {ordering}: the journal is empty.")
            : string.Create(CultureInfo.InvariantCulture, $"there is no event {ordering}: the last event of the journal is {last}."));
    }

    /// <summary>The last ordering whose event is there and counts, where those that count come before those that do not.</summary>
    private async Task<long> LastAsync(Func<JournaledEvent, bool> counts)
    {
        long counted = 0, beyond = 1;
        while (await IsKnownAsync(beyond))
            (counted, beyond) = (beyond, beyond * 2);
        while (beyond - counted > 1)
        {
            var middle = counted + ((beyond - counted) / 2);
            if (await IsKnownAsync(middle))
                counted = middle;
            else
                beyond = middle;
        }

        return counted;

        async Task<bool> IsKnownAsync(long ordering) => await reader.ReadAllAsync(ordering, 1) is [var found, ..] && counts(found);
    }
}
