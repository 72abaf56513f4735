namespace ActorMemory.Performance;

/// <summary>What a performance key can be told or asked.</summary>
public abstract record PerformanceCommand
{
    private protected PerformanceCommand()
    {
    }
}

/// <summary>
/// Adds records to the key. Answered with <see cref="RecordsAcknowledged"/>, or with <see cref="PerformanceRejected"/> and then none of
/// them is added. Records whose id is among the last 1,024 of the key, or those of the last minute, are acknowledged again, not stored again.
/// </summary>
/// <param name="Records">The records, oldest first, each with an id and with this key.</param>
/// <param name="Import">Where the records stand in a file, if they come from one.</param>
public sealed record AddRecords(ReadOnlyMemory<PerformanceRecord> Records, ImportLines? Import = null) : PerformanceCommand;

/// <summary>Asks for <see cref="RollingMetrics"/> of the last <paramref name="Window"/> records.</summary>
/// <param name="Window">
/// The number of records, at least 1. In <see cref="Convention.Prado9"/> 0 means all and -k all but the k oldest, as there.
/// </param>
/// <param name="Convention">How to compute them.</param>
public sealed record GetRollingMetrics(int Window = GetRollingMetrics.DefaultWindow, Convention Convention = Convention.ActorMemory)
    : PerformanceCommand
{
    /// <summary>The window of those who do not name one.</summary>
    public const int DefaultWindow = 50;
}

/// <summary>Asks for the <see cref="PerformanceSummary"/> of all retained records.</summary>
/// <param name="Convention">How to compute it.</param>
public sealed record GetSummary(Convention Convention = Convention.ActorMemory) : PerformanceCommand;

/// <summary>Asks for the <see cref="MetaFeatures"/>.</summary>
/// <param name="Convention">How to compute them.</param>
/// <param name="HorizonIsNumber">
/// Whether the asker gave the horizon as a number; without records the features give it back as it was asked for.
/// </param>
public sealed record GetMetaFeatures(Convention Convention = Convention.ActorMemory, bool HorizonIsNumber = false) : PerformanceCommand;

/// <summary>Asks for the record added last; answered with <see cref="LatestRecord"/>.</summary>
public sealed record GetLatest : PerformanceCommand;

/// <summary>Asks for one number to rank keys by; answered with <see cref="MetricValue"/>.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Window">The window of the rolling metrics, at least 1.</param>
/// <param name="Convention">How to compute it.</param>
public sealed record GetMetricValue(LeaderboardMetric Metric, int Window, Convention Convention) : PerformanceCommand;

/// <summary>Asks how many records there are; answered with <see cref="KeyDescription"/>.</summary>
public sealed record DescribeKey : PerformanceCommand;

/// <summary>
/// Retains only the most recently added records. Answered with <see cref="RecordsPrunedReply"/>, or <see cref="PerformanceRejected"/> for a
/// number below 1.
/// </summary>
/// <param name="MaxRecordsPerKey">How many to retain, at least 1.</param>
public sealed record PruneRecords(int MaxRecordsPerKey = PruneRecords.DefaultMaxRecordsPerKey) : PerformanceCommand
{
    /// <summary>How many are retained unless somebody says otherwise.</summary>
    public const int DefaultMaxRecordsPerKey = 5000;
}

/// <summary>
/// Where records stand in a file. A line at or before the last one that the key has seen of the file is a repetition, for ever, so a
/// file can be imported again after anything went wrong.
/// </summary>
/// <param name="Source">The identity of the file's content, such as the start of its SHA-256; not 0.</param>
/// <param name="Lines">The line number of each record, from 1, ascending.</param>
/// <param name="PreviousLine">
/// The last line that the sender sent to this key before, 0 for none. If the key has not seen it, an earlier command failed, and this
/// one is rejected so that the lines between are not lost: send again from there.
/// </param>
public sealed record ImportLines(UInt128 Source, ReadOnlyMemory<long> Lines, long PreviousLine);

/// <summary>The records are durable.</summary>
/// <param name="Accepted">How many were stored.</param>
/// <param name="Duplicates">How many were repetitions.</param>
/// <param name="Receipts">One for each record of the command, in its order.</param>
public sealed record RecordsAcknowledged(int Accepted, int Duplicates, ReadOnlyMemory<RecordReceipt> Receipts);

/// <summary>What became of one record.</summary>
/// <param name="RecordNumber">
/// Its number within the key, from 1: of the repeated record for a repetition, and 0 where that is not remembered any more.
/// </param>
/// <param name="IsDuplicate">Whether it was a repetition.</param>
public readonly record struct RecordReceipt(long RecordNumber, bool IsDuplicate);

/// <summary>The answer to <see cref="GetLatest"/>.</summary>
/// <param name="RecordNumber">The number of the record; 0 without records.</param>
/// <param name="Record">The record; null without records.</param>
public sealed record LatestRecord(long RecordNumber, PerformanceRecord? Record);

/// <summary>The answer to <see cref="GetMetricValue"/>.</summary>
/// <param name="Value">The metric.</param>
/// <param name="Records">How many records the key retains.</param>
public sealed record MetricValue(double Value, int Records);

/// <summary>The answer to <see cref="DescribeKey"/>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Records">How many records are retained.</param>
/// <param name="TotalRecords">How many were ever added: the number of the latest one.</param>
/// <param name="FirstRecordNumber">The number of the oldest retained record.</param>
/// <param name="Latest">The time of the record added last; null without records.</param>
public sealed record KeyDescription(
    PerformanceKey Key, int Records, long TotalRecords, long FirstRecordNumber, UnixNanoseconds? Latest);

/// <summary>The answer to <see cref="PruneRecords"/>.</summary>
/// <param name="Pruned">How many records are no longer retained.</param>
public sealed record RecordsPrunedReply(long Pruned);

/// <summary>Why a command was rejected.</summary>
public enum PerformanceError
{
    // Nodes send each other these numbers (commands.proto): they never change.
    /// <summary>A record or a number in the command is not legal.</summary>
    Invalid,

    /// <summary>Lines of a file came before those that precede them.</summary>
    LinesMissing,
}

/// <summary>The command did nothing.</summary>
/// <param name="Error">Why, for programs.</param>
/// <param name="Message">Why, and what to do, for people.</param>
public sealed record PerformanceRejected(PerformanceError Error, string Message);
