using ActorMemory.Actors;

namespace ActorMemory.Performance;

/// <summary>What a performance key does: one instance serves all keys.</summary>
/// <param name="maxRecordsPerKey">How many of the most recent records a key retains, at least 1.</param>
public sealed class PerformanceBehavior(int maxRecordsPerKey = PruneRecords.DefaultMaxRecordsPerKey)
    : IEventSourcedBehavior<PerformanceState, PerformanceCommand, PerformanceEvent>
{
    private readonly int _maxRecordsPerKey = maxRecordsPerKey >= 1
        ? maxRecordsPerKey
        : throw new ArgumentOutOfRangeException(nameof(maxRecordsPerKey), maxRecordsPerKey, "A key retains at least 1 record.");

    /// <inheritdoc/>
    public PerformanceState Create(string persistenceId) => new(PerformanceKey.FromPersistenceId(persistenceId));

    /// <inheritdoc/>
    public Decision<PerformanceEvent> Decide(
        PerformanceState state, PerformanceCommand command, in CommandContext context) => command switch
        {
            AddRecords add => Add(state, add, context.Now),
            GetRollingMetrics query => Decision.Reply<PerformanceEvent>(
                query.Window < 1 && query.Convention != Convention.Prado9
                    ? Invalid($"window is {query.Window}; it must be at least 1.")
                    : PerformanceMetrics.Rolling(state, query.Window, query.Convention)),
            GetSummary query => Decision.Reply<PerformanceEvent>(PerformanceMetrics.Summary(state, query.Convention)),
            GetMetaFeatures query => Decision.Reply<PerformanceEvent>(
                PerformanceMetrics.Features(state, query.Convention, query.HorizonIsNumber)),
            GetMetricValue query => Decision.Reply<PerformanceEvent>(PerformanceMetrics.Value(state, query)),
            GetLatest => Decision.Reply<PerformanceEvent>(new LatestRecord(state.TotalRecords, state.Latest)),
            DescribeKey => Decision.Reply<PerformanceEvent>(new KeyDescription(
                state.Key, state.RetainedRecords, state.TotalRecords, state.RetainFrom, state.Latest?.Timestamp)),
            PruneRecords prune => Prune(state, prune),
            _ => throw new ArgumentException($"A performance key does not know the command {command.GetType().Name}.", nameof(command)),
        };

    /// <inheritdoc/>
    public void Apply(PerformanceState state, PerformanceEvent @event)
    {
        switch (@event)
        {
            case RecordsAdded added:
                foreach (var record in added.Records.Span)
                    state.Append(record, added.Second);

                if (added.Import is { } import)
                    state.Mark(import);

                state.DropBefore(added.RetainFrom);
                break;
            case RecordsPruned pruned:
                state.DropBefore(pruned.RetainFrom);
                break;
            default:
                throw new ArgumentException($"A performance key does not know the event {@event.GetType().Name}.", nameof(@event));
        }
    }

    /// <inheritdoc/>
    public long SizeOf(PerformanceState state) => state.EstimatedBytes;

    private Decision<PerformanceEvent> Add(PerformanceState state, AddRecords add, long now)
    {
        var rejected = FindFault(state, add);
        if (rejected is not null)
            return Decision.Reply<PerformanceEvent>(rejected);

        var sorting = new RecordSorting(state, add);
        var reply = sorting.Acknowledge();
        if (sorting.Accepted.Length == 0 && sorting.Import is null)
            return Decision.Reply<PerformanceEvent>(reply);

        var total = state.TotalRecords + sorting.Accepted.Length;
        var retainFrom = Math.Max(state.RetainFrom, total - _maxRecordsPerKey + 1);
        return Decision.Persist<PerformanceEvent>(
            new RecordsAdded(state.TotalRecords + 1, sorting.Accepted, retainFrom, sorting.Import)
            {
                Second = add.Import is null ? now / TimeSpan.NanosecondsPerTick / TimeSpan.TicksPerSecond : 0,
            },
            reply);
    }

    private static Decision<PerformanceEvent> Prune(PerformanceState state, PruneRecords prune)
    {
        if (prune.MaxRecordsPerKey < 1)
            return Decision.Reply<PerformanceEvent>(Invalid($"max_records_per_key is {prune.MaxRecordsPerKey}; it must be at least 1."));

        var retainFrom = state.TotalRecords - prune.MaxRecordsPerKey + 1;
        var pruned = Math.Max(retainFrom - state.RetainFrom, 0);
        var reply = new RecordsPrunedReply(pruned);
        return pruned == 0
            ? Decision.Reply<PerformanceEvent>(reply)
            : Decision.Persist<PerformanceEvent>(new RecordsPruned(retainFrom), reply);
    }

    private static PerformanceRejected? FindFault(PerformanceState state, AddRecords add)
    {
        var records = add.Records.Span;
        for (var i = 0; i < records.Length; i++)
        {
            var record = records[i];
            if (!state.Key.Matches(record.StrategyName, record.Regime, record.Horizon))
                return Invalid(
                    $"record {i} belongs to {record.StrategyName}/{record.Regime}/{record.Horizon}, not to {state.Key}; "
                    + "send it to its own key.");

            if (record.RecordId.IsNone)
                return Invalid($"record {i} has no record_id; give it one, such as a UUIDv7, before it is added.");

            if (record.HorizonIsNumber && !HorizonText.IsWholeNumber(record.Horizon))
                return Invalid($"record {i} has the horizon '{record.Horizon}', which is said to be a number and is none.");
        }

        return add.Import is null ? null : FindFault(state, add.Import, records.Length);
    }

    private static PerformanceRejected? FindFault(PerformanceState state, ImportLines import, int records)
    {
        var lines = import.Lines.Span;
        if (import.Source == UInt128.Zero || lines.Length != records)
            return Invalid(
                $"the import names {lines.Length} lines for {records} records; it must name one for each, and a source other than 0.");

        var last = state.LastLineOf(import.Source);
        if (import.PreviousLine > last)
            return new PerformanceRejected(
                PerformanceError.LinesMissing,
                $"the file's lines up to {import.PreviousLine} were sent before, but only those up to {last} arrived; "
                + "send again from there.");

        for (var i = 0; i < lines.Length; i++)
            if (lines[i] <= (i == 0 ? 0 : lines[i - 1]))
                return Invalid($"record {i} has the line number {lines[i]}; line numbers start at 1 and ascend.");

        return null;
    }

    private static PerformanceRejected Invalid(string message) => new(PerformanceError.Invalid, message);
}
