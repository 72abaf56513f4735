using System.Buffers;

namespace ActorMemory.Actors;

/// <summary>
/// How the commands and replies of one entity type travel between nodes. A manifest names type and version; nodes of two adjacent versions work
/// together, so a version once sent stays readable.
/// </summary>
public interface ICommandFormat<TCommand>
{
    /// <summary>What a repetition of the command does.</summary>
    CommandKind KindOf(TCommand command);

    /// <summary>Writes a command and returns its manifest.</summary>
    string WriteCommand(TCommand command, IBufferWriter<byte> output);

    /// <summary>Reads a command.</summary>
    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    TCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload);

    /// <summary>Writes what an entity answered and returns its manifest.</summary>
    string WriteReply(object reply, IBufferWriter<byte> output);

    /// <summary>Reads an answer.</summary>
    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    object ReadReply(string manifest, ReadOnlySpan<byte> payload);
}

/// <summary>What a repetition of a command does.</summary>
public enum CommandKind
{
    /// <summary>It changes nothing.</summary>
    Read,

    /// <summary>Twice is the same as once, at least when the second follows within seconds.</summary>
    Repeatable,

    /// <summary>Twice is not the same as once: it is not sent again when nobody knows whether it arrived.</summary>
    Once,
}
