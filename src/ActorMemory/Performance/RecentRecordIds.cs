namespace ActorMemory.Performance;

/// <summary>
/// The last ids of a key. A repetition is found by a 16-bit fingerprint of each id, which the vectorised search of the runtime scans
/// (2 KiB at most), and then by the id itself.
/// </summary>
/// <param name="window">How many ids are remembered; int.MaxValue to remember all.</param>
internal sealed class RecentRecordIds(int window)
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
        var fingerprint = Fingerprint(id);
        var fingerprints = _fingerprints.AsSpan(0, Count);
        for (var from = 0; ;)
        {
            var found = fingerprints[from..].IndexOf(fingerprint);
            if (found < 0)
                return -1;

            from += found;
            if (_ids[from] == id)
                return Count - 1 - (from >= _oldest ? from - _oldest : from - _oldest + Count);

            from++;
        }
    }

    /// <summary>Remembers an id that is not remembered yet, and forgets the oldest if there is no place.</summary>
    internal void Add(UInt128 id)
    {
        if (Count == window)
        {
            Put(_oldest, id);
            _oldest = _oldest + 1 == window ? 0 : _oldest + 1;
            return;
        }

        if (Count == Capacity)
            Grow();

        Put(Count++, id);
    }

    /// <summary>Writes the ids, oldest first, into as many places.</summary>
    internal void CopyTo(Span<UInt128> ids)
    {
        _ids.AsSpan(_oldest, Count - _oldest).CopyTo(ids);
        _ids.AsSpan(0, _oldest).CopyTo(ids[(Count - _oldest)..]);
    }

    private void Put(int place, UInt128 id)
    {
        _ids[place] = id;
        _fingerprints[place] = Fingerprint(id);
    }

    private void Grow()
    {
        var capacity = Math.Min(window, Math.Max(SmallestCapacity, Count + Count / 4 + 1));
        Array.Resize(ref _ids, capacity);
        Array.Resize(ref _fingerprints, capacity);
    }

    // Senders count upwards in any part of an id: the multiplication brings every part into the upper bits.
    private static ushort Fingerprint(UInt128 id) =>
        (ushort)((((ulong)id ^ (ulong)(id >> 64)) * 0x9E37_79B9_7F4A_7C15) >> 48);
}
