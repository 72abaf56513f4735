using System.Buffers;
using System.Globalization;

namespace ActorMemory.Node.Performance;

/// <summary>
/// The elements of a JSON array, or a single value, as texts. Looks only at brackets, quotes and commas: whether an element is a record is
/// found out by whoever parses it, so that a bad element costs no good one.
/// </summary>
internal sealed class JsonElementReader(ByteWindow window, int maxElement) : IRecordSource
{
    private static readonly SearchValues<byte> s_marks = SearchValues.Create("\"{}[],"u8);

    private long _number;
    private State _state = State.Start;

    private enum State
    {
        Start,
        FirstElement,
        Element,
        CommaOrEnd,
        End,
    }

    /// <summary>Whether the body is an array.</summary>
    public bool IsArray { get; private set; }

    /// <inheritdoc/>
    public bool TryNext(out RecordText text)
    {
        text = default;
        while (SkipSpace() is { } next)
        {
            switch (_state)
            {
                case State.Start when next == '[':
                    IsArray = true;
                    window.Take(1);
                    _state = State.FirstElement;
                    break;
                case State.FirstElement or State.CommaOrEnd when IsArray && next == ']':
                    window.Take(1);
                    _state = State.End;
                    break;
                case State.CommaOrEnd when IsArray:
                    if (next != ',')
                        throw Syntax($"after element {_number} stands '{Shown(next)}'; expected ',' or ']'");
                    window.Take(1);
                    _state = State.Element;
                    break;
                case State.CommaOrEnd or State.End:
                    throw Syntax($"after the end of the JSON stands '{Shown(next)}'; for several records send an array, or NDJSON as application/x-ndjson");
                default:
                    return TryTakeElement(out text);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (window.IsAtEnd)
            return IsOver();
        if (window.IsFull)
            throw Syntax(string.Create(CultureInfo.InvariantCulture, $"element {_number + 1} has more than {maxElement} bytes; a record takes less than 2,000"));

        return await window.FillAsync(cancellationToken) || !window.Unread.IsEmpty || IsOver();
    }

    private bool IsOver() => _state == State.End || (_state == State.CommaOrEnd && !IsArray) || _state == State.Start
        ? false
        : throw Syntax("the JSON ends in the middle");

    private bool TryTakeElement(out RecordText text)
    {
        text = default;
        var unread = window.Unread;
        if (unread[0] is (byte)',' or (byte)']')
            throw Syntax($"instead of element {_number + 1} stands '{Shown(unread[0])}'");

        var end = FindEnd(unread);
        if (end < 0 && window.IsAtEnd)
            end = unread.Length;
        if (end < 0)
            return false;

        var isTooLong = end > maxElement;
        var taken = window.Take(end);
        _state = State.CommaOrEnd;
        text = new RecordText(++_number, isTooLong ? default : taken, window.Position, isTooLong, IsTerminated: true);
        return true;
    }

    /// <summary>Where the first value of the text ends; -1 if that is not in the window.</summary>
    private static int FindEnd(ReadOnlySpan<byte> text)
    {
        int depth = 0, position = 0;
        while (position < text.Length)
        {
            var found = text[position..].IndexOfAny(s_marks);
            if (found < 0)
                return -1;

            position += found;
            switch (text[position])
            {
                case (byte)'"':
                    position = FindStringEnd(text, position + 1);
                    if (position < 0)
                        return -1;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)',' when depth == 0:
                    return position;
                case (byte)',':
                    break;
                default:
                    if (depth <= 1)
                        return depth == 1 ? position + 1 : position;
                    depth--;
                    break;
            }

            position++;
        }

        return -1;
    }

    private static int FindStringEnd(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length)
        {
            var found = text[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                return -1;

            position += found;
            if (text[position] == '"')
                return position;

            position += 2;
        }

        return -1;
    }

    private byte? SkipSpace()
    {
        var unread = window.Unread;
        if (window.Position == 0 && unread.StartsWith("\uFEFF"u8))
            unread = unread[window.Take(3).Length..];

        var rest = unread.TrimStart(" \t\r\n"u8);
        window.Take(unread.Length - rest.Length);
        return rest.IsEmpty ? null : rest[0];
    }

    private BodySyntaxException Syntax(string message) =>
        new(string.Create(CultureInfo.InvariantCulture, $"not JSON: {message} (byte {window.Position})."));

    private static string Shown(byte value) =>
        value is >= 0x20 and < 0x7F ? ((char)value).ToString() : string.Create(CultureInfo.InvariantCulture, $"0x{value:X2}");
}
