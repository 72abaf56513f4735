using System.Numerics;
using System.Runtime.InteropServices;

namespace ActorMemory.Vectors;

/// <summary>
/// Vectors of one length as rows of floats, one behind the other in chunks of at most a megabyte: growing copies no more than a part of the last chunk,
/// and a scan reads memory in order.
/// </summary>
internal sealed class VectorRows
{
    private const int ChunkFloats = 1 << 18;
    private const int FirstRows = 8;

    private readonly List<float[]> _chunks = [];
    private readonly List<float> _inverseLengths = [];
    private readonly int _shift;

    internal VectorRows(int dimensions)
    {
        Dimensions = dimensions;
        _shift = BitOperations.Log2((uint)Math.Max(ChunkFloats / dimensions, 1));
    }

    internal int Dimensions { get; }

    internal int Count => _inverseLengths.Count;

    /// <summary>The bytes that the rows hold, whether filled yet or not.</summary>
    internal long Bytes { get; private set; }

    private int RowsOfChunk => 1 << _shift;

    /// <summary>A row.</summary>
    internal ReadOnlySpan<float> this[int row] => Place(row);

    /// <summary>Adds a row at the end.</summary>
    internal void Add(ReadOnlySpan<float> values)
    {
        MakeRoom();
        _inverseLengths.Add(InverseLength(values));
        values.CopyTo(Place(Count - 1));
    }

    /// <summary>Puts other values into a row.</summary>
    internal void Set(int row, ReadOnlySpan<float> values)
    {
        values.CopyTo(Place(row));
        _inverseLengths[row] = InverseLength(values);
    }

    /// <summary>The cosine of a row and a vector of length 1, as fast as floats allow: how far it may be off is <see cref="MaxError"/>.</summary>
    internal float ApproximateCosine(int row, ReadOnlySpan<float> unit) =>
        Dot(Place(row), unit) * CollectionsMarshal.AsSpan(_inverseLengths)[row];

    /// <summary>A bound for the rounding of a dot product of floats, in whatever order they are added, and of the two lengths.</summary>
    internal float MaxError => (Dimensions + 8) * (1f / (1 << 24));

    /// <summary>The cosine of a row and a vector, in doubles and in one order: the same on every machine. 0 if one of the two is all zeros.</summary>
    internal double Cosine(int row, ReadOnlySpan<float> values)
    {
        double dot = 0, length = 0, otherLength = 0;
        var own = this[row];
        for (var i = 0; i < own.Length; i++)
        {
            double left = own[i], right = values[i];
            dot += left * right;
            length += left * left;
            otherLength += right * right;
        }

        return length == 0 || otherLength == 0 ? 0 : Math.Clamp(dot / (Math.Sqrt(length) * Math.Sqrt(otherLength)), -1, 1);
    }

    /// <summary>The length of a vector.</summary>
    internal static double Length(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value * value;
        return Math.Sqrt(sum);
    }

    /// <summary>Four sums at a time, because one would wait for itself at every step and not for memory.</summary>
    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        Vector<float> first = default, second = default, third = default, fourth = default;
        var i = 0;
        for (; i + 3 < lefts.Length && i + 3 < rights.Length; i += 4)
        {
            first = Vector.FusedMultiplyAdd(lefts[i], rights[i], first);
            second = Vector.FusedMultiplyAdd(lefts[i + 1], rights[i + 1], second);
            third = Vector.FusedMultiplyAdd(lefts[i + 2], rights[i + 2], third);
            fourth = Vector.FusedMultiplyAdd(lefts[i + 3], rights[i + 3], fourth);
        }

        for (; i < lefts.Length && i < rights.Length; i++)
            first = Vector.FusedMultiplyAdd(lefts[i], rights[i], first);
        var sum = Vector.Sum(first + second + (third + fourth));
        for (i *= Vector<float>.Count; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    private static float InverseLength(ReadOnlySpan<float> values) => Length(values) is var length and not 0 ? (float)(1 / length) : 0;

    private Span<float> Place(int row) => _chunks[row >> _shift].AsSpan((row & (RowsOfChunk - 1)) * Dimensions, Dimensions);

    private void MakeRoom()
    {
        var inChunk = Count & (RowsOfChunk - 1);
        if (inChunk == 0)
        {
            var rows = _chunks.Count == 0 ? Math.Min(FirstRows, RowsOfChunk) : RowsOfChunk;
            _chunks.Add(GC.AllocateUninitializedArray<float>(rows * Dimensions));
            Bytes += (long)rows * Dimensions * sizeof(float);
            return;
        }

        var last = _chunks[^1];
        if (inChunk * Dimensions < last.Length)
            return;
        Array.Resize(ref last, Math.Min(last.Length * 2, RowsOfChunk * Dimensions));
        Bytes += (long)(last.Length - _chunks[^1].Length) * sizeof(float);
        _chunks[^1] = last;
    }
}
