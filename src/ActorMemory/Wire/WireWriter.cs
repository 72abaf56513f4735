using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorMemory.Wire;

/// <summary>
/// Writes Protobuf fields into memory that is large enough; whoever uses it reckons the size beforehand with the constants here.
/// Scalar fields of value 0 and empty columns are left out, as proto3 does.
/// </summary>
internal ref struct WireWriter(Span<byte> output)
{
    /// <summary>The most bytes of a varint.</summary>
    internal const int MaxVarint = 10;

    /// <summary>The most bytes of a tag and a length, for field numbers below 2048.</summary>
    internal const int MaxHeader = 2 + MaxLength;

    /// <summary>The most bytes of a field that holds one number.</summary>
    internal const int MaxNumber = 2 + MaxVarint;

    private const int MaxLength = 5;

    private readonly Span<byte> _output = output;

    /// <summary>The number of bytes written.</summary>
    internal int Written { get; private set; }

    /// <summary>An uint64 field.</summary>
    internal void Varint(int field, ulong value)
    {
        if (value == 0)
            return;

        Present(field, value);
    }

    /// <summary>An optional uint64 field that is there: written even when it is 0.</summary>
    internal void Present(int field, ulong value)
    {
        Tag(field, WireType.Varint);
        RawVarint(value);
    }

    /// <summary>A bool field.</summary>
    internal void Flag(int field, bool value) => Varint(field, value ? 1UL : 0UL);

    /// <summary>A double field, bit by bit: of all values only +0 is left out.</summary>
    internal void Double(int field, double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        if (bits == 0)
            return;

        Tag(field, WireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(_output[Written..], bits);
        Written += sizeof(ulong);
    }

    /// <summary>The most bytes of a string field: a UTF-16 unit takes at most three.</summary>
    internal static int MaxText(string? text) => text is null ? 0 : MaxHeader + (text.Length * 3);

    /// <summary>An optional string field: left out if there is no text.</summary>
    internal void OptionalText(int field, string? value)
    {
        if (value is not null)
            Text(field, value);
    }

    /// <summary>A string field of a repeated kind: written even when empty.</summary>
    internal void Text(int field, string value)
    {
        Tag(field, WireType.LengthDelimited);
        RawVarint((ulong)Encoding.UTF8.GetByteCount(value));
        Written += Encoding.UTF8.GetBytes(value, _output[Written..]);
    }

    /// <summary>A bytes field, filled by the caller.</summary>
    internal Span<byte> Bytes(int field, int length)
    {
        if (length == 0)
            return default;

        Tag(field, WireType.LengthDelimited);
        RawVarint((ulong)length);
        var bytes = _output.Slice(Written, length);
        Written += length;
        return bytes;
    }

    /// <summary>An embedded message of a repeated kind: written even when empty, or the reader would count one too few.</summary>
    internal void Message(int field, scoped ReadOnlySpan<byte> message)
    {
        Tag(field, WireType.LengthDelimited);
        RawVarint((ulong)message.Length);
        message.CopyTo(_output[Written..]);
        Written += message.Length;
    }

    /// <summary>Begins an embedded message: what is written until <see cref="End"/> is its content.</summary>
    /// <returns>What <see cref="End"/> is to be called with.</returns>
    internal int Begin(int field)
    {
        Tag(field, WireType.LengthDelimited);
        var start = Written;
        Written += MaxLength;
        return start;
    }

    /// <summary>Ends an embedded message: its length is known now, and its content moves up to it.</summary>
    internal void End(int start)
    {
        var content = _output[(start + MaxLength)..Written];
        Written = start;
        RawVarint((ulong)content.Length);
        content.CopyTo(_output[Written..]);
        Written += content.Length;
    }

    /// <summary>A packed column of doubles.</summary>
    internal void Doubles(int field, scoped ReadOnlySpan<double> values)
    {
        var bytes = Bytes(field, values.Length * sizeof(double));
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(bytes);
            return;
        }

        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[(i * sizeof(double))..], values[i]);
    }

    /// <summary>A column of 128-bit numbers in a bytes field: 16 bytes each, big-endian, as UUIDs are written.</summary>
    internal void Wide(int field, scoped ReadOnlySpan<UInt128> values)
    {
        var bytes = Bytes(field, values.Length * 16);
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt128BigEndian(bytes[(i * 16)..], values[i]);
    }

    /// <summary>A packed column of sint64.</summary>
    internal void Signed(int field, scoped ReadOnlySpan<long> values)
    {
        var size = 0;
        foreach (var value in values)
            size += VarintSize(ZigZag(value));

        if (size == 0)
            return;

        Tag(field, WireType.LengthDelimited);
        RawVarint((ulong)size);
        foreach (var value in values)
            RawVarint(ZigZag(value));
    }

    private void Tag(int field, WireType type) => RawVarint(((ulong)field << 3) | (ulong)type);

    private void RawVarint(ulong value)
    {
        var output = _output;
        var position = Written;
        while (value >= 0x80)
        {
            output[position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        output[position++] = (byte)value;
        Written = position;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static int VarintSize(ulong value) => (63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7 + 1;
}
