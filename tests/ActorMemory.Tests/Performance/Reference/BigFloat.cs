using System.Numerics;

namespace ActorMemory.Tests.Performance.Reference;

/// <summary>A binary number of 320 significant bits without limits of magnitude, for answers that no rounding has touched.</summary>
internal readonly struct BigFloat : IComparable<BigFloat>
{
    private const int Precision = 320;

    private readonly BigInteger _mantissa;
    private readonly long _exponent;

    private BigFloat(BigInteger mantissa, long exponent)
    {
        var excess = (int)(long)BigInteger.Abs(mantissa).GetBitLength() - Precision;
        (_mantissa, _exponent) = excess > 0 ? (mantissa >> excess, exponent + excess) : (mantissa, exponent);
    }

    public int Sign => _mantissa.Sign;

    public static implicit operator BigFloat(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var fraction = bits & 0xF_FFFF_FFFF_FFFF;
        var mantissa = exponent == 0 ? fraction : fraction | 0x10_0000_0000_0000;
        return new BigFloat(bits < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    public static BigFloat operator +(BigFloat a, BigFloat b)
    {
        if (a._mantissa.IsZero)
            return b;

        if (b._mantissa.IsZero)
            return a;

        var (high, low) = a._exponent >= b._exponent ? (a, b) : (b, a);
        var distance = high._exponent - low._exponent;
        if (distance > 4 * Precision)
            return high;

        return new BigFloat((high._mantissa << (int)distance) + low._mantissa, low._exponent);
    }

    public static BigFloat operator -(BigFloat a) => new(-a._mantissa, a._exponent);

    public static BigFloat operator -(BigFloat a, BigFloat b) => a + (-b);

    public static BigFloat operator *(BigFloat a, BigFloat b) => new(a._mantissa * b._mantissa, a._exponent + b._exponent);

    public static BigFloat operator /(BigFloat a, BigFloat b)
    {
        const int shift = 2 * Precision;
        return new BigFloat((a._mantissa << shift) / b._mantissa, a._exponent - shift - b._exponent);
    }

    public static BigFloat Sqrt(BigFloat value)
    {
        if (value.Sign <= 0)
            return 0.0;

        var shift = 2 * Precision + (int)(value._exponent & 1);
        var radicand = value._mantissa << shift;
        var root = BigInteger.One << (int)((radicand.GetBitLength() + 1) / 2);
        for (var better = (root + radicand / root) >> 1; better < root; better = (root + radicand / root) >> 1)
            root = better;

        return new BigFloat(root, (value._exponent - shift) / 2);
    }

    public int CompareTo(BigFloat other) => (this - other).Sign;

    public static bool operator <(BigFloat a, BigFloat b) => a.CompareTo(b) < 0;

    public static bool operator >(BigFloat a, BigFloat b) => a.CompareTo(b) > 0;

    public double ToDouble()
    {
        var excess = (int)(long)BigInteger.Abs(_mantissa).GetBitLength() - 62;
        var (mantissa, exponent) = excess > 0 ? (_mantissa >> excess, _exponent + excess) : (_mantissa, _exponent);
        return Math.ScaleB((double)(long)mantissa, (int)Math.Clamp(exponent, -5000, 5000));
    }
}
