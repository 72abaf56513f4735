using ActorMemory.Actors;

namespace ActorMemory.Performance;

/// <summary>Records that are added together, sorted by key: one command for each key, all at once, one report.</summary>
internal sealed class AddBatch(int capacity, UInt128 source = default)
{
    private readonly Dictionary<PerformanceKey, Group> _groups = [];
    private readonly List<Group> _inOrder = [];
    private readonly List<AddFailure> _failures = [];

    public void Add(int index, PerformanceRecord record, long line = 0)
    {
        if (!PerformanceKey.TryCreate(record.StrategyName, record.Regime, record.Horizon, out var key, out var fault))
        {
            _failures.Add(new AddFailure(index, PerformanceRejectedException.Invalid(fault)));
            return;
        }

        if (!_groups.TryGetValue(key, out var group))
        {
            _groups.Add(key, group = new Group(key, Math.Min(capacity, 16)));
            _inOrder.Add(group);
        }

        group.Indexes.Add(index);
        group.Records.Add(record);
        if (source != UInt128.Zero)
            group.Lines.Add(line);
    }

    public async Task<AddReport> SendAsync(ShardRegion<PerformanceCommand> keys, CancellationToken cancellationToken)
    {
        var asked = new List<Task<object>>(_inOrder.Count);
        foreach (var group in _inOrder)
            asked.Add(keys.AskAsync(group.Key.ToPersistenceId(), group.ToCommand(source), null, cancellationToken));

        int accepted = 0, duplicates = 0;
        for (var i = 0; i < asked.Count; i++)
        {
            switch (await AnswerAsync(asked[i]))
            {
                case RecordsAcknowledged acknowledged:
                    accepted += acknowledged.Accepted;
                    duplicates += acknowledged.Duplicates;
                    break;
                case PerformanceRejected rejected:
                    Fail(_inOrder[i], new PerformanceRejectedException(rejected));
                    break;
                case Exception cause:
                    Fail(_inOrder[i], cause);
                    break;
            }
        }

        _failures.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        return new AddReport(accepted, duplicates, _failures);
    }

    /// <summary>One key's failure is reported and keeps no other key's answer from being awaited.</summary>
    private static async Task<object> AnswerAsync(Task<object> asked)
    {
        try
        {
            return await asked;
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception cause)
        {
            return cause;
        }
    }

    private void Fail(Group group, Exception cause)
    {
        foreach (var index in group.Indexes)
            _failures.Add(new AddFailure(index, cause));
    }

    private sealed class Group(PerformanceKey key, int capacity)
    {
        public PerformanceKey Key { get; } = key;

        public List<int> Indexes { get; } = new(capacity);

        public List<PerformanceRecord> Records { get; } = new(capacity);

        /// <summary>One for each record of an import; else empty.</summary>
        public List<long> Lines { get; } = [];

        public AddRecords ToCommand(UInt128 source) => new(
            Records.ToArray(), source == UInt128.Zero ? null : new ImportLines(source, Lines.ToArray(), PreviousLine: 0));
    }
}
