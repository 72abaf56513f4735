using System.Globalization;
using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>The times in decisions and outcomes: texts of ISO 8601, kept as they came; without an offset they are UTC.</summary>
internal static class OutcomeTime
{
    private const double NanosecondsPerHour = 3_600e9;
    private const int MaxShown = 64;
    private const long NanosecondsPerDay = 86_400_000_000_000;

    /// <summary>Reads a text; null if it is none, or not a time that nanoseconds can hold.</summary>
    internal static UnixNanoseconds? Read(string? text)
    {
        // A whole number might be seconds, milliseconds or nanoseconds, or a date without dashes: nobody is helped by a guess.
        var isNumber = Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return !isNumber && UnixNanoseconds.TryParse(text, out var time, out _) ? time : null;
    }

    /// <summary>Says why a text is not a time; null if it is one.</summary>
    internal static string? FindFault(string text) => Read(text) is not null
        ? null
        : $"'{(text.Length <= MaxShown ? text : text[..MaxShown] + "…")}' is not a time from 1678 to 2262 in ISO 8601, such as 2025-01-31T09:30:00Z.";

    /// <summary>As the original writes times: UTC as an offset.</summary>
    internal static string Write(UnixNanoseconds time) => time.ToString()[..^1] + "+00:00";

    /// <summary>So many days earlier; the earliest time there is if it would be before.</summary>
    internal static UnixNanoseconds DaysBefore(UnixNanoseconds time, int days) =>
        new((long)Int128.Max(time.Value - (Int128)days * NanosecondsPerDay, long.MinValue));

    /// <summary>Hours from one text to another, below 0 if the second is earlier; null if one of them is not a time.</summary>
    internal static double? HoursBetween(string? from, string? until) =>
        Read(from) is { } start && Read(until) is { } end ? (double)((Int128)end.Value - start.Value) / NanosecondsPerHour : null;
}
