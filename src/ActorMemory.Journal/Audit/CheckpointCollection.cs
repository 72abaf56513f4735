namespace ActorMemory.Journal;

/// <summary>The signed checkpoints of a journal, from its own table and from a folder, as far as they can be trusted.</summary>
internal sealed class CheckpointCollection
{
    private readonly Dictionary<string, KnownCheckpoint> _known = new(StringComparer.Ordinal);

    /// <summary>Kept checkpoints that are not what was signed.</summary>
    public List<VerificationFinding> Findings { get; } = [];

    /// <summary>What limits the check.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>Reads and checks them; nothing of another journal is taken.</summary>
    public static CheckpointCollection Read(string journalId, IReadOnlyList<StoredCheckpoint> stored, VerificationOptions options)
    {
        var collection = new CheckpointCollection();
        if (options.Keys is null)
            collection.Remarks.Add("no public key is known: signatures were not checked");
        collection.AddStored(journalId, stored, options.Keys);
        if (options.CheckpointFolder is { } folder)
            collection.AddFolder(journalId, folder, options.Keys);
        if (collection._known.Count == 0)
            collection.Remarks.Add("there is no signed checkpoint: only accidents are found, not somebody who computes checksums and leaves again");
        return collection;
    }

    /// <summary>Those of a shard, by size.</summary>
    public IReadOnlyList<KnownCheckpoint> Of(int shard) =>
    [
        .. _known.Values.Where(known => known.Checkpoint.Shard == shard)
            .OrderBy(static known => known.Checkpoint.Size).ThenBy(static known => known.Checkpoint.LastOrdering),
    ];

    /// <summary>The shards that have any.</summary>
    public IEnumerable<int> Shards => _known.Values.Select(static known => known.Checkpoint.Shard).Distinct();

    private void AddStored(string journalId, IReadOnlyList<StoredCheckpoint> stored, CheckpointPublicKeys? keys)
    {
        foreach (var kept in stored)
        {
            var name = FormattableString.Invariant($"the checkpoint of shard {kept.Shard} at {kept.Size} batches in the journal");
            if (!SignedNote.TryParse(kept.Note, out var note) || !Checkpoint.TryParse(note.Text, out var checkpoint)
                || checkpoint.JournalId != journalId || checkpoint.Shard != kept.Shard || checkpoint.Size != kept.Size)
            {
                Add(name + " is not one of this journal");
                continue;
            }

            switch (keys?.Check(note, checkpoint.Origin) ?? SignatureStanding.Valid)
            {
                case SignatureStanding.Valid:
                    _known.TryAdd(note.Text, new KnownCheckpoint(checkpoint, name));
                    break;
                case SignatureStanding.Forged:
                    Add(name + " is not what was signed: its signature does not fit");
                    break;
                default:
                    Add(name + " was signed with another key than the public key that was given");
                    break;
            }
        }

        void Add(string message) => Findings.Add(new VerificationFinding(FindingKind.Checkpoint, 0, 0, null, 0, message));
    }

    // What is not signed is not taken, and is no proof against the journal either: anybody may have written it there.
    private void AddFolder(string journalId, string folder, CheckpointPublicKeys? keys)
    {
        var (valid, other) = (0, 0);
        foreach (var note in CheckpointFiles.Read(folder, journalId))
        {
            if (note is null || !Checkpoint.TryParse(note.Text, out var checkpoint) || checkpoint.JournalId != journalId
                || keys is not null && keys.Check(note, checkpoint.Origin) != SignatureStanding.Valid)
            {
                other++;
                continue;
            }

            valid++;
            var name = FormattableString.Invariant($"the exported checkpoint of shard {checkpoint.Shard} at {checkpoint.Size} batches");
            _known.TryAdd(note.Text, new KnownCheckpoint(checkpoint, name));
        }

        if (other > 0)
            Remarks.Add(FormattableString.Invariant($"{other} entries in {folder} are no checkpoints that the public key signed"));
        if (valid == 0)
        {
            Findings.Add(new VerificationFinding(
                FindingKind.Checkpoint, 0, 0, null, 0, $"{folder} has no valid checkpoint of journal {journalId}; is it the right folder, and the right public key?"));
        }
    }
}
