namespace ActorMemory.Performance;

/// <summary>
/// The last ids of a key, in a ring. A repetition is found by a 16-bit fingerprint of each id, which the vectorised search of the runtime scans
/// (32 KiB at most), and then by the id itself.
/// </summary>
internal sealed class RecentRecordIds
{
    internal const int BytesPerId = 16 + sizeof(ushort);

    private const int SmallestCapacity = 8;

    private UInt128[] _ids = [];
    private ushort[] _fingerprints = [];
    private int _oldest;

    internal int Count { get; private set; }

    internal int Capacity => _ids.Length;

    /// <summary>How many ids were added after this one (0 for the newest), or -1 if it is not remembered.</summary>
    internal int AgeOf(UInt128 id)
    {
        var untilEnd = Math.Min(Count, Capacity - _oldest);
        var place = Find(id, _oldest, _oldest + untilEnd);
        if (place >= 0)
            return Count - 1 - (place - _oldest);

        place = Find(id, 0, Count - untilEnd);
        return place < 0 ? -1 : Count - 1 - (untilEnd + place);
    }

    /// <summary>Remembers an id that is not remembered yet, and forgets the oldest of those that are more than a number.</summary>
    internal void Add(UInt128 id, int most = int.MaxValue)
    {
        if (Count >= most)
            Forget(Count - most + 1);
        if (Count == Capacity)
            Grow(most);

        var place = _oldest + Count++;
        if (place >= Capacity)
            place -= Capacity;
        _ids[place] = id;
        _fingerprints[place] = Fingerprint(id);
    }

    /// <summary>Writes the ids, oldest first, into as many places.</summary>
    internal void CopyTo(Span<UInt128> ids)
    {
        var untilEnd = Math.Min(Count, Capacity - _oldest);
        _ids.AsSpan(_oldest, untilEnd).CopyTo(ids);
        _ids.AsSpan(0, Count - untilEnd).CopyTo(ids[untilEnd..]);
    }

    private int Find(UInt128 id, int from, int end)
    {
        var fingerprint = Fingerprint(id);
        while (from < end)
        {
            var found = _fingerprints.AsSpan(from, end - from).IndexOf(fingerprint);
            if (found < 0)
                return -1;

            from += found;
            if (_ids[from] == id)
                return from;

            from++;
        }

        return -1;
    }

    private void Forget(int count)
    {
        _oldest += count;
        if (_oldest >= Capacity)
            _oldest -= Capacity;
        Count -= count;
    }

    private void Grow(int most)
    {
        var capacity = Math.Min(most, Math.Max(SmallestCapacity, Count + Count / 4 + 1));
        var (ids, fingerprints) = (new UInt128[capacity], new ushort[capacity]);
        CopyTo(ids);
        for (var i = 0; i < Count; i++)
            fingerprints[i] = Fingerprint(ids[i]);
        (_ids, _fingerprints, _oldest) = (ids, fingerprints, 0);
    }

    // Senders count upwards in any part of an id: the multiplication brings every part into the upper bits.
    private static ushort Fingerprint(UInt128 id) =>
        (ushort)((((ulong)id ^ (ulong)(id >> 64)) * 0x9E37_79B9_7F4A_7C15) >> 48);
}
