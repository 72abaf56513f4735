using System.Text;

namespace ActorMemory.Hosting.Hocon;

/// <summary>A text to parse.</summary>
/// <param name="Origin">What errors call it.</param>
/// <param name="File">The full path of the file that it was read from, next to which its includes are; null if from none.</param>
/// <param name="Text">The text.</param>
internal sealed record HoconText(string Origin, string? File, string Text)
{
    /// <summary>Reads a file; null if there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="askedFrom">Where the file was asked for, for the error if it cannot be read.</param>
    public static HoconText? ReadIfExists(string path, HoconPosition askedFrom)
    {
        try
        {
            using var file = System.IO.File.OpenRead(path);
            return new HoconText(path, Path.GetFullPath(path), Decode(path, ReadBounded(path, file)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HoconException(askedFrom, $"'{path}' cannot be read: {e.Message}", "Check the name and the permissions", e);
        }
    }

    static ReadOnlySpan<byte> ReadBounded(string path, FileStream file)
    {
        // One byte more than allowed, never the length that the file claims: /dev/zero claims none and has no end.
        var content = new byte[HoconLimits.TextLength + 1];
        var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (length > HoconLimits.TextLength)
            throw HoconLimits.TextTooLong(new HoconPosition(path, 1, 1));
        return content.AsSpan(0, length);
    }

    static string Decode(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException e)
        {
            var before = content[..Math.Clamp(e.Index, 0, content.Length)];
            var position = new HoconPosition(path, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
            throw new HoconException(position, "the file is not valid UTF-8 here", "Save it as UTF-8", e);
        }
    }
}
