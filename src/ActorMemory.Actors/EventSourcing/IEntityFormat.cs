using System.Buffers;

namespace ActorMemory.Actors;

/// <summary>
/// How the events and snapshots of one entity type look as bytes. A manifest, such as <c>performance.records-added.v1</c>,
/// names type and version; a version once written stays readable for ever.
/// </summary>
public interface IEntityFormat<TState, in TEvent>
    where TState : class
{
    /// <summary>Writes an event and returns its manifest.</summary>
    string WriteEvent(TEvent @event, IBufferWriter<byte> output);

    /// <summary>Applies an event to the state straight from its bytes.</summary>
    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    void ReplayEvent(TState state, string manifest, ReadOnlySpan<byte> payload);

    /// <summary>Writes the whole state and returns its manifest.</summary>
    string WriteSnapshot(TState state, IBufferWriter<byte> output);

    /// <summary>Reads a state back.</summary>
    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    TState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload);
}
