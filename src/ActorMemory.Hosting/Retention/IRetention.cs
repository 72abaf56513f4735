using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Retention;

namespace ActorMemory.Hosting;

/// <summary>
/// Lets old events go from the journal: they are archived first and removed then, unless a legal hold means them. What is archived is read as if it
/// were still there.
/// </summary>
public interface IRetention
{
    /// <summary>Runs a policy now.</summary>
    /// <param name="policy">What may go; null for the settings.</param>
    /// <param name="isDryRun">Only tells what would be archived.</param>
    /// <param name="who">Who asks for it, for the audit log.</param>
    /// <param name="cancellationToken">Ends it between two steps; running it again goes on.</param>
    /// <exception cref="RetentionException">There is no policy, another run is under way, or the journal's engine cannot do it.</exception>
    Task<RetentionRun> RunAsync(RetentionPolicy? policy, bool isDryRun, string who, CancellationToken cancellationToken = default);

    /// <summary>The policy of the settings and the archives.</summary>
    /// <exception cref="RetentionException">The journal's engine cannot do it.</exception>
    Task<RetentionStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Places a legal hold; when this returns no event that it means is removed any more.</summary>
    /// <exception cref="LegalHoldException">It names no keys, or gives no reason.</exception>
    Task<LegalHold> PlaceHoldAsync(KeyFilter keys, string who, string reason, CancellationToken cancellationToken = default);

    /// <summary>Lifts a legal hold and returns what it was.</summary>
    /// <exception cref="LegalHoldException">There is none with this number, or no reason is given.</exception>
    Task<LegalHold> LiftHoldAsync(long number, string who, string reason, CancellationToken cancellationToken = default);

    /// <summary>The legal holds that stand.</summary>
    Task<IReadOnlyList<LegalHold>> GetHoldsAsync(CancellationToken cancellationToken = default);
}

/// <summary>What may go: an event goes when every limit that is given lets it go, and only with its whole batch.</summary>
/// <param name="OlderThan">Only events recorded longer ago.</param>
/// <param name="KeepEvents">Not the newest so many events.</param>
public sealed record RetentionPolicy(TimeSpan? OlderThan, long? KeepEvents)
{
    /// <summary>Whether it limits anything; one that does not lets nothing go.</summary>
    public bool IsGiven => OlderThan is not null || KeepEvents is not null;
}

/// <summary>What a run did, or would do.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="IsDryRun">Whether it only told what would be archived.</param>
/// <param name="UpTo">The ordering of the last event that the policy lets go; 0 for none.</param>
/// <param name="Archived">Events that were archived.</param>
/// <param name="Archives">The names of the files that were written.</param>
/// <param name="Removed">Events that were removed.</param>
/// <param name="Holds">Legal holds that stood.</param>
/// <param name="WithoutSnapshot">Keys and other entities whose events stay because no sound snapshot of them could be had.</param>
public sealed record RetentionRun(
    UnixNanoseconds StartedAt, UnixNanoseconds EndedAt, bool IsDryRun, long UpTo, long Archived, IReadOnlyList<string> Archives, long Removed, int Holds,
    int WithoutSnapshot);

/// <summary>How retention is set up and how far it is.</summary>
/// <param name="Policy">The policy of the settings.</param>
/// <param name="Schedule">How often it runs by itself; null for never.</param>
/// <param name="Archive">The archives.</param>
/// <param name="Holds">Legal holds that stand.</param>
public sealed record RetentionStatus(RetentionPolicy Policy, TimeSpan? Schedule, ArchiveStatus Archive, int Holds);

/// <summary>Retention could not do what it was asked; the message says why and what to do.</summary>
public sealed class RetentionException(string message) : Exception(message);
