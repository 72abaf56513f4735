using System.Buffers;

namespace ActorMemory.Actors;

/// <summary>
/// Where a thread writes what it then copies: formats ask for as much room as a message can need, and most need a fraction. Commands wait in great
/// numbers, so each keeps only its own bytes.
/// </summary>
internal static class Scratch
{
    private const int MostKept = 64 << 10;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_buffer;

    /// <summary>An empty buffer, until the thread rents again.</summary>
    public static ArrayBufferWriter<byte> Rent()
    {
        if (s_buffer is not { Capacity: <= MostKept } buffer)
            return s_buffer = new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        return buffer;
    }
}
