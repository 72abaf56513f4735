using System.Runtime.CompilerServices;

namespace ActorMemory.Performance;

/// <summary>
/// How many records came within the last minute, and up to ten seconds more: seven counts of ten seconds each. A clock that goes back stands still
/// here until it is where it was.
/// </summary>
internal struct LatestMinute
{
    internal const int Parts = 7;

    private const int SecondsPerPart = 10;

    private Counts _counts;

    /// <summary>The number of the newest part since 1970; 0 before the first record.</summary>
    internal long Newest { get; private set; }

    /// <summary>The records of all parts.</summary>
    internal int Total { get; private set; }

    /// <summary>The records of a part.</summary>
    /// <param name="age">Its age in parts, 0 for the newest.</param>
    internal readonly int this[int age] => _counts[(int)((Newest + Parts - age) % Parts)];

    /// <summary>Counts one record of a second since 1970.</summary>
    internal void Add(long second)
    {
        MoveTo(second / SecondsPerPart);
        _counts[(int)(Newest % Parts)]++;
        Total++;
    }

    /// <summary>Starts from a snapshot.</summary>
    /// <param name="newest">The number of the newest part.</param>
    /// <param name="counts">One a part, the newest first; at most <see cref="Parts"/>.</param>
    internal void Restore(long newest, ReadOnlySpan<int> counts)
    {
        (Newest, Total) = (newest, 0);
        for (var age = 0; age < counts.Length; age++)
        {
            _counts[(int)((newest + Parts - age) % Parts)] = counts[age];
            Total += counts[age];
        }
    }

    private void MoveTo(long part)
    {
        for (var steps = Math.Min(part - Newest, Parts); steps > 0; steps--)
        {
            ref var oldest = ref _counts[(int)((part - steps + 1) % Parts)];
            Total -= oldest;
            oldest = 0;
        }

        Newest = Math.Max(Newest, part);
    }

    [InlineArray(Parts)]
    private struct Counts
    {
        private int _first;
    }
}
