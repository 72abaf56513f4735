using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ActorMemory.Names;

namespace ActorMemory.Performance;

/// <summary>
/// The identity of a record: a text of 1 to <see cref="MaxCharacters"/> characters that its sender chose, or a UUIDv7. A record that
/// comes again under the same id is the same record.
/// </summary>
/// <remarks>
/// Ids are compared by a 128-bit value. The lower-case text of a UUID (RFC 9562) of version 1 to 8 stands for the UUID itself; any
/// other text for the first 128 bits of the SHA-256 of its UTF-8 form, with 15 in place of the version, so that the two never meet.
/// </remarks>
public readonly struct RecordId : IEquatable<RecordId>
{
    /// <summary>The most characters (Unicode code points) that an id may have.</summary>
    public const int MaxCharacters = 64;

    private const int UuidLength = 36;
    private const int VersionShift = 76;

    private readonly string? _text;

    private RecordId(UInt128 value, string? text) => (Value, _text) = (value, text);

    /// <summary>The 128 bits that stand for the id, in the byte order of RFC 9562; 0 for none.</summary>
    public UInt128 Value { get; }

    /// <summary>Whether this is no id at all (the default value).</summary>
    public bool IsNone => Value == UInt128.Zero;

    /// <summary>Whether the id is a text other than a UUID, which has to be kept beside <see cref="Value"/>.</summary>
    public bool IsText => _text is not null;

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is empty, too long, or has control characters or lone surrogates.</exception>
    public static RecordId Parse(string text) =>
        TryParse(text, out var id, out var fault) ? id : throw new FormatException(fault);

    /// <summary>Reads an id, or says in <paramref name="fault"/> why the text is none.</summary>
    public static bool TryParse(string text, out RecordId id, [NotNullWhen(false)] out string? fault)
    {
        fault = text.Length == 0
            ? "record_id is empty; leave it out to have one made."
            : NameText.FindFault(text, "record_id", MaxCharacters);
        id = default;
        if (fault is not null)
            return false;

        id = TryReadUuid(text, out var value) ? FromUuid(value) : new RecordId(HashOf(text), text);
        return true;
    }

    /// <summary>A UUIDv7 (RFC 9562, section 5.7) from a time and 74 of the given random bits.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970-01-01 UTC; 0 stands for any earlier time.</param>
    /// <param name="randomness">Random bits; two ids of one millisecond are distinct by them alone.</param>
    public static RecordId CreateVersion7(long unixMilliseconds, UInt128 randomness)
    {
        var time = (UInt128)(ulong)Math.Max(unixMilliseconds, 0) << 80;
        var high = ((randomness >> 64) & 0xFFF) << 64;
        var low = randomness & 0x3FFF_FFFF_FFFF_FFFF;
        return FromUuid(time | ((UInt128)7 << VersionShift) | high | ((UInt128)2 << 62) | low);
    }

    /// <summary>The id as its sender wrote it; empty for none.</summary>
    public override string ToString() => _text ?? (IsNone ? "" : WriteUuid(Value));

    /// <inheritdoc/>
    public bool Equals(RecordId other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RecordId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Whether two ids name the same record.</summary>
    public static bool operator ==(RecordId left, RecordId right) => left.Equals(right);

    /// <summary>Whether two ids name different records.</summary>
    public static bool operator !=(RecordId left, RecordId right) => !left.Equals(right);

    internal static RecordId FromUuid(UInt128 value) => new(value, null);

    /// <summary>Whether the id has a text that <see cref="TryParse"/> takes, and a value that is no UUID's.</summary>
    internal bool HasLegalText =>
        _text is { Length: > 0 } && NameText.FindFault(_text, "record_id", MaxCharacters) is null && ((Value >> VersionShift) & 0xF) == 0xF;

    /// <summary>An id as it was stored: its value, and its text if it is not a UUID.</summary>
    internal static RecordId FromStored(UInt128 value, string? text) => new(value, text);

    private static UInt128 HashOf(string text)
    {
        Span<byte> utf8 = stackalloc byte[MaxCharacters * 4];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(text, utf8)], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash) | ((UInt128)0xF << VersionShift);
    }

    private static bool TryReadUuid(string text, out UInt128 value)
    {
        value = UInt128.Zero;
        if (text.Length != UuidLength || text[14] is < '1' or > '8')
            return false;

        for (var i = 0; i < UuidLength; i++)
        {
            var c = text[i];
            if (i is 8 or 13 or 18 or 23)
            {
                if (c != '-')
                    return false;

                continue;
            }

            var digit = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= 'a' and <= 'f' => c - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;

            value = (value << 4) | (uint)digit;
        }

        return true;
    }

    private static string WriteUuid(UInt128 value) => string.Create(UuidLength, value, static (text, value) =>
    {
        var shift = 128;
        for (var i = 0; i < text.Length; i++)
        {
            if (i is 8 or 13 or 18 or 23)
            {
                text[i] = '-';
                continue;
            }

            shift -= 4;
            text[i] = "0123456789abcdef"[(int)((value >> shift) & 0xF)];
        }
    });
}
