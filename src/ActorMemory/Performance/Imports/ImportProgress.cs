namespace ActorMemory.Performance;

/// <summary>How far the import of a file has come.</summary>
/// <param name="Source">The identity of the file's content: the first 128 bits of the SHA-256 of what it held when it was first imported.</param>
/// <param name="FileName">The name that it had, without folders; for people.</param>
/// <param name="Bytes">The length of the part that is in, from the start of the file.</param>
/// <param name="Prefix">The first 128 bits of the SHA-256 of that part: a file that begins with it can be continued.</param>
/// <param name="Lines">The lines of that part.</param>
/// <param name="Accepted">The records stored so far.</param>
/// <param name="Duplicates">The repetitions so far.</param>
/// <param name="Rejected">The lines so far that are not records.</param>
/// <param name="IsComplete">Whether the whole file as it was is in.</param>
public sealed record ImportProgress(
    UInt128 Source,
    string FileName,
    long Bytes,
    UInt128 Prefix,
    long Lines,
    long Accepted,
    long Duplicates,
    long Rejected,
    bool IsComplete);
