using System.Buffers.Text;

namespace ActorMemory.Node.Performance;

/// <summary>Numbers from UTF-8.</summary>
internal static class NumberText
{
    private const ulong ExactInDouble = 1UL << 53;
    private const int MaxDigits = 19;

    private static readonly double[] s_powersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The double nearest to a JSON number; infinite if it is too large. The grammar was checked before.</summary>
    public static double ReadDouble(ReadOnlySpan<byte> number)
    {
        if (TryReadExactly(number, out var value))
            return value;

        return Utf8Parser.TryParse(number, out value, out var consumed) && consumed == number.Length ? value : double.NaN;
    }

    /// <summary>A whole number, also when it is written as 1.0 or 1e3, as data frames do with whole numbers.</summary>
    public static bool TryReadInteger(ReadOnlySpan<byte> number, out long value)
    {
        if (Utf8Parser.TryParse(number, out value, out var consumed) && consumed == number.Length)
            return true;

        // Not for more digits than a double holds: such a number would silently become another one.
        var real = ReadDouble(number);
        value = Math.Abs(real) <= ExactInDouble ? (long)real : 0;
        return number.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 && value == real;
    }

    // Clinger's fast path: when the digits and the power of ten are both exact doubles, one correctly rounded division is the answer.
    private static bool TryReadExactly(ReadOnlySpan<byte> number, out double value)
    {
        var position = number[0] == '-' ? 1 : 0;
        ulong digits = 0;
        int count = 0, fraction = 0;
        var inFraction = false;
        value = 0;
        for (; position < number.Length; position++)
        {
            var digit = (uint)(number[position] - '0');
            if (digit > 9)
            {
                if (number[position] != '.')
                    return false;

                inFraction = true;
                continue;
            }

            if (inFraction)
                fraction++;
            if (digits == 0 && digit == 0)
                continue;
            if (++count > MaxDigits)
                return false;
            digits = (digits * 10) + digit;
        }

        if (digits > ExactInDouble || fraction >= s_powersOfTen.Length)
            return false;

        value = digits / s_powersOfTen[fraction];
        if (number[0] == '-')
            value = -value;
        return true;
    }
}
