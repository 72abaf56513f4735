using System.Diagnostics;

namespace ActorMemory.Performance;

/// <summary>
/// What statistics need of the retained records, one column each, oldest first. The retained part of a column is always one span: values
/// are appended behind it, dropped in front of it, and moved back to the start of the array when its end is reached. That moves
/// fewer than five values for each one appended.
/// </summary>
internal sealed class RetainedColumns
{
    internal const int BytesPerRecord = 2 * sizeof(double) + sizeof(byte);

    private const int SmallestCapacity = 8;

    private double[] _returns = [];
    private double[] _ensembleReturns = [];
    private byte[] _flags = [];
    private int _start;

    internal int Count { get; private set; }

    internal int Capacity => _flags.Length;

    internal ReadOnlySpan<double> Returns => _returns.AsSpan(_start, Count);

    internal ReadOnlySpan<double> EnsembleReturns => _ensembleReturns.AsSpan(_start, Count);

    internal ReadOnlySpan<byte> Flags => _flags.AsSpan(_start, Count);

    internal void Append(double returnValue, double ensembleReturn, byte flags)
    {
        var end = MakeRoom(1);
        _returns[end] = returnValue;
        _ensembleReturns[end] = ensembleReturn;
        _flags[end] = flags;
    }

    /// <summary>Makes room for records behind the others and gives their columns to be filled.</summary>
    internal void Append(int count, out Span<double> returns, out Span<double> ensembleReturns, out Span<byte> flags)
    {
        var end = MakeRoom(count);
        returns = _returns.AsSpan(end, count);
        ensembleReturns = _ensembleReturns.AsSpan(end, count);
        flags = _flags.AsSpan(end, count);
    }

    internal void DropOldest(int count)
    {
        Debug.Assert(count >= 0 && count <= Count);
        _start += count;
        Count -= count;
        if (Count == 0)
            _start = 0;
    }

    /// <summary>The place of the first of the new records.</summary>
    private int MakeRoom(int count)
    {
        var needed = Count + count;
        if (_start + needed > Capacity)
        {
            // Moving pays only where it frees a fifth of the place; otherwise it would come again too soon.
            if (needed <= Capacity - Capacity / 5)
                MoveTo(_returns, _ensembleReturns, _flags);
            else
                Grow(count > 1 && Count == 0 ? count : Math.Max(SmallestCapacity, needed + needed / 4));
        }

        Count = needed;
        return _start + needed - count;
    }

    private void Grow(int capacity)
    {
        var (returns, ensembleReturns, flags) = (new double[capacity], new double[capacity], new byte[capacity]);
        MoveTo(returns, ensembleReturns, flags);
        (_returns, _ensembleReturns, _flags) = (returns, ensembleReturns, flags);
    }

    private void MoveTo(double[] returns, double[] ensembleReturns, byte[] flags)
    {
        Returns.CopyTo(returns);
        EnsembleReturns.CopyTo(ensembleReturns);
        Flags.CopyTo(flags);
        _start = 0;
    }
}
