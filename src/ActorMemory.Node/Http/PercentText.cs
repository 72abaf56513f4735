using System.Text;

namespace ActorMemory.Node.Http;

/// <summary>
/// Percent-encoding, strictly. The framework decodes most of a path but leaves %2F as it is, so that afterwards nobody can tell "/" from
/// the three characters "%2F"; and it turns bytes that are not UTF-8 into U+FFFD, which would make one name of many.
/// </summary>
internal static class PercentText
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a part of a path or query; null if it is not percent-encoded UTF-8.</summary>
    /// <param name="encoded">The part as it was sent.</param>
    /// <param name="plusIsSpace">Whether a plus is a space, as in queries.</param>
    public static string? Decode(ReadOnlySpan<char> encoded, bool plusIsSpace)
    {
        var bytes = new byte[encoded.Length];
        var count = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c > 0x7F)
                return null;

            if (c != '%')
            {
                bytes[count++] = c == '+' && plusIsSpace ? (byte)' ' : (byte)c;
                continue;
            }

            if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2]))
                return null;

            bytes[count++] = (byte)((Digit(encoded[i + 1]) << 4) | Digit(encoded[i + 2]));
            i += 2;
        }

        try
        {
            return s_strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
