using System.Globalization;
using System.Text;

namespace ActorMemory.Journal;

/// <summary>
/// Checkpoints in a folder, which is meant to be on another machine's disk: a file a day and journal to which notes are appended, each
/// followed by an empty line, and the public key.
/// </summary>
public static class CheckpointFiles
{
    private const string Extension = ".checkpoints";
    private const string Separator = "\n";

    /// <summary>Appends notes to the file of a day; they are on the disk when it returns.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static void Append(string folder, string journalId, IEnumerable<SignedNote> notes, DateTimeOffset day)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{journalId}-{day.UtcDateTime:yyyy-MM-dd}{Extension}"));
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

        // What a crash has left of a note must not become a part of the next one.
        file.Seek(0, SeekOrigin.End);
        var text = (EndsWithEmptyLine(file) ? "" : "\n\n") + string.Concat(notes.Select(static note => note + Separator));
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes the public key of a journal into the folder, if there is none yet.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public static void Publish(string folder, string journalId, CheckpointKey key)
    {
        Directory.CreateDirectory(folder);
        var path = PublicKeyOf(folder, journalId);
        var known = File.Exists(path) ? File.ReadAllText(path) : "";
        if (!known.Contains(key.PublicKey.Trim(), StringComparison.Ordinal))
            File.AppendAllText(path, key.PublicKey);
    }

    /// <summary>Where the public key of a journal is in the folder.</summary>
    public static string PublicKeyOf(string folder, string journalId) => Path.Combine(folder, journalId + ".pub.pem");

    /// <summary>The notes of a journal in a folder, one after the other; null for what cannot be read as one.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IEnumerable<SignedNote?> Read(string folder, string journalId)
    {
        foreach (var path in Directory.EnumerateFiles(folder, journalId + "*" + Extension).Order(StringComparer.Ordinal))
        {
            foreach (var note in ReadFile(path))
                yield return note;
        }
    }

    // A note is a block of lines of text and, after an empty line, one of signatures.
    private static IEnumerable<SignedNote?> ReadFile(string path)
    {
        string? text = null;
        foreach (var block in Blocks(path))
        {
            if (block[0] != '\u2014')
            {
                if (text is not null)
                    yield return null;
                text = block;
                continue;
            }

            yield return SignedNote.TryParse($"{text}\n{block}", out var note) ? note : null;
            text = null;
        }

        if (text is not null)
            yield return null;
    }

    private static IEnumerable<string> Blocks(string path)
    {
        var block = new StringBuilder();
        foreach (var line in File.ReadLines(path).Append(""))
        {
            if (line.Length > 0)
            {
                block.Append(line).Append('\n');
                continue;
            }

            if (block.Length > 0)
                yield return block.ToString();
            block.Clear();
        }
    }

    private static bool EndsWithEmptyLine(FileStream file)
    {
        if (file.Length < 2)
            return file.Length == 0;
        file.Seek(-2, SeekOrigin.End);
        return file.ReadByte() == '\n' && file.ReadByte() == '\n';
    }
}
