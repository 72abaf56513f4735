using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>A line or element that was not stored, and why.</summary>
internal readonly record struct LineFault(long Line, string Error);

/// <summary>A shard has no room for a record now.</summary>
internal sealed class ShardFullException() : Exception("the shard of this key has no room now; send the record again in a moment.");

/// <summary>What became of a body of records.</summary>
internal sealed class IntakeReport
{
    public long Accepted { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Records that are none, or not legal ones.</summary>
    public List<LineFault> Rejected { get; } = [];

    /// <summary>Whether every rejected one is not even JSON.</summary>
    public bool AreAllSyntax { get; set; } = true;

    /// <summary>Records that may be sent again: the journal or a shard could not take them.</summary>
    public List<LineFault> Failed { get; } = [];

    /// <summary>Why the first of <see cref="Failed"/> failed, or reading the body did; null if nothing did.</summary>
    public Exception? Cause { get; set; }

    /// <summary>The first line that was not looked at because the reading stopped; 0 if all were.</summary>
    public long NextLine { get; set; }

    /// <summary>Whether there was anything at all.</summary>
    public bool IsEmpty => Accepted + Duplicates + Rejected.Count + Failed.Count == 0 && NextLine == 0;
}

/// <summary>
/// Takes a body of records into the memory, in batches: while one is being committed the next is parsed. Never more than two batches are
/// in memory.
/// </summary>
/// <param name="memory">Where to.</param>
/// <param name="source">The body.</param>
/// <param name="parser">Reads the records; nobody else uses it meanwhile.</param>
/// <param name="batch">Records that are added together.</param>
/// <param name="import">The identity of the file that the lines come from; 0 for none.</param>
/// <param name="firstLine">The line of the file that is the body's first; 1 without a file.</param>
/// <param name="idOf">Names records that come without an id, by their line; null lets the memory do it.</param>
internal sealed class RecordIntake(
    IPerformanceMemory memory, IRecordSource source, RecordParser parser, int batch, UInt128 import, long firstLine,
    Func<long, RecordId>? idOf = null)
{
    /// <summary>After so many bad lines the body is not what it is said to be; reading on would only make a larger answer.</summary>
    public const int MaxRejected = 10_000;

    // Most bodies are single records, so room for a batch is made only when it is needed.
    private const int FirstCapacity = 16;

    private readonly IntakeReport _report = new();
    private RecordLine[] _parsed = new RecordLine[FirstCapacity];
    private RecordLine[] _sent = new RecordLine[FirstCapacity];
    private Task<AddReport> _adding = Task.FromResult(new AddReport(0, 0, []));
    private int _sentCount;
    private long _nextLine = 1;

    /// <summary>Reads to the end of the body, or until records fail.</summary>
    public async Task<IntakeReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ParseBatchAsync(cancellationToken) is var count and > 0)
            {
                await FinishAddingAsync();
                if (_report.Failed.Count > 0)
                {
                    _report.NextLine = _parsed[0].Line;
                    return _report;
                }

                (_parsed, _sent, _sentCount) = (_sent, _parsed, count);
                _adding = AddAsync(_sent.AsMemory(0, count), cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            (_report.Cause, _report.NextLine) = (e, _nextLine + firstLine - 1);
        }

        await FinishAddingAsync();
        return _report;
    }

    private async ValueTask<int> ParseBatchAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        do
        {
            while (count < batch && source.TryNext(out var text))
            {
                if (Parse(text) is { } record)
                {
                    if (count == _parsed.Length)
                        Array.Resize(ref _parsed, Math.Min(count * 4, batch));
                    _parsed[count++] = new RecordLine(text.Number + firstLine - 1, record);
                }

                _nextLine = text.Number + 1;
            }
        }
        while (count < batch && await source.FillAsync(cancellationToken));

        return count;
    }

    private PerformanceRecord? Parse(RecordText text)
    {
        if (_report.Rejected.Count >= MaxRejected)
            throw new BodySyntaxException($"more than {MaxRejected} bad lines; reading stopped. Is the body made of performance records?");

        if (text.IsTooLong)
        {
            Reject(text.Number + firstLine - 1, "it is longer than a line may be; a record takes less than 2,000 bytes.", isSyntax: true);
            return null;
        }

        if (parser.Parse(text.Text.Span, out var fault) is { } record)
            return idOf is not null && record.RecordId.IsNone ? record with { RecordId = idOf(text.Number) } : record;

        Reject(text.Number + firstLine - 1, fault?.Message ?? "", fault?.IsSyntax ?? false);
        return null;
    }

    private Task<AddReport> AddAsync(ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken)
    {
        if (import != UInt128.Zero)
            return memory.AddLinesAsync(import, lines, cancellationToken);

        if (lines.Length == 1)
            return TryAddAsync(lines.Span[0].Record, cancellationToken);

        var records = new PerformanceRecord[lines.Length];
        for (var i = 0; i < records.Length; i++)
            records[i] = lines.Span[i].Record;
        return memory.AddAsync(records, cancellationToken);
    }

    // Whoever sends single records is told at once when the shard is full; batches wait for room.
    private async Task<AddReport> TryAddAsync(PerformanceRecord record, CancellationToken cancellationToken)
    {
        var receipt = await (memory.TryAdd(record, cancellationToken) ?? throw new ShardFullException());
        return new AddReport(receipt.IsDuplicate ? 0 : 1, receipt.IsDuplicate ? 1 : 0, []);
    }

    private async Task<AddReport> AddedAsync()
    {
        try
        {
            return await _adding;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new AddReport(0, 0, [.. Enumerable.Range(0, _sentCount).Select(index => new AddFailure(index, e))]);
        }
    }

    private async Task FinishAddingAsync()
    {
        var report = await AddedAsync();
        _adding = Task.FromResult(new AddReport(0, 0, []));
        _report.Accepted += report.Accepted;
        _report.Duplicates += report.Duplicates;
        foreach (var failure in report.Failures)
        {
            var line = _sent[failure.Index].Line;
            if (failure.Cause is PerformanceRejectedException { Error: PerformanceError.Invalid })
            {
                Reject(line, failure.Cause.Message, isSyntax: false);
                continue;
            }

            _report.Cause ??= failure.Cause;
            _report.Failed.Add(new LineFault(line, failure.Cause.Message));
        }

        Array.Clear(_sent, 0, _sentCount);
        _sentCount = 0;
    }

    private void Reject(long line, string error, bool isSyntax)
    {
        _report.Rejected.Add(new LineFault(line, error));
        _report.AreAllSyntax &= isSyntax;
    }
}
