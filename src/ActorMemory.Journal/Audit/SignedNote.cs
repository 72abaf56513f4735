using System.Diagnostics.CodeAnalysis;

namespace ActorMemory.Journal;

/// <summary>A signature under a <see cref="SignedNote"/>.</summary>
/// <param name="KeyName">Whose key.</param>
/// <param name="KeyId">Which key: the first four bytes of a hash of it.</param>
/// <param name="Signature">The signature of the note's text.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>
/// A text with signatures in the form of C2SP signed-note: the text, an empty line, and for each signature a line of em dash, key
/// name, and base64 of key id (big-endian) and signature.
/// </summary>
/// <param name="Text">What is signed, with its last line end.</param>
/// <param name="Signatures">At least one.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const string Dash = "\u2014 ";
    private const int MaxLength = 64 * 1024;

    /// <summary>Reads a note.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        var end = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (text.Length > MaxLength || end <= 0 || end + 2 == text.Length || text[^1] != '\n' || text.Any(static character => character < ' ' && character != '\n'))
            return false;
        var signatures = new List<NoteSignature>();
        foreach (var line in text[(end + 2)..^1].Split('\n'))
        {
            if (!TryParseSignature(line, out var signature))
                return false;
            signatures.Add(signature);
        }

        note = new SignedNote(text[..(end + 1)], signatures);
        return true;
    }

    /// <summary>The note as text.</summary>
    public override string ToString() => Text + "\n" + string.Concat(Signatures.Select(Line));

    private static string Line(NoteSignature signature)
    {
        var bytes = new byte[sizeof(uint) + signature.Signature.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, signature.KeyId);
        signature.Signature.CopyTo(bytes.AsMemory(sizeof(uint)));
        return $"{Dash}{signature.KeyName} {Convert.ToBase64String(bytes)}\n";
    }

    private static bool TryParseSignature(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(Dash, StringComparison.Ordinal) || line[Dash.Length..].Split(' ') is not [{ Length: > 0 } name, { Length: > 0 } base64])
            return false;
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length <= sizeof(uint))
            return false;
        signature = new NoteSignature(
            name, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(sizeof(uint), length - sizeof(uint)));
        return true;
    }
}
