using System.Globalization;
using System.Text;

namespace ActorMemory.Performance;

/// <summary>When a horizon's text is a number.</summary>
internal static class HorizonText
{
    /// <summary>Whether the text is how a whole number is written: digits without leading zeros, perhaps after a minus.</summary>
    internal static bool IsWholeNumber(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.Length > 0
            && !digits.ContainsAnyExceptInRange('0', '9')
            && (digits[0] != '0' || text.Length == 1);
    }

    /// <summary>
    /// What the meta-features make of a horizon: text of nothing but decimal digits, of any script, becomes the number ("05" is 5);
    /// every other text stays as it is.
    /// </summary>
    internal static (string Text, bool IsNumber) AsFeature(string text)
    {
        if (text.Length == 0)
            return (text, false);

        var number = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.DecimalDigitNumber)
                return (text, false);

            var digit = (int)Rune.GetNumericValue(rune);
            if (number.Length > 0 || digit != 0)
                number.Append((char)('0' + digit));
        }

        return (number.Length == 0 ? "0" : number.ToString(), true);
    }
}
