using System.Globalization;
using System.Text;

namespace ActorMemory.Hosting.Hocon;

/// <summary>Cuts a HOCON text into tokens, one at a time; comments disappear here.</summary>
internal sealed class HoconLexer(string text, string origin)
{
    const string TripleQuote = "\"\"\"";

    int _at;
    int _line = 1;
    int _lineStart;

    /// <summary>The next token; after the last one it is <see cref="HoconTokenKind.End"/> for ever.</summary>
    public HoconToken Next()
    {
        SkipComment();
        if (_at == text.Length)
            return new HoconToken(HoconTokenKind.End, "", Here);

        return text[_at] switch
        {
            '\n' => Newline(),
            ',' => Symbol(HoconTokenKind.Comma, 1),
            ':' => Symbol(HoconTokenKind.Colon, 1),
            '=' => Symbol(HoconTokenKind.Equals, 1),
            '{' => Symbol(HoconTokenKind.OpenBrace, 1),
            '}' => Symbol(HoconTokenKind.CloseBrace, 1),
            '[' => Symbol(HoconTokenKind.OpenBracket, 1),
            ']' => Symbol(HoconTokenKind.CloseBracket, 1),
            '+' when StartsWith("+=") => Symbol(HoconTokenKind.PlusEquals, 2),
            '$' when StartsWith("${?") => Symbol(HoconTokenKind.OptionalSubstitution, 3),
            '$' when StartsWith("${") => Symbol(HoconTokenKind.Substitution, 2),
            '"' when StartsWith(TripleQuote) => MultiLine(),
            '"' => Quoted(),
            var c when HoconCharacters.IsSpace(c) => Space(),
            var c when HoconCharacters.IsReserved(c) => throw new HoconException(
                Here, $"the character '{c}' is reserved outside quotes", "Put the whole text in double quotes"),
            _ => Unquoted(),
        };
    }

    HoconPosition Here => new(origin, _line, _at - _lineStart + 1);

    bool StartsWith(string symbol) => text.AsSpan(_at).StartsWith(symbol);

    void SkipComment()
    {
        if (_at < text.Length && (text[_at] == '#' || StartsWith("//")))
        {
            var newline = text.IndexOf('\n', _at);
            _at = newline < 0 ? text.Length : newline;
        }
    }

    HoconToken Symbol(HoconTokenKind kind, int length)
    {
        var position = Here;
        _at += length;
        return new HoconToken(kind, text.Substring(_at - length, length), position);
    }

    HoconToken Newline()
    {
        var token = Symbol(HoconTokenKind.Newline, 1);
        _line++;
        _lineStart = _at;
        return token;
    }

    HoconToken Space()
    {
        var end = _at;
        while (end < text.Length && HoconCharacters.IsSpace(text[end]))
            end++;
        return Symbol(HoconTokenKind.Space, end - _at);
    }

    HoconToken Unquoted()
    {
        // A number may hold a plus sign (1e+5), which is reserved everywhere else.
        var end = _at + HoconCharacters.NumberLength(text.AsSpan(_at));
        while (end < text.Length && !HoconCharacters.IsReserved(text[end]) && !HoconCharacters.IsSpace(text[end])
               && text[end] != '\n' && !text.AsSpan(end).StartsWith("//"))
            end++;
        return Symbol(HoconTokenKind.Unquoted, end - _at);
    }

    HoconToken MultiLine()
    {
        var position = Here;
        var start = _at + TripleQuote.Length;
        var close = text.IndexOf(TripleQuote, start, StringComparison.Ordinal);
        if (close < 0)
            throw new HoconException(position, "the multi-line string has no end", "Close it with three double quotes");

        // As in Scala, quotes beyond the closing three belong to the string.
        var end = close + TripleQuote.Length;
        while (end < text.Length && text[end] == '"')
            end++;

        var content = text[start..(end - TripleQuote.Length)];
        _at = end;
        if (content.LastIndexOf('\n') is >= 0 and var lastNewline)
        {
            _line += content.AsSpan().Count('\n');
            _lineStart = start + lastNewline + 1;
        }

        return new HoconToken(HoconTokenKind.Quoted, content, position);
    }

    HoconToken Quoted()
    {
        var position = Here;
        var content = new StringBuilder();
        _at++;
        while (_at < text.Length && text[_at] is not ('"' or '\n'))
        {
            if (text[_at] < ' ')
                throw new HoconException(
                    Here, $"the control character U+{(int)text[_at]:X4} in a quoted string", "Write an escape such as \\t");
            content.Append(text[_at] == '\\' ? Escape() : text[_at++]);
        }

        if (_at == text.Length || text[_at] == '\n')
            throw new HoconException(
                position,
                "the quoted string does not end on its line",
                "Close it with a double quote, or use three quotes for several lines");

        _at++;
        var value = content.ToString();
        if (HasLoneSurrogate(value))
            throw new HoconException(
                position, "the quoted string holds half of a surrogate pair", "Write both \\u escapes of the character");
        return new HoconToken(HoconTokenKind.Quoted, value, position);
    }

    char Escape()
    {
        var position = Here;
        var escaped = _at + 1 < text.Length ? text[_at + 1] : ' ';
        _at += 2;
        return escaped switch
        {
            '"' or '\\' or '/' => escaped,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => UnicodeEscape(position),
            _ => throw new HoconException(
                position, $"'\\{escaped}' is not an escape", "Write \\\\ for a backslash; the escapes are those of JSON"),
        };
    }

    char UnicodeEscape(HoconPosition position)
    {
        if (_at + 4 > text.Length
            || !ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new HoconException(position, "'\\u' is not followed by four hexadecimal digits", "Write for instance \\u00e9");
        _at += 4;
        return (char)code;
    }

    static bool HasLoneSurrogate(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i]))
                continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
                return true;
            i++;
        }

        return false;
    }
}
