using ActorMemory.Actors;
using ActorMemory.KnownTime;

namespace ActorMemory.Performance;

/// <summary>
/// The performance memory: takes records of how strategies did and answers with their statistics. An acknowledged record is durable. Safe to
/// use from many threads; what one caller was acknowledged, every later answer knows.
/// </summary>
/// <remarks>
/// Any method may throw <see cref="JournalException"/> (the journal cannot read or write; the message names the way out),
/// <see cref="EntityLimitException"/> (a record would need one more key than there may be),
/// <see cref="AskTimeoutException"/> (no answer in time: whether records were stored is not known, add them again with the same ids) and
/// <see cref="EntityFailedException"/> (one key is damaged; the others go on).
/// </remarks>
public interface IPerformanceMemory : IPerformanceReader
{
    /// <summary>Adds a record, waiting while its shard is full. A record without id gets a UUIDv7.</summary>
    /// <returns>Its number within its key, from 1, and whether it was a repetition; once it is durable.</returns>
    /// <exception cref="PerformanceRejectedException">The record is not legal.</exception>
    Task<RecordReceipt> AddAsync(PerformanceRecord record, CancellationToken cancellationToken = default);

    /// <summary>Adds a record unless its shard is full: then the answer is null and nothing was done.</summary>
    /// <exception cref="PerformanceRejectedException">The record is not legal.</exception>
    Task<RecordReceipt>? TryAdd(PerformanceRecord record, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds records of any keys. The records of one key stay in order and are stored together or not at all; keys do not wait for each
    /// other. A record that could not be stored is reported and does not keep the others out.
    /// </summary>
    Task<AddReport> AddAsync(ReadOnlyMemory<PerformanceRecord> records, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds records that stand in a file. A line of the file that was stored once is a repetition for ever. Send lines in ascending order and
    /// the next ones only after an answer without failures.
    /// </summary>
    /// <param name="source">The identity of the file's content, not 0.</param>
    /// <param name="lines">The records with their line numbers, from 1, ascending.</param>
    /// <param name="cancellationToken">Gives up waiting; the records may be stored all the same.</param>
    /// <exception cref="PerformanceRejectedException">The source is 0.</exception>
    Task<AddReport> AddLinesAsync(UInt128 source, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken = default);

    /// <summary>
    /// Retains only the most recent records of each key that the filter lets through, now. The run is journaled with its counts.
    /// </summary>
    /// <exception cref="PerformanceRejectedException">The number is below 1.</exception>
    Task<PruningRun> PruneAsync(int maxRecordsPerKey, KeyFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Notes how far the import of a file has come, for whoever continues it.</summary>
    /// <exception cref="PerformanceRejectedException">The source is 0 or a count is below 0.</exception>
    Task NoteImportAsync(ImportProgress progress, CancellationToken cancellationToken = default);

    /// <summary>
    /// The memory as it was known at a moment, answered from the journal alone: the same questions, the same answers as a memory gives whose
    /// journal ends there. The moment is looked up with the first question.
    /// </summary>
    IPerformanceReader AsOf(KnownMoment moment);
}

/// <summary>A record and the line of a file on which it stands.</summary>
public readonly record struct RecordLine(long Line, PerformanceRecord Record);

/// <summary>What became of records that were added together.</summary>
/// <param name="Accepted">How many were stored.</param>
/// <param name="Duplicates">How many were repetitions.</param>
/// <param name="Failures">Those that were not stored, or of which it is not known, ordered by index.</param>
public sealed record AddReport(int Accepted, int Duplicates, IReadOnlyList<AddFailure> Failures);

/// <summary>A record that was not acknowledged.</summary>
/// <param name="Index">Its place among the records that were added together, from 0.</param>
/// <param name="Cause">
/// Why: <see cref="PerformanceRejectedException"/> means the record is at fault; anything else that it may be added again with the same id.
/// </param>
public sealed record AddFailure(int Index, Exception Cause);

/// <summary>A record as the journal holds it.</summary>
/// <param name="SequenceNumber">Its number within the key, from 1; never used again.</param>
/// <param name="KnownAt">When the journal had it.</param>
/// <param name="Record">The record.</param>
public sealed record StoredRecord(long SequenceNumber, UnixNanoseconds KnownAt, PerformanceRecord Record);

/// <summary>A command was rejected: the message says what is wrong and what to do. Nothing was stored.</summary>
public sealed class PerformanceRejectedException(PerformanceRejected rejected) : Exception(rejected.Message)
{
    /// <summary>Why, for programs.</summary>
    public PerformanceError Error { get; } = rejected.Error;

    internal static PerformanceRejectedException Invalid(string message) => new(new PerformanceRejected(PerformanceError.Invalid, message));
}
