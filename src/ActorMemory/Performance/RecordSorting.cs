namespace ActorMemory.Performance;

/// <summary>Tells the new records of a command from repetitions of what the key knows or of each other.</summary>
internal readonly struct RecordSorting
{
    private readonly RecordReceipt[] _receipts;

    internal RecordSorting(PerformanceState state, AddRecords add)
    {
        var records = add.Records.Span;
        _receipts = new RecordReceipt[records.Length];
        var (source, lines) = add.Import is { } import ? (import.Source, import.Lines) : default;
        var lastLine = lines.IsEmpty ? 0 : state.LastLineOf(source);
        var earlier = records.Length > 1 ? new RecentRecordIds() : null;
        var accepted = 0;
        for (var i = 0; i < records.Length; i++)
        {
            var id = records[i].RecordId;
            var known = state.NumberOf(id);
            var age = known == 0 && earlier is not null ? earlier.AgeOf(id.Value) : -1;
            if (age >= 0)
                known = state.TotalRecords + accepted - age;

            if (known != 0 || (!lines.IsEmpty && lines.Span[i] <= lastLine))
            {
                _receipts[i] = new RecordReceipt(known, IsDuplicate: true);
                continue;
            }

            earlier?.Add(id.Value);
            _receipts[i] = new RecordReceipt(state.TotalRecords + ++accepted, IsDuplicate: false);
        }

        Accepted = Select(add.Records, accepted);
        Import = !lines.IsEmpty && lines.Span[^1] > lastLine ? new ImportMark(source, lines.Span[^1]) : null;
    }

    /// <summary>The new records, in order.</summary>
    internal ReadOnlyMemory<PerformanceRecord> Accepted { get; }

    /// <summary>How far the import has come, if the command brings it further: even when all its records are repetitions.</summary>
    internal ImportMark? Import { get; }

    internal RecordsAcknowledged Acknowledge() => new(Accepted.Length, _receipts.Length - Accepted.Length, _receipts);

    private ReadOnlyMemory<PerformanceRecord> Select(ReadOnlyMemory<PerformanceRecord> records, int accepted)
    {
        if (accepted == records.Length)
            return records;

        var selected = new PerformanceRecord[accepted];
        var next = 0;
        for (var i = 0; i < _receipts.Length; i++)
            if (!_receipts[i].IsDuplicate)
                selected[next++] = records.Span[i];

        return selected;
    }
}
