using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ActorMemory.Journal;

/// <summary>
/// Which batches go into a bundle, and how they are proved: a whole journal by all leaves of its trees, one entity by the path of each of
/// its batches to the newest signed root, and by proofs that each signed tree begins with the one before it.
/// </summary>
internal sealed class ExportPlan
{
    private const int PageLeaves = 8192;

    private readonly Dictionary<int, long> _signedSizes = [];

    // Of an entity: the first orderings of its batches, and the nodes of the proofs. Both null for a whole journal.
    private readonly HashSet<long>? _wanted;
    private readonly MerkleNodes? _nodes;

    private ExportPlan(string journalId, IEnumerable<StoredCheckpoint> stored, string? persistenceId)
    {
        PersistenceId = persistenceId;
        if (persistenceId is not null)
            (_wanted, _nodes) = ([], new MerkleNodes());
        foreach (var kept in stored)
        {
            if (!SignedNote.TryParse(kept.Note, out var note) || !Checkpoint.TryParse(note.Text, out var checkpoint) || checkpoint.JournalId != journalId)
                throw new AuditExportException($"The checkpoint of shard {kept.Shard} at {kept.Size} batches is not what was signed. Run audit verify.");
            Checkpoints.Add((checkpoint, kept.Note));
            _signedSizes[checkpoint.Shard] = checkpoint.Size;
        }
    }

    public string? PersistenceId { get; }

    /// <summary>By shard and size.</summary>
    public List<(Checkpoint Checkpoint, string Note)> Checkpoints { get; } = [];

    /// <summary>Events that no checkpoint covers yet.</summary>
    public long Uncovered { get; private set; }

    public long FirstOrdering { get; private set; }

    public long LastOrdering { get; private set; }

    public static async Task<ExportPlan> MakeAsync(IJournalSource journal, JournalInfo info, string? persistenceId)
    {
        var stored = await journal.ReadCheckpointsAsync();
        var plan = new ExportPlan(info.JournalId, stored, persistenceId);
        if (plan.Checkpoints.Count == 0)
            throw new AuditExportException("There is no signed checkpoint yet, so nothing can be proved. Start a node on the journal: it signs one.");
        if (persistenceId is not null)
            await plan.FindAsync(journal, persistenceId);
        else
            await plan.MeasureAsync(journal);
        return plan;
    }

    /// <summary>The batches of the bundle, each sound.</summary>
    public async IAsyncEnumerable<StoredBatch> ReadAsync(IJournalSource journal, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_wanted is not null)
        {
            foreach (var first in _wanted.Order())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return Sound((await journal.ReadStoredAsync(first, 1)).Batches[0]);
            }

            yield break;
        }

        for (var next = 1L; next != 0 && next <= LastOrdering;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await journal.ReadStoredAsync(next, limit);
            next = page.Next;
            foreach (var batch in page.Batches)
            {
                if (IsSigned(batch.Shard, batch.Number))
                    yield return Sound(batch);
            }
        }
    }

    /// <summary>The leaves of the same batches.</summary>
    public async IAsyncEnumerable<StoredLeaf> ReadLeavesAsync(IJournalSource journal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var leaf in AllLeavesAsync(journal, cancellationToken))
        {
            if (leaf.FirstOrdering > LastOrdering)
                yield break;
            if (_wanted?.Contains(leaf.FirstOrdering) ?? IsSigned(leaf.Shard, leaf.Number))
                yield return leaf;
        }
    }

    public void WriteBatch(Utf8JsonWriter json, StoredLeaf leaf)
    {
        json.WriteStartObject();
        json.WriteNumber("shard", leaf.Shard);
        json.WriteNumber("number", leaf.Number);
        json.WriteNumber("first_ordering", leaf.FirstOrdering);
        json.WriteNumber("last_ordering", leaf.LastOrdering);
        json.WriteString("leaf", Convert.ToHexStringLower(leaf.Leaf.Span));
        if (_nodes is not null)
            WriteHashes(json, "proof", _nodes.Proof(MerkleTree.InclusionPath(leaf.Number, _signedSizes[leaf.Shard])));
        json.WriteEndObject();
    }

    public void WriteCheckpoint(Utf8JsonWriter json, (Checkpoint Checkpoint, string Note) signed)
    {
        json.WriteStartObject();
        json.WriteNumber("shard", signed.Checkpoint.Shard);
        json.WriteString("note", signed.Note);
        var place = Checkpoints.IndexOf(signed);
        if (_nodes is not null && place > 0)
            WriteHashes(json, "consistency", _nodes.Proof(MerkleTree.ConsistencyPath(Checkpoints[place - 1].Checkpoint.Size, signed.Checkpoint.Size)));
        json.WriteEndObject();
    }

    private static void WriteHashes(Utf8JsonWriter json, string name, IReadOnlyList<byte[]> hashes)
    {
        json.WriteStartArray(name);
        foreach (var hash in hashes)
            json.WriteStringValue(Convert.ToHexStringLower(hash));
        json.WriteEndArray();
    }

    private static async IAsyncEnumerable<StoredLeaf> AllLeavesAsync(IJournalSource journal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredLeaf> page;
        for (var next = 1L; (page = await journal.ReadLeavesAsync(next, PageLeaves)).Count > 0; next = page[^1].LastOrdering + 1)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var leaf in page)
                yield return leaf;
        }
    }

    private static StoredBatch Sound(StoredBatch batch) =>
        batch.Rows.FirstOrDefault(static row => row.Fault is not null) is { } damaged
            ? throw new AuditExportException($"Event {damaged.Ordering} is not what was written ({damaged.Fault}), so it proves nothing. Run audit verify.")
            : batch.Rows.Count == batch.LastOrdering - batch.FirstOrdering + 1
                ? batch
                : throw new AuditExportException($"Events between {batch.FirstOrdering} and {batch.LastOrdering} are missing. Run audit verify.");

    private bool IsSigned(int shard, long number) => _signedSizes.TryGetValue(shard, out var size) && number < size;

    private async Task MeasureAsync(IJournalSource journal)
    {
        await foreach (var leaf in AllLeavesAsync(journal, CancellationToken.None))
            Take(leaf);
    }

    private void Take(StoredLeaf leaf)
    {
        if (!IsSigned(leaf.Shard, leaf.Number))
        {
            Uncovered += leaf.LastOrdering - leaf.FirstOrdering + 1;
            return;
        }

        FirstOrdering = FirstOrdering == 0 ? leaf.FirstOrdering : FirstOrdering;
        LastOrdering = leaf.LastOrdering;
    }

    private async Task FindAsync(IJournalSource journal, string persistenceId)
    {
        var orderings = await OrderingsOfAsync(journal, persistenceId);
        if (orderings.Count == 0)
            throw new AuditExportException($"There are no events of {persistenceId}.");
        var (at, shard) = (0, -1);
        var numbers = new List<long>();
        await foreach (var leaf in AllLeavesAsync(journal, CancellationToken.None))
        {
            var before = at;
            while (at < orderings.Count && orderings[at] <= leaf.LastOrdering)
                at++;
            if (at == before)
                continue;
            if (!IsSigned(leaf.Shard, leaf.Number))
            {
                Uncovered += at - before;
                continue;
            }

            shard = leaf.Shard;
            Take(leaf);
            numbers.Add(leaf.Number);
            _wanted?.Add(leaf.FirstOrdering);
        }

        if (shard < 0)
            throw new AuditExportException($"No signed checkpoint covers the events of {persistenceId} yet. A running node signs one within seconds.");
        Checkpoints.RemoveAll(signed => signed.Checkpoint.Shard != shard);
        await GatherAsync(journal, shard, numbers);
    }

    private async Task GatherAsync(IJournalSource journal, int shard, List<long> numbers)
    {
        if (_nodes is not { } nodes)
            return;
        var size = _signedSizes[shard];
        foreach (var range in numbers.SelectMany(number => MerkleTree.InclusionPath(number, size)))
            nodes.Want(range);
        for (var i = 1; i < Checkpoints.Count; i++)
        {
            foreach (var range in MerkleTree.ConsistencyPath(Checkpoints[i - 1].Checkpoint.Size, Checkpoints[i].Checkpoint.Size))
                nodes.Want(range);
        }

        await foreach (var leaf in AllLeavesAsync(journal, CancellationToken.None))
        {
            if (leaf.Shard == shard && leaf.Number < size)
                nodes.Add(leaf.Leaf.Span);
        }
    }

    private static async Task<List<long>> OrderingsOfAsync(IJournalSource journal, string persistenceId)
    {
        var orderings = new List<long>();
        IReadOnlyList<JournaledEvent> page;
        for (var next = 1L; (page = await journal.ReadEntityAsync(persistenceId, next, PageLeaves)).Count > 0; next = page[^1].SequenceNumber + 1)
            orderings.AddRange(page.Select(static journaled => journaled.Ordering));
        return orderings;
    }
}
