using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Imports;

/// <summary>Lines of a file that were read together.</summary>
/// <param name="Records">The records among them, ascending.</param>
/// <param name="Faults">The lines that are no records.</param>
/// <param name="Lines">The number of the last whole line.</param>
/// <param name="End">Where that line is over, in bytes from the start of the file.</param>
/// <param name="Prefix">The hash of the file up to there.</param>
internal sealed record ImportBatch(
    ReadOnlyMemory<RecordLine> Records, IReadOnlyList<LineFault> Faults, long Lines, long End, UInt128 Prefix);
