namespace ActorMemory.Actors;

/// <summary>What is known about a write that was not acknowledged.</summary>
public enum WriteOutcome
{
    /// <summary>Nothing was written.</summary>
    NotWritten,

    /// <summary>It may have been written or not: the state must be recovered before it is trusted again.</summary>
    Unknown,
}

/// <summary>Why a journal did not do what it was asked.</summary>
public enum JournalError
{
    /// <summary>The disk or the quota is full. Writing may work again later; reading goes on.</summary>
    DiskFull,

    /// <summary>The file or its folder cannot be written.</summary>
    ReadOnly,

    /// <summary>The device failed to read, write or sync. The process should end: what the file cache holds cannot be trusted.</summary>
    InputOutput,

    /// <summary>Bytes that were read are not those that were written.</summary>
    Corrupted,

    /// <summary>An event has a sequence number that is not the next one of its entity.</summary>
    Conflict,

    /// <summary>Another process has the journal.</summary>
    InUse,

    /// <summary>The journal was written by a newer version, or with other fixed settings.</summary>
    Incompatible,

    /// <summary>The store did not answer in time.</summary>
    Timeout,

    /// <summary>The journal is closed or closing.</summary>
    Closed,

    /// <summary>The event or snapshot is larger than the store takes.</summary>
    TooLarge,

    /// <summary>Another owner has taken the shard: what this one holds in memory may be out of date.</summary>
    Fenced,

    /// <summary>The store cannot be reached at the moment. Try again.</summary>
    Unavailable,

    /// <summary>The events are in an archive file that is not where it should be. Put it back and try again.</summary>
    Archived,
}

/// <summary>A journal could not do what it was asked. The message names what, where, and the way out.</summary>
public sealed class JournalException(JournalError error, WriteOutcome outcome, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why.</summary>
    public JournalError Error { get; } = error;

    /// <summary>What is known about the write, if it was one.</summary>
    public WriteOutcome Outcome { get; } = outcome;

    /// <summary>A batch came from an owner that is not the owner of its shard any more.</summary>
    public static JournalException FencedOff(int shard, long epoch, long current) => new(
        JournalError.Fenced,
        WriteOutcome.NotWritten,
        $"Shard {shard} was taken over (its epoch is {current}, and {epoch} of the batch is over). Nothing was written; send it again.");
}
