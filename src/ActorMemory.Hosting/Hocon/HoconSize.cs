namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// Sizes in bytes as HOCON writes them: a number and a unit, such as <c>64MiB</c> or <c>10 kB</c>; a bare number is bytes.
/// </summary>
/// <remarks>
/// Powers of 1000: kB, MB, … YB and kilobyte(s), …; powers of 1024: K, k, Ki, KiB, … and kibibyte(s), …; single bytes: B,
/// b, byte(s). A fraction of a byte is dropped. Source: the HOCON specification, "Size in bytes format".
/// </remarks>
public static class HoconSize
{
    static readonly Dictionary<string, decimal> BytesByUnit = Units();

    /// <summary>Reads a size.</summary>
    /// <exception cref="FormatException">The text is no size, negative, or 8 EiB and more.</exception>
    public static long Parse(string text) => TryParse(text, out var bytes)
        ? bytes
        : throw new FormatException($"'{text}' is not a size in bytes. Write a number and B, KiB, MiB or GiB, such as 64MiB.");

    /// <summary>Reads a size; false if the text is none, negative, or 8 EiB and more.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (!HoconQuantity.TryParse(text, out var quantity) || !BytesByUnit.TryGetValue(quantity.Unit, out var bytesPerUnit))
            return false;

        // Divided rather than multiplied: the product of two decimals may overflow.
        if (quantity.Number < 0 || quantity.Number > long.MaxValue / bytesPerUnit)
            return false;

        bytes = (long)decimal.Truncate(quantity.Number * bytesPerUnit);
        return true;
    }

    static Dictionary<string, decimal> Units()
    {
        var units = new Dictionary<string, decimal>(StringComparer.Ordinal)
        {
            [""] = 1,
            ["B"] = 1,
            ["b"] = 1,
            ["byte"] = 1,
            ["bytes"] = 1,
        };
        var (decimalBytes, binaryBytes) = (1m, 1m);
        foreach (var (letter, decimalName, binaryName) in Prefixes)
        {
            decimalBytes *= 1000;
            binaryBytes *= 1024;
            var capital = char.ToUpperInvariant(letter);
            var small = char.ToLowerInvariant(letter);

            units[$"{letter}B"] = units[$"{decimalName}byte"] = units[$"{decimalName}bytes"] = decimalBytes;
            units[$"{capital}"] = units[$"{small}"] = units[$"{capital}i"] = units[$"{capital}iB"] = binaryBytes;
            units[$"{binaryName}byte"] = units[$"{binaryName}bytes"] = binaryBytes;
        }

        return units;
    }

    // Only kilo is abbreviated by a small letter: kB, MB, GB.
    static (char Letter, string Decimal, string Binary)[] Prefixes =>
    [
        ('k', "kilo", "kibi"), ('M', "mega", "mebi"), ('G', "giga", "gibi"), ('T', "tera", "tebi"),
        ('P', "peta", "pebi"), ('E', "exa", "exbi"), ('Z', "zetta", "zebi"), ('Y', "yotta", "yobi"),
    ];
}
