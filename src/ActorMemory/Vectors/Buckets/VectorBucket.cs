namespace ActorMemory.Vectors;

/// <summary>The vectors of one bucket. The first one fixes how many dimensions all have.</summary>
internal sealed class VectorBucket(int number)
{
    private const int EmptyBytes = 256;

    /// <summary>Which of the buckets.</summary>
    internal int Number => number;

    /// <summary>The vectors; null before the first.</summary>
    internal VectorBlock? Block { get; private set; }

    internal long Bytes => EmptyBytes + (Block?.Bytes ?? 0);

    /// <summary>What a snapshot takes, at most.</summary>
    internal long StoredBytes => Block?.StoredBytes ?? 0;

    internal void Put(StoredVector stored) => (Block ??= new VectorBlock(stored.Values.Length)).Put(stored);
}
