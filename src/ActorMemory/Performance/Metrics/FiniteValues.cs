using System.Buffers;
using System.Runtime.Intrinsics;

namespace ActorMemory.Performance;

/// <summary>Leaves values out of series. The copying loops have no branch: which values stay is as good as random.</summary>
internal static class FiniteValues
{
    /// <summary>Whether every value is finite.</summary>
    internal static bool AreAll(ReadOnlySpan<double> values)
    {
        // x - x is 0 for finite x and NaN for all others, and NaN stays NaN in a sum.
        var sum = Vector256<double>.Zero;
        var i = 0;
        for (; i <= values.Length - 4; i += 4)
        {
            var x = Vector256.Create(values[i..]);
            sum += x - x;
        }

        var rest = Vector256.Sum(sum);
        for (; i < values.Length; i++)
            rest += values[i] - values[i];

        return rest == 0.0;
    }

    /// <summary>The finite values, in order, in a rented buffer.</summary>
    internal static Rented Of(ReadOnlySpan<double> values)
    {
        var buffer = ArrayPool<double>.Shared.Rent(Math.Max(values.Length, 1));
        var count = 0;
        foreach (var value in values)
        {
            buffer[count] = value;
            count += double.IsFinite(value) ? 1 : 0;
        }

        return new Rented(buffer, count);
    }

    /// <summary>The values below 0, in order, in a rented buffer.</summary>
    internal static Rented Negative(ReadOnlySpan<double> values)
    {
        var buffer = ArrayPool<double>.Shared.Rent(Math.Max(values.Length, 1));
        var count = 0;
        foreach (var value in values)
        {
            buffer[count] = value;
            count += value < 0.0 ? 1 : 0;
        }

        return new Rented(buffer, count);
    }

    /// <summary>The pairs of which both values are finite, in order, in a rented buffer.</summary>
    internal static RentedPairs PairsOf(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var buffer = ArrayPool<double>.Shared.Rent(Math.Max(left.Length * 2, 1));
        var count = 0;
        for (var i = 0; i < left.Length; i++)
        {
            if (!double.IsFinite(left[i]) || !double.IsFinite(right[i]))
                continue;

            buffer[count] = left[i];
            buffer[left.Length + count++] = right[i];
        }

        return new RentedPairs(buffer, left.Length, count);
    }

    /// <summary>Values in a rented buffer, given back by disposing.</summary>
    internal readonly ref struct Rented(double[] buffer, int count)
    {
        internal Span<double> Values => buffer.AsSpan(0, count);

        public void Dispose() => ArrayPool<double>.Shared.Return(buffer);
    }

    /// <summary>Two series in a rented buffer, given back by disposing.</summary>
    internal readonly ref struct RentedPairs(double[] buffer, int rightStart, int count)
    {
        internal Span<double> Left => buffer.AsSpan(0, count);

        internal Span<double> Right => buffer.AsSpan(rightStart, count);

        public void Dispose() => ArrayPool<double>.Shared.Return(buffer);
    }
}
