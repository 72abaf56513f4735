using System.Globalization;

namespace ActorMemory.Hosting.Hocon;

/// <summary>A number and perhaps a unit, the specification's "units format": <c>10</c>, <c>10ms</c>, <c>1.5 GiB</c>.</summary>
internal readonly record struct HoconQuantity(decimal Number, string Unit)
{
    public static bool TryParse(string? text, out HoconQuantity quantity)
    {
        quantity = default;
        var trimmed = Trim(text);
        var length = HoconCharacters.NumberLength(trimmed);
        if (!decimal.TryParse(trimmed[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;

        var unit = Trim(trimmed[length..]).ToString();
        if (!unit.All(char.IsLetter))
            return false;

        quantity = new HoconQuantity(number, unit);
        return true;
    }

    static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (text.Length > 0 && IsSpace(text[0]))
            text = text[1..];
        while (text.Length > 0 && IsSpace(text[^1]))
            text = text[..^1];
        return text;
    }

    static bool IsSpace(char c) => c == '\n' || HoconCharacters.IsSpace(c);
}
