using System.Text;

namespace ActorMemory.Actors;

/// <summary>A hash that is the same in every process, on every machine and in every version: shard numbers depend on it.</summary>
public static class StableHash
{
    /// <summary>FNV-1a over the UTF-8 bytes, finished with the 64-bit mixer of MurmurHash3.</summary>
    public static ulong Of(string text)
    {
        Span<byte> buffer = stackalloc byte[512];
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > buffer.Length)
            buffer = new byte[Encoding.UTF8.GetByteCount(text)];
        var length = Encoding.UTF8.GetBytes(text, buffer);
        var hash = 14695981039346656037UL;
        foreach (var value in buffer[..length])
            hash = (hash ^ value) * 1099511628211UL;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }

    /// <summary>The shard of an entity.</summary>
    public static int Shard(string persistenceId, int shardCount) => (int)(Of(persistenceId) % (ulong)shardCount);
}
