namespace ActorMemory.Performance;

/// <summary>What is summed: a function of each value.</summary>
internal interface ITerm
{
    /// <summary>The term of a value.</summary>
    double Of(double value);
}

/// <summary>The value itself.</summary>
internal readonly struct Plain : ITerm
{
    /// <inheritdoc/>
    public double Of(double value) => value;
}

/// <summary>The squared distance from a center.</summary>
internal readonly struct SquaredDeviation(double center) : ITerm
{
    /// <inheritdoc/>
    public double Of(double value)
    {
        var deviation = value - center;
        return deviation * deviation;
    }
}

/// <summary>
/// Sums in numpy's order, bit for bit (numpy 1.24, DOUBLE_add reduction over contiguous memory: buffers of 8192, pairwise inside).
/// </summary>
internal static class NumpySum
{
    private const int BufferSize = 8192;
    private const int BlockSize = 128;

    internal static double Of<TTerm>(ReadOnlySpan<double> values, TTerm term)
        where TTerm : struct, ITerm
    {
        var sum = 0.0;
        for (; values.Length > BufferSize; values = values[BufferSize..])
            sum += Pairwise(values[..BufferSize], term);

        return sum + Pairwise(values, term);
    }

    /// <summary>The mean; NaN for none.</summary>
    internal static double Mean(ReadOnlySpan<double> values) => Of(values, default(Plain)) / values.Length;

    /// <summary>The standard deviation around the mean, with n - <paramref name="ddof"/>.</summary>
    internal static double Deviation(ReadOnlySpan<double> values, int ddof) =>
        Math.Sqrt(Of(values, new SquaredDeviation(Mean(values))) / (values.Length - ddof));

    private static double Pairwise<TTerm>(ReadOnlySpan<double> a, TTerm term)
        where TTerm : struct, ITerm
    {
        if (a.Length > BlockSize)
        {
            var half = a.Length / 2;
            half -= half % 8;
            return Pairwise(a[..half], term) + Pairwise(a[half..], term);
        }

        if (a.Length < 8)
        {
            var few = 0.0;
            foreach (var value in a)
                few += term.Of(value);

            return few;
        }

        double r0 = term.Of(a[0]), r1 = term.Of(a[1]), r2 = term.Of(a[2]), r3 = term.Of(a[3]);
        double r4 = term.Of(a[4]), r5 = term.Of(a[5]), r6 = term.Of(a[6]), r7 = term.Of(a[7]);
        var i = 8;
        for (; i <= a.Length - 8; i += 8)
        {
            var group = a.Slice(i, 8);
            (r0, r1, r2, r3) = (r0 + term.Of(group[0]), r1 + term.Of(group[1]), r2 + term.Of(group[2]), r3 + term.Of(group[3]));
            (r4, r5, r6, r7) = (r4 + term.Of(group[4]), r5 + term.Of(group[5]), r6 + term.Of(group[6]), r7 + term.Of(group[7]));
        }

        var sum = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7));
        for (; i < a.Length; i++)
            sum += term.Of(a[i]);

        return sum;
    }
}
