namespace ActorMemory.Journal;

/// <summary>
/// Checks a journal from the first event to the last, without trusting any of it: checksums of the rows, numbers without holes, times
/// that never run backwards, leaves computed again, and the trees against every signed checkpoint. Names the first event that does not fit.
/// </summary>
public sealed class JournalVerifier : IDisposable
{
    private const int PageEvents = 8192;
    private const int MostFindings = 100;

    private readonly IJournalSource _journal;
    private readonly VerificationOptions _options;
    private readonly CanonicalRowsHash _rowsHash = new();
    private readonly EntitySequences _sequences = new();
    private readonly Dictionary<int, VerifiedShard> _shards = [];
    private readonly List<VerificationFinding> _findings = [];
    private CheckpointCollection _checkpoints = new();
    private long _expected = 1;
    private long _recordedAt = long.MinValue;
    private long _previousBatch = 1;
    private long _events, _batches;

    private JournalVerifier(IJournalSource journal, VerificationOptions options) => (_journal, _options) = (journal, options);

    /// <summary>Verifies a journal; while a node writes it, as far as it went when the check began.</summary>
    /// <exception cref="JournalException">The store cannot be read at all.</exception>
    /// <exception cref="IOException">The folder with exported checkpoints cannot be read.</exception>
    public static async Task<VerificationReport> VerifyAsync(
        IJournalSource journal, VerificationOptions options, CancellationToken cancellationToken = default)
    {
        using var verifier = new JournalVerifier(journal, options);
        return await verifier.RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _rowsHash.Dispose();

    private async Task<VerificationReport> RunAsync(CancellationToken cancellationToken)
    {
        // The checkpoints first: a node that goes on writing must not sign what this check does not reach.
        var stored = await _journal.ReadCheckpointsAsync();
        var info = await _journal.GetInfoAsync();
        _checkpoints = CheckpointCollection.Read(info.JournalId, stored, _options);
        await WalkAsync((await _journal.GetInfoAsync()).Events, cancellationToken);
        foreach (var shard in _checkpoints.Shards.Where(IsCovered).Order())
        {
            if (ShardOf(shard).End(_expected - 1, _findings.Exists(static finding => finding.Kind == FindingKind.Removed)) is { } finding)
                _findings.Add(finding);
        }

        return new VerificationReport
        {
            JournalId = info.JournalId,
            Events = _events,
            Batches = _batches,
            Entities = _sequences.Count,
            Checkpoints = _shards.Values.Sum(static shard => shard.Agreed),
            SignedUpTo = _shards.Values.Select(static shard => shard.SignedUpTo).DefaultIfEmpty().Max(),
            Findings = [.. _findings.OrderBy(static finding => finding.FirstOrdering).Concat(_checkpoints.Findings).Take(MostFindings)],
            Remarks = _checkpoints.Remarks,
        };
    }

    private async Task WalkAsync(long end, CancellationToken cancellationToken)
    {
        var next = Task.Run(() => _journal.ReadStoredAsync(long.MinValue, PageEvents), cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            StoredPage page;
            try
            {
                page = await next;
            }
            catch (JournalException e) when (e.Error == JournalError.Corrupted)
            {
                Add(FindingKind.Unreadable, _expected, _expected, FormattableString.Invariant($"from event {_expected} on the journal cannot be read: {e.Message}"));
                return;
            }

            // The next page is read while this one is checked.
            var isLast = page.Next == 0 || page.Next > end;
            if (!isLast)
                next = _journal.ReadStoredAsync(page.Next, PageEvents);
            Check(page, end);
            _options.OnProgress?.Invoke(Math.Min(_expected - 1, end), end);
            if (isLast)
                return;
        }
    }

    private void Check(StoredPage page, long end)
    {
        var stray = 0;
        foreach (var batch in page.Batches)
        {
            for (; stray < page.Strays.Count && page.Strays[stray].Ordering < batch.FirstOrdering; stray++)
                CheckStray(page.Strays[stray]);
            if (batch.FirstOrdering > end)
                return;
            Check(batch);
        }

        for (; stray < page.Strays.Count && page.Strays[stray].Ordering <= Math.Max(end, _expected); stray++)
            CheckStray(page.Strays[stray]);
    }

    private void CheckStray(StoredRow row)
    {
        var message = row.Ordering < _expected ? "lies where no event can be: it was inserted"
            : row.Fault is not null || !_sequences.IsNext(row) ? "belongs to no batch and does not follow the events of its entity: it was inserted"
            : "belongs to no batch: it was inserted, or its batch was removed from the table of batches";
        Add(FindingKind.Inserted, row.Ordering, row, message);
        if (row.Ordering != _expected)
            return;
        _sequences.TakeDoubtful(row);
        _expected++;
    }

    private void Check(StoredBatch batch)
    {
        if (batch.LastOrdering < batch.FirstOrdering || batch.FirstOrdering < _expected)
        {
            Add(
                FindingKind.Inserted, batch.FirstOrdering, Math.Max(batch.FirstOrdering, batch.LastOrdering),
                FormattableString.Invariant($"the batch of the events {batch.FirstOrdering} to {batch.LastOrdering} lies where no batch can be: it was inserted"));
            return;
        }

        if (batch.FirstOrdering > _expected)
            Missing(_expected, batch.FirstOrdering - 1);
        _expected = batch.LastOrdering + 1;
        if (!IsCovered(batch.Shard))
            return;
        var found = _findings.Count;
        var isChecked = Covers(batch);
        var isWhole = CheckRows(batch, isChecked);
        if (isChecked)
        {
            _batches++;
            if (isWhole && !LeafFits(batch))
                ChangedBatch(batch, found);
        }

        if (isWhole)
            CheckTimes(batch);
        else
            ShardOf(batch.Shard).Doubt();

        AddToTree(batch);
    }

    /// <summary>Checks the rows against each other and those before; false when the leaf cannot be told from them any more.</summary>
    private bool CheckRows(StoredBatch batch, bool isChecked)
    {
        var isWhole = true;
        var expected = batch.FirstOrdering;
        foreach (var row in batch.Rows)
        {
            if (row.Ordering > expected)
                Missing(expected, row.Ordering - 1);
            isWhole &= row.Ordering == expected;
            expected = row.Ordering + 1;
            isWhole &= CheckRow(row, isChecked);
        }

        if (expected <= batch.LastOrdering)
            Missing(expected, batch.LastOrdering);
        return isWhole && batch.Rows.Count > 0 && expected > batch.LastOrdering;
    }

    private bool CheckRow(StoredRow row, bool isChecked)
    {
        if (_options.PersistenceId is { } wanted && row.PersistenceId != wanted && (row.Fault is null || (!isChecked && row.PersistenceId.Length > 0)))
            return row.Fault is null;

        _events++;
        if (row.Fault is not null)
        {
            Add(FindingKind.Changed, row.Ordering, row, "is not what was written: " + row.Fault);
            _sequences.TakeDoubtful(row);
            return false;
        }

        if (_sequences.Take(row) is { } problem)
            Add(problem.Kind, problem.FirstOrdering, row, problem.Message);
        return true;
    }

    // All events of a batch have one time, and none is before that of the batch in front of it.
    private void CheckTimes(StoredBatch batch)
    {
        var time = batch.Rows[0].RecordedAt;
        if (time < _recordedAt && batch.Rows.All(row => row.RecordedAt == time))
        {
            Add(
                FindingKind.Changed, _previousBatch, batch.LastOrdering,
                FormattableString.Invariant($"the events {batch.FirstOrdering} to {batch.LastOrdering} say that they were recorded before event {batch.FirstOrdering - 1}: one of the two batches was changed"));
        }

        (_recordedAt, _previousBatch) = (Math.Max(_recordedAt, time), batch.FirstOrdering);
    }

    private bool LeafFits(StoredBatch batch) =>
        batch.Rows.All(row => row.RecordedAt == batch.Rows[0].RecordedAt) && LeafFitsAt(batch, batch.Rows[0].RecordedAt);

    private bool LeafFitsAt(StoredBatch batch, long recordedAt)
    {
        foreach (var row in batch.Rows)
            _rowsHash.Add(row.PersistenceId, row.SequenceNumber, row.Manifest, row.Payload.Span);
        var leaf = CanonicalBatch.Leaf(batch.Shard, batch.Number, batch.FirstOrdering, batch.Rows.Count, recordedAt, _rowsHash.Finish());
        return batch.Leaf.Span.SequenceEqual(leaf);
    }

    // All checksums fit, so somebody computed them again: at most the leaf still tells which event it was.
    private void ChangedBatch(StoredBatch batch, int found)
    {
        ShardOf(batch.Shard).Doubt();
        if (found != _findings.Count)
            return;
        foreach (var time in batch.Rows.Select(static row => row.RecordedAt).Distinct())
        {
            if (batch.Rows.FirstOrDefault(row => row.RecordedAt != time) is { } other && LeafFitsAt(batch, time))
            {
                Add(FindingKind.Changed, other.Ordering, other, "says another time than its batch");
                return;
            }
        }

        if (batch.Rows is [var only])
        {
            Add(FindingKind.Changed, only.Ordering, only, "is not what was written: it does not fit the leaf of its batch");
            return;
        }

        Add(
            FindingKind.Changed, batch.FirstOrdering, batch.LastOrdering,
            FormattableString.Invariant($"one of the events {batch.FirstOrdering} to {batch.LastOrdering} (batch {batch.Number} of shard {batch.Shard}) is not what was written: they do not fit the leaf of their batch"));
    }

    private void AddToTree(StoredBatch batch)
    {
        var shard = ShardOf(batch.Shard);
        if (batch.Number != shard.NextNumber)
        {
            // After a hole that is named already, a jump of the numbers says nothing new.
            if (_findings.Count == 0)
            {
                Add(
                    batch.Number > shard.NextNumber ? FindingKind.Removed : FindingKind.Inserted, shard.LastOrdering + 1, batch.LastOrdering,
                    FormattableString.Invariant($"the batch of the events {batch.FirstOrdering} to {batch.LastOrdering} is number {batch.Number} of shard {batch.Shard}, where number {shard.NextNumber} follows"));
            }

            shard.Break(batch.Number + 1);
        }
        else if (batch.Leaf.Length != MerkleTree.HashSize)
        {
            shard.Break(batch.Number + 1);
        }
        else if (shard.Add(batch) is { } finding)
        {
            _findings.Add(finding);
        }
    }

    private void Missing(long first, long last)
    {
        _sequences.Lost(last - first + 1);
        Add(
            FindingKind.Removed, first, last,
            first == last ? FormattableString.Invariant($"event {first} is missing") : FormattableString.Invariant($"the events {first} to {last} are missing"));
    }

    private void Add(FindingKind kind, long firstOrdering, StoredRow row, string what) => Keep(new VerificationFinding(
        kind, firstOrdering, row.Ordering, row.PersistenceId.Length > 0 ? row.PersistenceId : null, row.SequenceNumber, $"{NameOf(row)} {what}"));

    private void Add(FindingKind kind, long first, long last, string message) => Keep(new VerificationFinding(kind, first, last, null, 0, message));

    private void Keep(VerificationFinding finding)
    {
        if (_findings.Count < MostFindings)
            _findings.Add(finding);
    }

    private bool IsCovered(int shard) => _options.Shard is not { } wanted || wanted == shard;

    private bool Covers(StoredBatch batch) =>
        _options.PersistenceId is not { } wanted || batch.Rows.Any(row => row.PersistenceId == wanted);

    private VerifiedShard ShardOf(int shard)
    {
        if (!_shards.TryGetValue(shard, out var known))
            _shards.Add(shard, known = new VerifiedShard(shard, _checkpoints.Of(shard)));
        return known;
    }

    private static string NameOf(StoredRow row) => row.PersistenceId.Length > 0
        ? FormattableString.Invariant($"event {row.Ordering}, number {row.SequenceNumber} of {row.PersistenceId},")
        : FormattableString.Invariant($"event {row.Ordering}");
}
