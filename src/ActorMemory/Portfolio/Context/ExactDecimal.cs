using System.Globalization;
using System.Numerics;

namespace ActorMemory.Portfolio;

/// <summary>
/// Doubles with a number of decimals, as Python writes and rounds them: of the exact value, halves to the even neighbour, with a sign for what is just below
/// 0. .NET rounds halves away from 0: 6.25 is 6.3 there and 6.2 here.
/// </summary>
internal static class ExactDecimal
{
    private const int MantissaBits = 52;
    private const int ExponentMask = 0x7FF;
    private const int ExponentBias = 1075;

    internal static double Round(double value, int digits) => double.Parse(Write(value, digits), CultureInfo.InvariantCulture);

    /// <summary>Writes a number.</summary>
    /// <param name="value">A finite one.</param>
    /// <param name="digits">Decimals, at least 1.</param>
    internal static string Write(double value, int digits)
    {
        var scaled = Scale(value, digits).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return $"{(double.IsNegative(value) ? "-" : "")}{scaled[..^digits]}.{scaled[^digits..]}";
    }

    // |value| times 10^digits as a whole number.
    private static BigInteger Scale(double value, int digits)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> MantissaBits) & ExponentMask;
        var mantissa = bits & ((1L << MantissaBits) - 1);
        if (exponent == 0)
            exponent = 1;
        else
            mantissa |= 1L << MantissaBits;

        var scaled = mantissa * BigInteger.Pow(10, digits);
        var shift = ExponentBias - exponent;
        if (shift <= 0)
            return scaled << -shift;

        var (whole, rest, half) = (scaled >> shift, scaled & ((BigInteger.One << shift) - 1), BigInteger.One << (shift - 1));
        return rest > half || (rest == half && !whole.IsEven) ? whole + 1 : whole;
    }
}
