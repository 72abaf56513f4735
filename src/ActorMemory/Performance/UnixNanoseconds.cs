using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorMemory.Performance;

/// <summary>
/// A point in time to the nanosecond: nanoseconds since 1970-01-01T00:00:00Z, from 1677-09-21T00:12:43.145224192Z to
/// 2262-04-11T23:47:16.854775807Z.
/// </summary>
/// <param name="Value">Nanoseconds since 1970-01-01T00:00:00Z; negative before.</param>
public readonly record struct UnixNanoseconds(long Value) : IComparable<UnixNanoseconds>
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int FractionDigits = 9;

    /// <summary>Reads a time; see <see cref="TryParse"/>.</summary>
    /// <exception cref="FormatException">The text is not a time, or one outside the range.</exception>
    public static UnixNanoseconds Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var time, out var fault) ? time : throw new FormatException(fault);

    /// <summary>
    /// Reads ISO 8601 (<c>2025-01-31</c>, <c>2025-01-31T09:30:00.123456789+01:00</c>; a space may stand for the T, seconds, fraction
    /// and offset may be missing, no offset is UTC) or a whole number of nanoseconds since 1970.
    /// </summary>
    /// <param name="text">The text, without surrounding space.</param>
    /// <param name="time">The time, exactly.</param>
    /// <param name="fault">What is wrong, if the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out UnixNanoseconds time, [NotNullWhen(false)] out string? fault)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            time = new UnixNanoseconds(nanoseconds);
            fault = null;
            return true;
        }

        time = default;
        fault = $"'{text}' is not a time; write ISO 8601 such as 2025-01-31T09:30:00.123456789Z, or nanoseconds since 1970.";
        if (!TryReadDate(ref text, out var date) || !TryReadTimeOfDay(ref text, out var seconds, out var fraction) || !text.IsEmpty)
            return false;

        var total = ((Int128)(date.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * 86_400 + seconds) * NanosecondsPerSecond + fraction;
        if (total < long.MinValue || total > long.MaxValue)
        {
            fault = "the time is outside 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z, which nanoseconds can hold.";
            return false;
        }

        time = new UnixNanoseconds((long)total);
        fault = null;
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(UnixNanoseconds other) => Value.CompareTo(other.Value);

    /// <summary>Whether one time is before another.</summary>
    public static bool operator <(UnixNanoseconds left, UnixNanoseconds right) => left.Value < right.Value;

    /// <summary>Whether one time is after another.</summary>
    public static bool operator >(UnixNanoseconds left, UnixNanoseconds right) => left.Value > right.Value;

    /// <summary>Whether one time is not after another.</summary>
    public static bool operator <=(UnixNanoseconds left, UnixNanoseconds right) => left.Value <= right.Value;

    /// <summary>Whether one time is not before another.</summary>
    public static bool operator >=(UnixNanoseconds left, UnixNanoseconds right) => left.Value >= right.Value;

    /// <summary>ISO 8601 in UTC with as many digits of the fraction as it takes, such as <c>2025-01-31T09:30:00.000000001Z</c>.</summary>
    public override string ToString()
    {
        var (seconds, fraction) = Math.DivRem(Value, NanosecondsPerSecond);
        if (fraction < 0)
            (seconds, fraction) = (seconds - 1, fraction + NanosecondsPerSecond);

        var whole = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return fraction == 0
            ? whole + "Z"
            : $"{whole}.{fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }

    private static bool TryReadDate(ref ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (!TryReadNumber(ref text, 4, out var year)
            || !TrySkip(ref text, '-')
            || !TryReadNumber(ref text, 2, out var month)
            || !TrySkip(ref text, '-')
            || !TryReadNumber(ref text, 2, out var day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;

        date = new DateOnly(year, month, day);
        return true;
    }

    private static bool TryReadTimeOfDay(ref ReadOnlySpan<char> text, out int seconds, out long fraction)
    {
        (seconds, fraction) = (0, 0);
        if (text.IsEmpty)
            return true;

        if (text[0] is not ('T' or 't' or ' '))
            return false;

        text = text[1..];
        if (!TryReadHoursAndMinutes(ref text, out seconds))
            return false;

        if (TrySkip(ref text, ':'))
        {
            if (!TryReadNumber(ref text, 2, out var second) || second > 59)
                return false;

            seconds += second;
            if (TrySkip(ref text, '.') && !TryReadFraction(ref text, out fraction))
                return false;
        }

        return TryReadOffset(ref text, ref seconds);
    }

    private static bool TryReadHoursAndMinutes(ref ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        if (!TryReadNumber(ref text, 2, out var hours) || hours > 23
            || !TrySkip(ref text, ':') || !TryReadNumber(ref text, 2, out var minutes) || minutes > 59)
            return false;

        seconds = hours * 3600 + minutes * 60;
        return true;
    }

    private static bool TryReadFraction(ref ReadOnlySpan<char> text, out long fraction)
    {
        fraction = 0;
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            if (digits == FractionDigits)
                return false;

            fraction = fraction * 10 + (text[digits++] - '0');
        }

        text = text[digits..];
        var any = digits > 0;
        for (; digits < FractionDigits; digits++)
            fraction *= 10;

        return any;
    }

    private static bool TryReadOffset(ref ReadOnlySpan<char> text, ref int seconds)
    {
        if (text.IsEmpty || TrySkip(ref text, 'Z') || TrySkip(ref text, 'z'))
            return true;

        if (text[0] is not ('+' or '-'))
            return false;

        var sign = text[0] == '-' ? 1 : -1;
        text = text[1..];
        if (!TryReadNumber(ref text, 2, out var hours) || hours > 23)
            return false;

        var minutes = 0;
        if (!text.IsEmpty)
        {
            TrySkip(ref text, ':');
            if (!TryReadNumber(ref text, 2, out minutes) || minutes > 59)
                return false;
        }

        seconds += sign * (hours * 3600 + minutes * 60);
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<char> text, int digits, out int number)
    {
        number = 0;
        if (text.Length < digits)
            return false;

        foreach (var c in text[..digits])
        {
            if (!char.IsAsciiDigit(c))
                return false;

            number = number * 10 + (c - '0');
        }

        text = text[digits..];
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected)
            return false;

        text = text[1..];
        return true;
    }
}
