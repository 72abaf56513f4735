namespace ActorMemory.Journal;

/// <summary>A checkpoint whose signature is valid, or could not be checked.</summary>
/// <param name="Checkpoint">What was signed.</param>
/// <param name="Source">Where it was found, for messages.</param>
internal sealed record KnownCheckpoint(Checkpoint Checkpoint, string Source);

/// <summary>The tree of a shard, built from the leaves as they are stored, and held against the checkpoints as it grows.</summary>
/// <param name="shard">The shard.</param>
/// <param name="checkpoints">By size.</param>
internal sealed class VerifiedShard(int shard, IReadOnlyList<KnownCheckpoint> checkpoints)
{
    private readonly MerkleFrontier _tree = new();
    private int _next;
    private long _lastOrdering;

    // Where the batches begin that the newest agreeing checkpoint does not cover.
    private long _firstUnsigned;
    private bool _isWrong;
    private bool _isDoubtful;

    /// <summary>The number that the next batch has.</summary>
    public long NextNumber { get; private set; }

    /// <summary>Checkpoints that agreed.</summary>
    public long Agreed { get; private set; }

    /// <summary>The last event of the journal that an agreeing checkpoint covers.</summary>
    public long SignedUpTo { get; private set; }

    /// <summary>Adds the next batch; returns what does not fit the checkpoints.</summary>
    public VerificationFinding? Add(StoredBatch batch)
    {
        if (_firstUnsigned == 0)
            _firstUnsigned = batch.FirstOrdering;
        VerificationFinding? finding = null;

        // All batches of the shard up to the last event of a checkpoint are in its tree.
        if (!_isWrong && _next > 0 && checkpoints[_next - 1].Checkpoint is { } covered && batch.FirstOrdering <= covered.LastOrdering && covered.Size == NextNumber)
            finding = Disagrees(checkpoints[_next - 1], batch.LastOrdering);
        NextNumber = batch.Number + 1;
        _lastOrdering = batch.LastOrdering;
        if (_isWrong)
            return finding;
        _tree.Add(batch.Leaf.Span);
        for (; _next < checkpoints.Count && checkpoints[_next].Checkpoint.Size <= _tree.Size; _next++)
        {
            var known = checkpoints[_next].Checkpoint;
            if (known.Size == _tree.Size && known.Root.Span.SequenceEqual(_tree.Root()) && known.LastOrdering >= batch.LastOrdering)
            {
                Agreed++;
                SignedUpTo = known.LastOrdering;
                _firstUnsigned = 0;
                _isDoubtful = false;
            }
            else
            {
                return finding ?? Disagrees(checkpoints[_next], Math.Max(batch.LastOrdering, known.LastOrdering));
            }
        }

        return finding;
    }

    /// <summary>The end of the shard's last batch.</summary>
    public long LastOrdering => _lastOrdering;

    /// <summary>A batch of the shard is known to be changed: a root that does not fit says nothing new.</summary>
    public void Doubt() => _isDoubtful = true;

    /// <summary>A batch of the shard is known to be missing or out of place: from there on no root can fit, and says nothing more.</summary>
    public void Break(long nextNumber) => (_isWrong, NextNumber) = (true, nextNumber);

    /// <summary>What the checkpoints cover and the shard does not have; null when it has all.</summary>
    /// <param name="end">The last event of the journal.</param>
    /// <param name="isExplained">Whether events are known to be missing.</param>
    public VerificationFinding? End(long end, bool isExplained)
    {
        if (_isWrong || _next == checkpoints.Count || (isExplained && checkpoints[^1].Checkpoint.LastOrdering <= end))
            return null;
        var (known, source) = checkpoints[^1];
        if (known.LastOrdering > end)
        {
            return new VerificationFinding(
                FindingKind.RolledBack, end + 1, known.LastOrdering, null, 0,
                FormattableString.Invariant($"the journal ends with event {end}, but {source} was signed when event {known.LastOrdering} was there: the events from {end + 1} on are gone (cut off, or an older copy was put in place)"));
        }

        var first = checkpoints[_next].Checkpoint;
        return new VerificationFinding(
            FindingKind.Removed, _firstUnsigned == 0 ? _lastOrdering + 1 : _firstUnsigned, first.LastOrdering, null, 0,
            FormattableString.Invariant($"shard {shard} has {NextNumber} batches, but {source} was signed over {known.Size}: a batch up to event {first.LastOrdering} was removed"));
    }

    private VerificationFinding? Disagrees(KnownCheckpoint known, long last)
    {
        _isWrong = true;
        if (_isDoubtful)
            return null;
        var first = _firstUnsigned == 0 ? _lastOrdering + 1 : _firstUnsigned;
        return new VerificationFinding(
            FindingKind.Changed, first, last, null, 0,
            FormattableString.Invariant($"the events {first} to {last} of shard {shard} are not what was signed: {known.Source} has another root; the first change is among them"));
    }
}
