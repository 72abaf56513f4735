namespace ActorMemory.Journal;

/// <summary>Ascending orderings as variable-length differences: seven bits a byte, low bits first, high bit set when more follow.</summary>
internal static class OrderingRun
{
    public static void Write(List<byte> output, ulong value)
    {
        while (value >= 0x80)
        {
            output.Add((byte)(value | 0x80));
            value >>= 7;
        }

        output.Add((byte)value);
    }

    /// <summary>Reads one number; false at the end of the bytes or when they are no number.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> input, out ulong value)
    {
        value = 0;
        for (var i = 0; i < input.Length && i < 10; i++)
        {
            value |= (ulong)(input[i] & 0x7f) << (7 * i);
            if (input[i] >= 0x80)
                continue;
            input = input[(i + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>All numbers that the bytes hold.</summary>
    public static long[] ReadAll(ReadOnlySpan<byte> bytes)
    {
        var numbers = new List<long>();
        while (TryRead(ref bytes, out var value))
            numbers.Add((long)value);
        return [.. numbers];
    }
}
