using System.Buffers;
using System.Security.Cryptography;

namespace ActorMemory.Node.Performance;

/// <summary>A window that moves over a stream: unread bytes at the front, room for more behind. Can hash what has left it.</summary>
/// <param name="stream">The stream.</param>
/// <param name="capacity">Bytes of the window; a text that does not fit is too long.</param>
/// <param name="length">Where to stop, in bytes from the start.</param>
/// <param name="hash">Takes the bytes that were consumed.</param>
internal sealed class ByteWindow(Stream stream, int capacity, long length = long.MaxValue, IncrementalHash? hash = null) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _start, _end, _hashed;
    private long _read;

    /// <summary>The bytes that were not consumed.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(_start.._end);

    /// <summary>Bytes consumed from the start.</summary>
    public long Position { get; private set; }

    /// <summary>Whether no more bytes come.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Whether a text fills the whole window and has no end.</summary>
    public bool IsFull => _start == 0 && _end == capacity;

    /// <summary>Consumes bytes and gives them; they stay where they are until the window is filled.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        var taken = _bytes.AsMemory(_start, count);
        _start += count;
        Position += count;
        return taken;
    }

    /// <summary>Hands to the hash what was consumed until now.</summary>
    public void HashConsumed()
    {
        hash?.AppendData(_bytes.AsSpan(_hashed.._start));
        _hashed = _start;
    }

    /// <summary>Reads more bytes; false when none are left.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        HashConsumed();
        _bytes.AsSpan(_start.._end).CopyTo(_bytes);
        (_start, _end, _hashed) = (0, _end - _start, 0);
        var room = (int)Math.Min(capacity - _end, length - _read);
        var count = room == 0 ? 0 : await stream.ReadAsync(_bytes.AsMemory(_end, room), cancellationToken);
        _end += count;
        _read += count;
        IsAtEnd = count == 0;
        return count > 0;
    }

    /// <summary>Gives the memory back; nothing that was taken from the window may be used any more.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _start, _end) = ([], 0, 0);
    }
}
