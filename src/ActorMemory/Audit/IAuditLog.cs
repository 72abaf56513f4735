using ActorMemory.Actors;
using ActorMemory.KnownTime;
using ActorMemory.Performance;

namespace ActorMemory.Audit;

/// <summary>The audit log, for reading.</summary>
/// <remarks>Any method may throw <see cref="JournalException"/>, <see cref="AskTimeoutException"/> and <see cref="EntityFailedException"/>.</remarks>
public interface IAuditReader
{
    /// <summary>The entries that a query lets through, newest first, a page of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    Task<AuditPage> ReadAsync(AuditQuery query, CancellationToken cancellationToken = default);
}

/// <summary>
/// Who did what to the memory: imports, prunes, changes of the configuration, exports and so on. Journaled like everything else, so it is
/// verified, exported and replayed with it. Safe to use from many threads.
/// </summary>
public interface IAuditLog : IAuditReader
{
    /// <summary>Notes what somebody has done; durable when it returns. It is noted twice if it is sent again after an unknown outcome.</summary>
    Task<AuditEntry> NoteAsync(AuditAction action, CancellationToken cancellationToken = default);

    /// <summary>The log as it was at a moment.</summary>
    IAuditReader AsOf(KnownMoment moment);
}

/// <summary>What the log holds about one action.</summary>
/// <param name="Number">Its place in the log: 1, 2, 3, … without holes.</param>
/// <param name="At">When it was noted.</param>
/// <param name="Action">Who did what.</param>
public sealed record AuditEntry(long Number, UnixNanoseconds At, AuditAction Action);

/// <summary>Which entries of the log are asked for.</summary>
public sealed record AuditQuery
{
    /// <summary>The most entries of a page.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only this kind.</summary>
    public AuditKind? Kind { get; init; }

    /// <summary>Only what this one did, compared ordinally.</summary>
    public string? Who { get; init; }

    /// <summary>Only what was noted at this time or later.</summary>
    public UnixNanoseconds? From { get; init; }

    /// <summary>Only what was noted at this time or earlier.</summary>
    public UnixNanoseconds? To { get; init; }

    /// <summary>Only entries with a lower number: what <see cref="AuditPage.Next"/> of the page before says.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>At most so many; more than <see cref="MaxLimit"/> count as that.</summary>
    public int Limit { get; init; } = 100;

    internal bool Matches(AuditEntry entry) =>
        entry.Number < Before
        && (Kind is null || entry.Action.Kind == Kind)
        && (Who is null || string.Equals(Who, entry.Action.Who, StringComparison.Ordinal))
        && (From is null || entry.At >= From)
        && (To is null || entry.At <= To);
}

/// <summary>A page of the log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">Where the next page goes on, for <see cref="AuditQuery.Before"/>; null after the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Next);
