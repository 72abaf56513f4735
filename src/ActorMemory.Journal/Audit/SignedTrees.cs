namespace ActorMemory.Journal;

/// <summary>The journal does not continue what was signed: it was changed, or an older copy was put in its place.</summary>
public sealed class CheckpointMismatchException(string message) : Exception(message);

/// <summary>The Merkle trees of all shards as far as they are read, and which of them grew since they were signed.</summary>
internal sealed class SignedTrees
{
    private const int PageLeaves = 8192;
    private const long Hour = 3600L * 1_000_000_000;

    private readonly Dictionary<int, MerkleFrontier> _trees = [];
    private readonly Dictionary<int, StoredCheckpoint> _newest = [];
    private readonly HashSet<int> _changed = [];
    private string? _mismatch;

    /// <param name="journalId">The journal.</param>
    /// <param name="events">The number of its events.</param>
    /// <param name="checkpoints">What it has kept.</param>
    /// <param name="keys">Whose signatures count.</param>
    public SignedTrees(string journalId, long events, IReadOnlyList<StoredCheckpoint> checkpoints, CheckpointPublicKeys keys)
    {
        JournalId = journalId;
        foreach (var newest in checkpoints.GroupBy(static checkpoint => checkpoint.Shard).Select(static shard => shard.MaxBy(static one => one.Size)))
        {
            if (newest is null)
                continue;
            _newest.Add(newest.Shard, newest);
            _mismatch ??= Continue(newest, keys);
        }

        if (Position > events)
            _mismatch ??= $"it ends with event {events}, and checkpoints cover the events up to {Position}";
    }

    public string JournalId { get; }

    /// <summary>The last event whose batch is in a tree.</summary>
    public long Position { get; private set; }

    /// <summary>The number of leaves since the trees were signed.</summary>
    public long NewLeaves { get; private set; }

    /// <summary>The newest notes.</summary>
    public IEnumerable<SignedNote> Newest => _newest.Values
        .Select(static checkpoint => SignedNote.TryParse(checkpoint.Note, out var note) ? note : null).OfType<SignedNote>();

    /// <summary>Reads the leaves that were added since the last call.</summary>
    /// <exception cref="CheckpointMismatchException">They do not continue the trees.</exception>
    public async Task CatchUpAsync(IStoredJournalReader journal)
    {
        while (true)
        {
            ThrowIfMismatched();
            var page = await journal.ReadLeavesAsync(Position + 1, PageLeaves);
            foreach (var leaf in page)
                Add(leaf);
            if (page.Count < PageLeaves)
                break;
        }
    }

    /// <summary>Signs the trees that changed; says which of the checkpoints kept so far are not needed any more.</summary>
    public (List<(StoredCheckpoint Stored, SignedNote Note)> Signed, List<StoredCheckpoint> Superseded) Sign(CheckpointKey key, long recordedAt, long signedAt)
    {
        var signed = new List<(StoredCheckpoint, SignedNote)>();
        var superseded = new List<StoredCheckpoint>();
        foreach (var shard in _changed.Order())
        {
            var tree = _trees[shard];
            var note = key.Sign(new Checkpoint(JournalId, shard, tree.Size, tree.Root(), Position, recordedAt));
            signed.Add((new StoredCheckpoint(shard, tree.Size, Position, signedAt, tree.ToBytes(), note.ToString()), note));

            // The newest of each hour is kept; all were exported.
            if (_newest.TryGetValue(shard, out var previous) && previous.SignedAt / Hour == signedAt / Hour && previous.Size != tree.Size)
                superseded.Add(previous);
        }

        return (signed, superseded);
    }

    /// <summary>Notes that checkpoints are durable.</summary>
    public void Kept(IEnumerable<(StoredCheckpoint Stored, SignedNote Note)> signed)
    {
        foreach (var (stored, _) in signed)
            _newest[stored.Shard] = stored;
        _changed.Clear();
        NewLeaves = 0;
    }

    private void Add(StoredLeaf leaf)
    {
        if (!_trees.TryGetValue(leaf.Shard, out var tree))
            _trees.Add(leaf.Shard, tree = new MerkleFrontier());
        if (leaf.FirstOrdering != Position + 1 || leaf.LastOrdering < leaf.FirstOrdering || leaf.Number != tree.Size || leaf.Leaf.Length != MerkleTree.HashSize)
        {
            Mismatch(
                $"the batch of the events {leaf.FirstOrdering} to {leaf.LastOrdering} is number {leaf.Number} of shard {leaf.Shard}, "
                + $"where event {Position + 1} and number {tree.Size} would follow");
        }

        tree.Add(leaf.Leaf.Span);
        Position = leaf.LastOrdering;
        NewLeaves++;
        _changed.Add(leaf.Shard);
    }

    /// <summary>Goes on where a checkpoint ends; says why it cannot be trusted.</summary>
    private string? Continue(StoredCheckpoint newest, CheckpointPublicKeys keys)
    {
        var isRead = SignedNote.TryParse(newest.Note, out var note) & Checkpoint.TryParse(note?.Text ?? "", out var checkpoint);
        if (!isRead || note is null || checkpoint is null || checkpoint.JournalId != JournalId || checkpoint.Shard != newest.Shard
            || checkpoint.Size != newest.Size || checkpoint.LastOrdering != newest.LastOrdering || keys.Check(note, checkpoint.Origin) == SignatureStanding.Forged)
        {
            return $"the checkpoint of shard {newest.Shard} at {newest.Size} batches is not what was signed";
        }

        try
        {
            var tree = new MerkleFrontier(newest.Size, newest.Frontier.Span);
            if (!checkpoint.Root.Span.SequenceEqual(tree.Root()))
                return $"the tree kept with the checkpoint of shard {newest.Shard} at {newest.Size} batches does not have the root that was signed";
            _trees.Add(newest.Shard, tree);
            Position = Math.Max(Position, newest.LastOrdering);
            return null;
        }
        catch (FormatException)
        {
            return $"the tree kept with the checkpoint of shard {newest.Shard} is damaged";
        }
    }

    private void Mismatch(string what)
    {
        _mismatch ??= what;
        ThrowIfMismatched();
    }

    private void ThrowIfMismatched()
    {
        if (_mismatch is not null)
        {
            throw new CheckpointMismatchException(
                $"Journal {JournalId} is not what was signed before: {_mismatch}. No more checkpoints are signed; run audit verify, and keep the exported checkpoints.");
        }
    }
}
