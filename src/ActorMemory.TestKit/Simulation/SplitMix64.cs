namespace ActorMemory.TestKit;

/// <summary>
/// A small random generator whose sequence is part of its contract, which that of <see cref="Random"/> is not: a seed that failed once
/// fails again, on every machine and in every version. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 up to, not including, <paramref name="bound"/>.</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)(((UInt128)Next() * (uint)bound) >> 64);
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Next(most - least + 1);

    /// <summary>A duration of whole microseconds up to <paramref name="longest"/>.</summary>
    public TimeSpan UpTo(TimeSpan longest) => TimeSpan.FromMicroseconds(NextDouble() * longest.TotalMicroseconds);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>A generator of its own, so that what one part of a test draws does not shift what another draws.</summary>
    public SplitMix64 Fork() => new(Next());
}
