using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorMemory.Node.Portfolio;

/// <summary>JSON as the original writes its files: indented by two spaces, in ASCII, without a line end at the end.</summary>
internal static class OriginalText
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A value as such a file.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_options))
            write(json);

        // What is not ASCII can only stand in strings, and there an escape means the same.
        var text = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        var ascii = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c < 0x80)
                ascii.Append(c);
            else
                ascii.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return Encoding.ASCII.GetBytes(ascii.ToString());
    }

    /// <summary>
    /// A part of a file name that tells an id from every other one and is never a path: letters, digits, <c>-</c>, <c>_</c> and <c>.</c> stay (not at the
    /// start, for the dot), every other byte of its UTF-8 becomes <c>%XX</c>; what would be too long for a file system is cut and ends with a hash of the whole.
    /// </summary>
    public static string FileNameOf(string id)
    {
        const int longest = 180;
        var name = new StringBuilder(id.Length);
        foreach (var c in Encoding.UTF8.GetBytes(id))
        {
            if (char.IsAsciiLetterOrDigit((char)c) || c is (byte)'-' or (byte)'_' || (c == '.' && name.Length > 0))
                name.Append((char)c);
            else
                name.Append(CultureInfo.InvariantCulture, $"%{c:X2}");
        }

        if (name.Length <= longest)
            return name.ToString();
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        return string.Create(CultureInfo.InvariantCulture, $"{name.ToString(0, longest - 65)}~{hash}");
    }
}
