using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace ActorMemory.Wire;

/// <summary>
/// Reads Protobuf fields from bytes that may be anything: every length is checked against what is there before it is believed.
/// </summary>
/// <param name="input">The message.</param>
/// <param name="message">How errors call the message.</param>
internal ref struct WireReader(ReadOnlySpan<byte> input, string message)
{
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _input = input;
    private int _position;
    private WireType _type;

    /// <summary>The number of the field at which the reader stands.</summary>
    internal int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    internal bool Next()
    {
        if (_position == _input.Length)
            return false;

        var tag = RawVarint();
        _type = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > 0x1FFF_FFFF)
            throw Fault("has a field number that Protobuf does not allow");

        Field = (int)(tag >> 3);
        return true;
    }

    /// <summary>An uint64 field.</summary>
    internal ulong Varint()
    {
        Expect(WireType.Varint);
        return RawVarint();
    }

    /// <summary>An uint64 field that counts something, and so fits into a signed one.</summary>
    internal long Count()
    {
        var value = Varint();
        return value <= long.MaxValue ? (long)value : throw Fault("has a number beyond 63 bits");
    }

    /// <summary>An int32 field.</summary>
    internal int Int32()
    {
        var value = (long)Varint();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Fault("has a number beyond 32 bits");
    }

    /// <summary>A bool field.</summary>
    internal bool Flag() => Varint() != 0;

    /// <summary>A field that names one of so many choices, from 0.</summary>
    internal int Choice(int known)
    {
        var value = Varint();
        return value < (ulong)known ? (int)value : throw Fault($"makes a choice that this version does not know ({value})");
    }

    /// <summary>A double field, bit by bit.</summary>
    internal double Double()
    {
        Expect(WireType.Fixed64);
        var start = _position;
        SkipBytes(sizeof(double));
        return ReadDouble(_input[start..], 0);
    }

    /// <summary>A bytes field that holds one 128-bit number.</summary>
    internal UInt128 Wide()
    {
        var bytes = Bytes();
        return bytes.Length == 16 ? ReadWide(bytes, 0) : throw Fault("has an identity that is not 16 bytes");
    }

    /// <summary>A packed column of sint64.</summary>
    internal long[] SignedColumn()
    {
        var column = Bytes();
        var count = CountVarints(column);
        if (count < 0)
            throw Fault("is cut short");

        var values = count == 0 ? [] : new long[count];
        foreach (ref var value in values.AsSpan())
            value = TakeSigned(ref column, message);

        return values;
    }

    /// <summary>A packed column of doubles.</summary>
    internal double[] DoubleColumn()
    {
        var column = Bytes();
        if (column.Length % sizeof(double) != 0)
            throw Fault("has a column of doubles that is cut short");

        var values = column.IsEmpty ? [] : new double[column.Length / sizeof(double)];
        ReadDoubles(column, values);
        return values;
    }

    /// <summary>A bytes field, a column, or an embedded message.</summary>
    internal ReadOnlySpan<byte> Bytes()
    {
        Expect(WireType.LengthDelimited);
        var length = RawVarint();
        if (length > (ulong)(_input.Length - _position))
            throw Fault("is cut short");

        var bytes = _input.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>A string field.</summary>
    internal string Text()
    {
        var bytes = Bytes();
        try
        {
            return s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Fault("holds text that is not UTF-8");
        }
    }

    /// <summary>Passes over a field that this version does not know.</summary>
    internal void Skip()
    {
        switch (_type)
        {
            case WireType.Varint:
                RawVarint();
                break;
            case WireType.LengthDelimited:
                Bytes();
                break;
            case WireType.Fixed64:
                SkipBytes(8);
                break;
            case WireType.Fixed32:
                SkipBytes(4);
                break;
            default:
                throw Fault("has a wire type that Protobuf does not have");
        }
    }

    /// <summary>Says that a message is not what it should be.</summary>
    internal readonly FormatException Fault(string what) => new($"{message} {what} (field {Field}, byte {_position} of {_input.Length}).");

    /// <summary>Reads a column of doubles into as many places.</summary>
    internal static void ReadDoubles(ReadOnlySpan<byte> column, Span<double> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            column.CopyTo(MemoryMarshal.AsBytes(values));
            return;
        }

        for (var i = 0; i < values.Length; i++)
            values[i] = ReadDouble(column, i);
    }

    /// <summary>One value of a column of doubles.</summary>
    internal static double ReadDouble(ReadOnlySpan<byte> column, int index) =>
        BinaryPrimitives.ReadDoubleLittleEndian(column[(index * sizeof(double))..]);

    /// <summary>One value of a column of sfixed64.</summary>
    internal static long ReadFixed(ReadOnlySpan<byte> column, int index) =>
        BinaryPrimitives.ReadInt64LittleEndian(column[(index * sizeof(long))..]);

    /// <summary>One value of a column of 128-bit numbers.</summary>
    internal static UInt128 ReadWide(ReadOnlySpan<byte> column, int index) =>
        BinaryPrimitives.ReadUInt128BigEndian(column[(index * 16)..]);

    /// <summary>Takes the next value off a packed column of sint64.</summary>
    internal static long TakeSigned(ref ReadOnlySpan<byte> column, string message)
    {
        var reader = new WireReader(column, message);
        var value = reader.RawVarint();
        column = column[reader._position..];
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>How many numbers a packed column of varints holds; -1 if the last one is cut short.</summary>
    internal static int CountVarints(ReadOnlySpan<byte> column)
    {
        if (column.IsEmpty)
            return 0;

        var count = 0;
        foreach (var part in column)
            count += part < 0x80 ? 1 : 0;

        return column[^1] < 0x80 ? count : -1;
    }

    private readonly void Expect(WireType type)
    {
        if (_type != type)
            ThrowUnexpectedType();
    }

    [DoesNotReturn]
    private readonly void ThrowUnexpectedType() => throw Fault($"has a field of wire type {(int)_type} where another is due");

    private void SkipBytes(int count)
    {
        if (count > _input.Length - _position)
            throw Fault("is cut short");

        _position += count;
    }

    private ulong RawVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position == _input.Length)
                throw Fault("is cut short");

            var part = _input[_position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Fault("has a number of more than ten bytes");
    }
}
