using System.Text;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>Times from UTF-8: the usual form without detours, every other one through <see cref="UnixNanoseconds.TryParse"/>.</summary>
internal static class TimestampText
{
    private const int MaxLength = 64;
    private const int UsualLength = 20;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Reads a time, or says what is wrong.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out UnixNanoseconds time, out string? fault)
    {
        fault = null;
        if (TryReadUsual(text, out time))
            return true;

        if (text.Length > MaxLength)
        {
            fault = $"it has {text.Length} bytes; write ISO 8601 such as 2025-01-31T09:30:00.123456789Z, or nanoseconds since 1970.";
            return false;
        }

        Span<char> characters = stackalloc char[MaxLength];
        var count = Encoding.UTF8.GetChars(text, characters);
        return UnixNanoseconds.TryParse(characters[..count], out time, out fault);
    }

    // 2025-01-31T09:30:00Z and 2025-01-31T09:30:00.123456789Z, from 1970 to 2261.
    private static bool TryReadUsual(ReadOnlySpan<byte> text, out UnixNanoseconds time)
    {
        time = default;
        if (text.Length < UsualLength || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || text[^1] != 'Z')
            return false;

        var year = (Two(text, 0) * 100) + Two(text, 2);
        int month = Two(text, 5), day = Two(text, 8), hour = Two(text, 11), minute = Two(text, 14), second = Two(text, 17);
        if (year is < 1970 or > 2261 || month is < 1 or > 12 || day < 1 || hour is < 0 or > 23 || minute is < 0 or > 59
            || second is < 0 or > 59 || day > DateTime.DaysInMonth(year, month) || !TryReadFraction(text[19..^1], out var nanoseconds))
            return false;

        var days = new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        var seconds = (days * 86_400L) + (hour * 3600) + (minute * 60) + second;
        time = new UnixNanoseconds((seconds * NanosecondsPerSecond) + nanoseconds);
        return true;
    }

    private static bool TryReadFraction(ReadOnlySpan<byte> text, out int nanoseconds)
    {
        nanoseconds = 0;
        if (text.IsEmpty)
            return true;
        if (text[0] != '.' || text.Length is < 2 or > 10)
            return false;

        for (var i = 1; i < 10; i++)
        {
            var digit = i < text.Length ? (uint)(text[i] - '0') : 0;
            if (digit > 9)
                return false;
            nanoseconds = (nanoseconds * 10) + (int)digit;
        }

        return true;
    }

    // Far below zero for anything but two digits, so that every range check fails.
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        uint tens = (uint)(text[at] - '0'), ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -1_000_000 : (int)((tens * 10) + ones);
    }
}
