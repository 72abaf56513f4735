namespace ActorMemory.Journal;

/// <summary>
/// A journal that puts its oldest events into archive files and then lets them go. What is archived is read from the archives as if it were
/// still here, as long as their files are.
/// </summary>
public interface IArchivingJournal
{
    /// <summary>The archives, and whether their files are there.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    Task<ArchiveStatus> GetArchiveStatusAsync();

    /// <summary>
    /// The last event that a policy lets go: every limit that is given must let it go, and its batch is let go whole. 0 for none.
    /// </summary>
    /// <param name="recordedBefore">Only events recorded before this time, in nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="keepEvents">Not the newest so many events.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    Task<long> FindArchivableAsync(long? recordedBefore, long? keepEvents);

    /// <summary>
    /// Archives what is not archived yet up to an event. A file counts when it is complete, was read back, fits every leaf, and is in the list.
    /// </summary>
    /// <param name="upTo">The ordering of the last event of a batch.</param>
    /// <param name="cancellationToken">Ends it between two files.</param>
    /// <exception cref="JournalException">An event is damaged, or the archive cannot be written. What was archived before stays so.</exception>
    Task<IReadOnlyList<ArchiveSegment>> ArchiveAsync(long upTo, CancellationToken cancellationToken = default);

    /// <summary>
    /// Prepares the removal of archived events, as far as their entities can do without: an entity whose events are removed has a snapshot
    /// at or after the last of them, which has been read back and fits its checksum.
    /// </summary>
    /// <param name="upTo">The ordering of the last event that may go; what is not archived stays anyway.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    Task<ArchiveRemoval> BeginRemovalAsync(long upTo);
}

/// <summary>The archives of a journal.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Segments">The files, in order.</param>
/// <param name="MissingFiles">Names of those that are not there.</param>
/// <param name="LastOrdering">The ordering of the journal's last event.</param>
public sealed record ArchiveStatus(string Folder, IReadOnlyList<ArchiveSegment> Segments, IReadOnlyList<string> MissingFiles, long LastOrdering)
{
    /// <summary>The ordering up to which everything is archived; 0 for none.</summary>
    public long ArchivedTo => Segments is [.., var last] ? last.LastOrdering : 0;
}
