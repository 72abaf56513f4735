using System.Numerics;
using System.Runtime.InteropServices;

namespace ActorMemory.Performance;

/// <summary>
/// What of a record fits into a byte. The bits are part of the stored format (performance.proto): never renumber them.
/// </summary>
internal static class RecordFlags
{
    internal const byte Win = 0b0000_0001;
    internal const byte LabelMask = 0b0000_0110;
    internal const byte LabelZero = 0b0000_0010;
    internal const byte LabelOne = 0b0000_0100;
    internal const byte LabelOther = 0b0000_0110;
    internal const byte HorizonIsNumber = 0b0000_1000;
    internal const byte HasVolatility = 0b0001_0000;
    internal const byte HasMetaPrediction = 0b0010_0000;
    internal const byte HasWfoSharpe = 0b0100_0000;
    internal const byte HasTextId = 0b1000_0000;

    internal static byte Of(PerformanceRecord record)
    {
        var flags = record.MetaLabel switch
        {
            null => 0,
            0 => LabelZero,
            1 => LabelOne,
            _ => LabelOther,
        };
        flags |= record.Win ? Win : 0;
        flags |= record.HorizonIsNumber ? HorizonIsNumber : 0;
        flags |= record.Volatility.HasValue ? HasVolatility : 0;
        flags |= record.MetaPrediction.HasValue ? HasMetaPrediction : 0;
        flags |= record.WfoSharpe.HasValue ? HasWfoSharpe : 0;
        flags |= record.RecordId.IsText ? HasTextId : 0;
        return (byte)flags;
    }

    /// <summary>How many of the records have a flag of a single bit.</summary>
    internal static int Count(ReadOnlySpan<byte> flags, byte bit)
    {
        var mask = 0x0101_0101_0101_0101UL * bit;
        var words = MemoryMarshal.Cast<byte, ulong>(flags);
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(word & mask);

        foreach (var one in flags[(words.Length * sizeof(ulong))..])
            count += (one & bit) != 0 ? 1 : 0;

        return count;
    }

    /// <summary>How many of the records have a meta-label that is neither 0 nor 1.</summary>
    internal static int CountOtherLabels(ReadOnlySpan<byte> flags)
    {
        var count = 0;
        foreach (var one in flags)
            count += (one & LabelMask) == LabelOther ? 1 : 0;

        return count;
    }
}
