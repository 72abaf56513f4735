namespace ActorMemory.Node.Performance;

/// <summary>The text of one record in a body or file.</summary>
/// <param name="Number">Its line, or its place in the array; from 1.</param>
/// <param name="Text">The bytes; valid until the next call to the source.</param>
/// <param name="End">Where the text with its line end is over, in bytes from the start.</param>
/// <param name="IsTooLong">Whether it is longer than allowed; then <paramref name="Text"/> is empty.</param>
/// <param name="IsTerminated">Whether its end was seen: a line without line end may be only the start of one.</param>
internal readonly record struct RecordText(long Number, ReadOnlyMemory<byte> Text, long End, bool IsTooLong, bool IsTerminated);

/// <summary>Cuts a stream of bytes into the texts of records, with bounded memory: what is in the window at once, then the next window.</summary>
internal interface IRecordSource
{
    /// <summary>The next text that is whole in the window.</summary>
    /// <exception cref="BodySyntaxException">What stands around the records is not what it must be.</exception>
    bool TryNext(out RecordText text);

    /// <summary>Reads on; false at the end.</summary>
    ValueTask<bool> FillAsync(CancellationToken cancellationToken);
}

/// <summary>What stands around the records is not what it must be, so that nothing behind it can be told apart.</summary>
internal sealed class BodySyntaxException(string message) : Exception(message);
