namespace ActorMemory.Vectors;

/// <summary>A hash of a feature, built piece by piece: FNV-1a over UTF-16 units with ASCII letters in lower case, finished with the mixer of MurmurHash3.</summary>
internal readonly struct FeatureHash
{
    private readonly ulong _hash;

    internal FeatureHash(char kind)
        : this(Step(14695981039346656037UL, kind))
    {
    }

    private FeatureHash(ulong hash) => _hash = hash;

    internal ulong Value
    {
        get
        {
            var hash = (_hash ^ (_hash >> 33)) * 0xff51afd7ed558ccdUL;
            hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
            return hash ^ (hash >> 33);
        }
    }

    internal FeatureHash With(ReadOnlySpan<char> text)
    {
        var hash = _hash;
        foreach (var c in text)
            hash = Step(hash, c);
        return new FeatureHash(hash);
    }

    internal FeatureHash With(char c) => new(Step(_hash, c));

    internal FeatureHash With(long number)
    {
        var hash = Step(_hash, '#');
        for (var shift = 0; shift < 64; shift += 16)
            hash = Step(hash, (char)(number >> shift));
        return new FeatureHash(hash);
    }

    private static ulong Step(ulong hash, char c)
    {
        if (c is >= 'A' and <= 'Z')
            c = (char)(c | 0x20);
        hash = (hash ^ (byte)c) * 1099511628211UL;
        return (hash ^ (byte)(c >> 8)) * 1099511628211UL;
    }
}
