namespace ActorMemory.Node.Performance;

/// <summary>Why a text is not a record.</summary>
/// <param name="Message">Names the field where there is one, what is wrong and what to do.</param>
/// <param name="IsSyntax">Whether it is not even JSON (or CSV).</param>
internal sealed record RecordFault(string Message, bool IsSyntax);
