using System.Text;

namespace ActorMemory.Node.Tests.Fuzz;

/// <summary>Texts, literals and mutations that programs stumble over. Everything comes from the seed.</summary>
internal sealed class HostileText(Random random)
{
    private static readonly string[] s_names =
    [
        "", ".", "..", "s", "a|b", "|", "a/b", "%2F", "%", "_", "*", "';drop table journal;--", "\" or 1=1", "\0", "a\0b", "\u202Egnp.exe", "\u200B", "\uFEFFs", "😀",
        "👩‍👩‍👧‍👦", "e\u0301", "é", "İ", "ß", "ﬁ", "../../etc/passwd", "..\\..\\x", "<script>alert(1)</script>", "\r\nX-Evil: 1", "=cmd|' /C calc'!A0", "null", "NaN", "true",
        "-1", "0", "1e9", "\u007F", "\u0085", "\u2028", "${HOME}", "{0}", "%s%n", "performance|s|bull|5", new string('x', 128), new string('x', 129), string.Concat(Enumerable.Repeat("😀", 64)),
        new string('a', 5000),
    ];

    private static readonly string[] s_literals =
    [
        "1e999", "-1e999", "1e-999", "NaN", "Infinity", "-Infinity", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"nan\"", "-0.0", "-0", "0", "1", "01", "+1", "1.", ".5", "1e", "1e+",
        "99999999999999999999999", "-99999999999999999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "0x10", "1_000",
        "1.7976931348623157e308", "4.9e-324", "2.2250738585072011e-308", "true", "false", "null", "\"\"", "\"1\"", "{}", "[]", "[1]", "{\"a\":1}", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"",
        "\"\\x\"", "\"", "'a'", "undefined", "\"2025-01-01T00:00:00Z\"", "\"2025-02-30T00:00:00Z\"", "\"2025-01-01T00:00:00.123456789123Z\"", "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00Z\"",
    ];

    private static readonly byte[][] s_bytes =
    [
        [0], [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], "\r\n"u8.ToArray(), "\n"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(),
        "\""u8.ToArray(), ","u8.ToArray(), ":"u8.ToArray(), "\\"u8.ToArray(), "\\u"u8.ToArray(), "%00"u8.ToArray(), "%ff"u8.ToArray(), "%"u8.ToArray(), "/*"u8.ToArray(), "\uFEFF"u8.ToArray(),
    ];

    public string Name() => random.Next(3) == 0 ? "s" : s_names[random.Next(s_names.Length)];

    public string Literal() => s_literals[random.Next(s_literals.Length)];

    /// <summary>A JSON value nested so deeply that a parser that recurses would run out of stack.</summary>
    public string Nested()
    {
        var depth = random.Next(2) == 0 ? random.Next(1, 100) : random.Next(1_000, 20_000);
        return random.Next(3) switch
        {
            0 => new string('[', depth),
            1 => new string('[', depth) + new string(']', depth),
            _ => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
        };
    }

    /// <summary>A record in JSON, right or with members that are wrong, doubled, unknown or missing.</summary>
    public string Record()
    {
        var members = TestRecords.Object(random.Next(1000)).Select(static pair => (Name: pair.Key, Value: pair.Value?.ToJsonString() ?? "null")).ToList();
        if (random.Next(2) == 0)
            members.Add(("record_id", System.Text.Json.JsonSerializer.Serialize(Valid(Name()))));
        for (var edits = random.Next(0, 4); edits > 0; edits--)
        {
            var at = random.Next(members.Count);
            switch (random.Next(7))
            {
                case 0:
                    members.RemoveAt(at);
                    break;
                case 1:
                    members.Add(members[at]);
                    break;
                case 2:
                    members.Insert(at, (Valid(Name()), Literal()));
                    break;
                case 3:
                    members[at] = (members[at].Name, random.Next(20) == 0 ? Nested() : Literal());
                    break;
                case 4:
                    members[at] = (members[at].Name, System.Text.Json.JsonSerializer.Serialize(Valid(Name())));
                    break;
                case 5:
                    members[at] = (members[at].Name.ToUpperInvariant(), members[at].Value);
                    break;
                default:
                    (members[at], members[0]) = (members[0], members[at]);
                    break;
            }
        }

        return "{" + string.Join(random.Next(10) == 0 ? " , " : ",", members.Select(static member => $"{System.Text.Json.JsonSerializer.Serialize(member.Name)}:{member.Value}")) + "}";
    }

    /// <summary>Bytes with some of them removed, doubled, swapped, overwritten, or hostile ones between them.</summary>
    public byte[] Mutate(byte[] bytes)
    {
        var mutated = bytes.ToList();
        for (var edits = random.Next(1, 6); edits > 0 && mutated.Count > 0; edits--)
        {
            var at = random.Next(mutated.Count);
            var length = Math.Min(random.Next(1, 20), mutated.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    mutated.RemoveRange(at, length);
                    break;
                case 1:
                    mutated.InsertRange(at, mutated.GetRange(at, length));
                    break;
                case 2:
                    mutated.InsertRange(at, s_bytes[random.Next(s_bytes.Length)]);
                    break;
                case 3:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 4:
                    mutated[at] = (byte)random.Next(256);
                    break;
                default:
                    mutated.InsertRange(at, Encoding.UTF8.GetBytes(Literal()));
                    break;
            }
        }

        return [.. mutated];
    }

    /// <summary>A text in the path or query: encoded, half encoded, or as it is as far as HTTP carries it.</summary>
    public string Encoded(string text) => random.Next(4) switch
    {
        0 => string.Concat(Encoding.UTF8.GetBytes(text).Select(static b => $"%{b:x2}")),
        1 => new string([.. text.Select(static c => c is > ' ' and < '\u007F' ? c : '_')]),
        2 => string.Concat(Encoding.UTF8.GetBytes(text).Select(b => random.Next(2) == 0 || b is <= (byte)' ' or >= 0x7F ? $"%{b:X2}" : $"{(char)b}")) + (random.Next(10) == 0 ? "%" : ""),
        _ => Uri.EscapeDataString(Valid(text)),
    };

    private static string Valid(string text) => string.Concat(text.EnumerateRunes().Select(static rune => rune.ToString()));
}
