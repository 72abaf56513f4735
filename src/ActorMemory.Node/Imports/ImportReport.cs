using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Imports;

/// <summary>What became of a file.</summary>
/// <param name="File">The file, as the user named it.</param>
internal sealed record ImportReport(string File)
{
    /// <summary>The line after which this run began; 0 for the start of the file.</summary>
    public long ResumedAfterLine { get; init; }

    /// <summary>The number of the last line read.</summary>
    public long Lines { get; init; }

    /// <summary>Records stored by this run.</summary>
    public long Accepted { get; init; }

    /// <summary>Records that were stored before.</summary>
    public long Duplicates { get; init; }

    /// <summary>Lines that are no records.</summary>
    public long Rejected { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long Bytes { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Elapsed { get; init; }
}

/// <summary>Hears how an import gets on.</summary>
internal interface IImportObserver
{
    /// <summary>A line is no record.</summary>
    void Rejected(string file, LineFault fault);

    /// <summary>So much of the file is in.</summary>
    void Progressed(ImportReport report, long bytes);

    /// <summary>The node could not take lines; they are sent again.</summary>
    void Waiting(string file, string why);
}
