using System.Globalization;

namespace ActorMemory.Hosting.Hocon;

/// <summary>The character classes and the number grammar of the HOCON specification.</summary>
internal static class HoconCharacters
{
    const char ByteOrderMark = '\uFEFF';

    /// <summary>Whitespace in HOCON's sense; a newline is not part of it, because it also separates.</summary>
    public static bool IsSpace(char c) => c switch
    {
        '\n' => false,
        ' ' or (>= '\t' and <= '\r') or (>= '\u001C' and <= '\u001F') or ByteOrderMark => true,
        < '\u0080' => false,
        _ => char.GetUnicodeCategory(c)
            is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
    };

    /// <summary>Characters that mean something, or may one day, and therefore have to be quoted.</summary>
    public static bool IsReserved(char c) =>
        c is '$' or '"' or '{' or '}' or '[' or ']' or ':' or '=' or ',' or '+' or '#' or '`' or '^' or '?' or '!' or '@'
            or '*' or '&' or '\\';

    /// <summary>The length of the longest JSON number that the text starts with; 0 if it starts with none.</summary>
    public static int NumberLength(ReadOnlySpan<char> text)
    {
        var at = text.StartsWith("-") ? 1 : 0;
        var integer = DigitsAt(text, at);
        if (integer == 0)
            return 0;

        // JSON knows no leading zeros: of "01" only the 0 is a number.
        at += text[at] == '0' ? 1 : integer;

        if (at < text.Length && text[at] == '.' && DigitsAt(text, at + 1) is > 0 and var fraction)
            at += 1 + fraction;

        if (at >= text.Length || text[at] is not ('e' or 'E'))
            return at;

        var exponent = at + 1 < text.Length && text[at + 1] is '+' or '-' ? at + 2 : at + 1;
        var exponentDigits = DigitsAt(text, exponent);
        return exponentDigits == 0 ? at : exponent + exponentDigits;
    }

    static int DigitsAt(ReadOnlySpan<char> text, int start)
    {
        var at = start;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at - start;
    }
}
