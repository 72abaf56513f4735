namespace ActorMemory.Node.Performance;

/// <summary>Lines of a stream. Empty ones are counted and left out, as is a byte order mark at the start.</summary>
/// <param name="window">The stream.</param>
/// <param name="maxLine">Bytes of the longest line; a longer one is skipped and reported as too long.</param>
/// <param name="quoted">Whether a line end between double quotes belongs to the line, as in CSV.</param>
internal sealed class LineReader(ByteWindow window, int maxLine, bool quoted = false) : IRecordSource
{
    private long _line, _dropped;
    private bool _skipping;

    /// <summary>The number of the last line whose end was seen.</summary>
    public long WholeLines { get; private set; }

    /// <summary>Where that line is over, in bytes from the start.</summary>
    public long WholeEnd { get; private set; }

    /// <inheritdoc/>
    public bool TryNext(out RecordText text)
    {
        while (TryTake(out var taken, out var isTerminated))
        {
            var number = _line + 1;
            _line += _dropped + (quoted ? LineEndsWithin(taken.Span) : 1);
            _dropped = 0;
            if (isTerminated)
                (WholeLines, WholeEnd) = (_line, window.Position);
            var isTooLong = _skipping || taken.Length > maxLine + 2;
            _skipping = false;
            if (number == 1 && taken.Span.StartsWith("\uFEFF"u8))
                taken = taken[3..];
            var trimmed = isTooLong ? default : Trim(taken);
            if (trimmed.IsEmpty && !isTooLong)
                continue;

            text = new RecordText(number, trimmed, window.Position, isTooLong, isTerminated);
            return true;
        }

        text = default;
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (window.IsAtEnd)
            return false;
        if (window.IsFull)
        {
            _dropped += window.Take(window.Unread.Length).Span.Count((byte)'\n');
            _skipping = true;
        }

        // True once more at the end: the last line may have no line end.
        return await window.FillAsync(cancellationToken) || !window.Unread.IsEmpty || _skipping;
    }

    private bool TryTake(out ReadOnlyMemory<byte> taken, out bool isTerminated)
    {
        var unread = window.Unread;
        var end = FindLineEnd(unread);
        isTerminated = end >= 0;
        if (isTerminated)
        {
            taken = window.Take(end + 1);
            return true;
        }

        taken = window.IsAtEnd ? window.Take(unread.Length) : default;
        return window.IsAtEnd && (!taken.IsEmpty || _skipping);
    }

    private int FindLineEnd(ReadOnlySpan<byte> unread)
    {
        if (!quoted || _skipping)
            return unread.IndexOf((byte)'\n');

        // Two quotes in a row, which stand for one, leave the state as it was.
        var inQuotes = false;
        for (var from = 0; from < unread.Length;)
        {
            var found = unread[from..].IndexOfAny((byte)'"', (byte)'\n');
            if (found < 0)
                return -1;
            if (unread[from + found] == '"')
                inQuotes = !inQuotes;
            else if (!inQuotes)
                return from + found;
            from += found + 1;
        }

        return -1;
    }

    private static int LineEndsWithin(ReadOnlySpan<byte> row) => Math.Max(row.Count((byte)'\n'), 1);

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line)
    {
        var span = line.Span;
        int start = 0, end = span.Length;
        while (start < end && span[start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            start++;
        while (end > start && span[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            end--;
        return line[start..end];
    }
}
