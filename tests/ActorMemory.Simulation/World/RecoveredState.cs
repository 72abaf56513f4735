using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Simulation.Database;

namespace ActorMemory.Simulation.World;

/// <summary>Recovers an entity as a node would, beside all nodes.</summary>
internal static class RecoveredState
{
    /// <summary>The state from all events, and from the newest sound snapshot and the events after it, both as the bytes of a snapshot.</summary>
    public static (byte[] Replayed, byte[] Continued) Both<TState, TEvent>(
        string persistenceId, DatabaseStore store, IEntityFormat<TState, TEvent> format, Func<TState> create)
        where TState : class =>
        (Of(persistenceId, store, format, create, withSnapshots: false), Of(persistenceId, store, format, create, withSnapshots: true));

    private static byte[] Of<TState, TEvent>(
        string persistenceId, DatabaseStore store, IEntityFormat<TState, TEvent> format, Func<TState> create, bool withSnapshots)
        where TState : class
    {
        var target = new Target<TState, TEvent>(persistenceId, format, create(), withSnapshots);
        store.Recover(target);
        var output = new ArrayBufferWriter<byte>();
        format.WriteSnapshot(target.State, output);
        return output.WrittenSpan.ToArray();
    }

    private sealed class Target<TState, TEvent>(string persistenceId, IEntityFormat<TState, TEvent> format, TState initial, bool withSnapshots)
        : IRecoveryTarget
        where TState : class
    {
        public string PersistenceId => persistenceId;

        public TState State { get; private set; } = initial;

        public bool OfferSnapshot(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
        {
            if (withSnapshots)
                State = format.ReadSnapshot(persistenceId, manifest, payload);
            return withSnapshots;
        }

        public void ReplayEvent(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload) => format.ReplayEvent(State, manifest, payload);

        public void RecoveryCompleted(long sequenceNumber)
        {
            // What was replayed is compared by its content.
        }

        public void RecoveryFailed(Exception cause) =>
            throw new ViolationException(Promise.Replay, $"{persistenceId} cannot be recovered: {cause.Message}");
    }
}
