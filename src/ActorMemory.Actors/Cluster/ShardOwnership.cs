namespace ActorMemory.Actors;

/// <summary>Which shards a node owns, as far as it knows. A frozen node may be wrong for a while: the epochs of the journal have the last word.</summary>
/// <remarks>Safe to call from several threads.</remarks>
internal sealed class ShardOwnership(int shardCount)
{
    private readonly bool[] _owned = new bool[shardCount];
    private readonly long[] _terms = new long[shardCount];
    private readonly Waking?[] _inLineSince = new Waking?[shardCount];
    private long _handedOver;
    private long _lost;

    /// <summary>Is called with a shard that another owner has taken.</summary>
    public Action<int>? OnFenced { get; set; }

    public int ShardCount => _owned.Length;

    public long HandedOver => Interlocked.Read(ref _handedOver);

    public long Lost => Interlocked.Read(ref _lost);

    public bool Owns(int shard) => Volatile.Read(ref _owned[shard]);

    public IReadOnlyList<int> Owned() => [.. Enumerable.Range(0, _owned.Length).Where(Owns)];

    /// <summary>Counts how often the node has got the shard: an epoch of an earlier time is over. Null while the shard belongs to another.</summary>
    public long? TermOf(int shard) => Owns(shard) ? Interlocked.Read(ref _terms[shard]) : null;

    /// <summary>
    /// Whether the node stood still since it came to stand in the shard's line. Then the broker may have given the shard to another without it knowing, and what
    /// it was given itself is from before.
    /// </summary>
    public bool StoodStill(int shard) => Volatile.Read(ref _inLineSince[shard])?.IsOver == true;

    public void Take(int shard, Waking inLineSince)
    {
        Volatile.Write(ref _inLineSince[shard], inLineSince);
        Interlocked.Increment(ref _terms[shard]);
        Volatile.Write(ref _owned[shard], true);
    }

    public void HandOver(int shard) => GiveUp(shard, ref _handedOver);

    public void Lose(int shard) => GiveUp(shard, ref _lost);

    /// <summary>The journal refused a batch: from now on nothing of the shard is decided here, until it comes back.</summary>
    public void Fenced(int shard)
    {
        Lose(shard);
        OnFenced?.Invoke(shard);
    }

    public static JournalException NotOwned(int shard) => new(
        JournalError.Fenced, WriteOutcome.NotWritten, $"Shard {shard} belongs to another node. Nothing was written; send it again.");

    private void GiveUp(int shard, ref long counter)
    {
        if (Interlocked.Exchange(ref _owned[shard], false))
            Interlocked.Increment(ref counter);
    }
}
