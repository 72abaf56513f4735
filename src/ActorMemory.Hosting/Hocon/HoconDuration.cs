namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// Durations as HOCON writes them: a number and a unit, such as <c>10s</c> or <c>1.5 hours</c>; a bare number is milliseconds.
/// </summary>
/// <remarks>
/// Units, lower case: ns, nano(s), nanosecond(s); us, micro(s), microsecond(s); ms, milli(s), millisecond(s); s, second(s);
/// m, minute(s); h, hour(s); d, day(s). Rounded to the 100 ns of a <see cref="TimeSpan"/>. Source: the HOCON specification,
/// "Duration format".
/// </remarks>
public static class HoconDuration
{
    static readonly Dictionary<string, decimal> TicksByUnit = Units(
        (0.01m, ["ns", "nano", "nanos", "nanosecond", "nanoseconds"]),
        (TimeSpan.TicksPerMicrosecond, ["us", "micro", "micros", "microsecond", "microseconds"]),
        (TimeSpan.TicksPerMillisecond, ["", "ms", "milli", "millis", "millisecond", "milliseconds"]),
        (TimeSpan.TicksPerSecond, ["s", "second", "seconds"]),
        (TimeSpan.TicksPerMinute, ["m", "minute", "minutes"]),
        (TimeSpan.TicksPerHour, ["h", "hour", "hours"]),
        (TimeSpan.TicksPerDay, ["d", "day", "days"]));

    /// <summary>Reads a duration.</summary>
    /// <exception cref="FormatException">The text is no duration, or beyond the range of <see cref="TimeSpan"/>.</exception>
    public static TimeSpan Parse(string text) => TryParse(text, out var duration)
        ? duration
        : throw new FormatException($"'{text}' is not a duration. Write a number and ns, us, ms, s, m, h or d, such as 10s.");

    /// <summary>Reads a duration; false if the text is none, or beyond the range of <see cref="TimeSpan"/>.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (!HoconQuantity.TryParse(text, out var quantity) || !TicksByUnit.TryGetValue(quantity.Unit, out var ticksPerUnit))
            return false;

        // Divided rather than multiplied: the product of two decimals may overflow.
        if (Math.Abs(quantity.Number) > long.MaxValue / ticksPerUnit)
            return false;

        duration = TimeSpan.FromTicks((long)Math.Round(quantity.Number * ticksPerUnit, MidpointRounding.AwayFromZero));
        return true;
    }

    static Dictionary<string, decimal> Units(params (decimal Ticks, string[] Names)[] units) =>
        units.SelectMany(unit => unit.Names, (unit, name) => (name, unit.Ticks)).ToDictionary(StringComparer.Ordinal);
}
