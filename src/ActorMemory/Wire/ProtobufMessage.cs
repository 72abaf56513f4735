using System.Buffers;
using Google.Protobuf;

namespace ActorMemory.Wire;

/// <summary>Writes and reads generated Protobuf messages, for everything that is not on the path of millions a second.</summary>
internal static class ProtobufMessage
{
    /// <summary>Writes a message.</summary>
    internal static void Write(IMessage message, IBufferWriter<byte> output) => message.WriteTo(output);

    /// <summary>Reads a message whose bytes may be anything.</summary>
    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static T Read<T>(MessageParser<T> parser, ReadOnlySpan<byte> payload)
        where T : IMessage<T>
    {
        try
        {
            // Of some lengths that cannot be the parser says that an argument is out of range.
            // Fields that this version does not know are passed over: kept, a few damaged bytes of them took megabytes.
            return parser.WithDiscardUnknownFields(true).ParseFrom(payload);
        }
        catch (Exception cause) when (cause is InvalidProtocolBufferException or ArgumentException or IndexOutOfRangeException)
        {
            // The last two are what 3.25 makes of lengths that reach beyond the message or beyond 31 bits.
            throw new FormatException($"The bytes are not the message {typeof(T).Name}: {cause.Message}", cause);
        }
    }
}
