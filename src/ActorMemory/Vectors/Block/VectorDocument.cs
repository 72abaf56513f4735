using System.Text;

namespace ActorMemory.Vectors;

/// <summary>Text and metadata of a vector as UTF-8: half of what they take as strings, and they are read only for what is found.</summary>
internal readonly struct VectorDocument
{
    private readonly byte[] _utf8;
    private readonly int _textLength;
    private readonly bool _hasMetadata;

    internal VectorDocument(string text, string? metadata)
    {
        _textLength = Encoding.UTF8.GetByteCount(text);
        _hasMetadata = metadata is not null;
        _utf8 = new byte[_textLength + Encoding.UTF8.GetByteCount(metadata ?? "")];
        Encoding.UTF8.GetBytes(text, _utf8);
        Encoding.UTF8.GetBytes(metadata ?? "", _utf8.AsSpan(_textLength));
    }

    internal string Text => Encoding.UTF8.GetString(_utf8.AsSpan(0, _textLength));

    internal string? Metadata => _hasMetadata ? Encoding.UTF8.GetString(_utf8.AsSpan(_textLength)) : null;

    internal int Bytes => _utf8.Length;

    internal bool IsSame(in VectorDocument other) =>
        _textLength == other._textLength && _hasMetadata == other._hasMetadata && _utf8.AsSpan().SequenceEqual(other._utf8);
}
