using System.Runtime.InteropServices;
using System.Text;

namespace ActorMemory.Node.Performance;

/// <summary>
/// Gives the same string for the same bytes, for the few names that come again in every record. Bounded: a name that falls on another's
/// place takes it.
/// </summary>
internal sealed class NamePool
{
    private const int Places = 1024;
    private const int MaxBytes = 128;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly (byte[] Utf8, string Text)[] _places = new (byte[], string)[Places];

    /// <summary>The text of UTF-8 bytes.</summary>
    /// <exception cref="DecoderFallbackException">The bytes are not UTF-8.</exception>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxBytes)
            return s_strict.GetString(utf8);

        ref var place = ref _places[PlaceOf(utf8)];
        if (place.Utf8 is null || !utf8.SequenceEqual(place.Utf8))
            place = (utf8.ToArray(), s_strict.GetString(utf8));
        return place.Text;
    }

    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        var hash = (ulong)utf8.Length;
        for (; utf8.Length >= sizeof(ulong); utf8 = utf8[sizeof(ulong)..])
            hash = (hash ^ MemoryMarshal.Read<ulong>(utf8)) * 0x9E3779B97F4A7C15;
        foreach (var value in utf8)
            hash = (hash ^ value) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 54);
    }
}
