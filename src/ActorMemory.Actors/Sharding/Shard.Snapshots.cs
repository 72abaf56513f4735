using System.Buffers;

namespace ActorMemory.Actors;

/// <summary>Snapshots: off the hot path, and never in the way of a command.</summary>
internal sealed partial class Shard<TState, TCommand, TEvent>
{
    private async ValueTask SnapshotAllAsync()
    {
        // A few at a time: together they would be as large as the memory of all entities.
        const int AtATime = 8;
        var saves = new Queue<Task<bool>>();
        foreach (var entity in _entities.All)
        {
            if (entity.EventsSinceSnapshot < host.Settings.SnapshotAtStopFromEvents || entity.SnapshotInFlight)
                continue;
            saves.Enqueue(SaveSnapshotAsync(entity));
            if (saves.Count == AtATime && !await saves.Dequeue())
                break;
        }

        foreach (var save in saves)
            await save;
    }

    private async Task<bool> SaveSnapshotAsync(Entity<TState> entity)
    {
        var saved = false;
        entity.SnapshotInFlight = true;
        entity.EventsSinceSnapshot = 0;
        try
        {
            var payload = new ArrayBufferWriter<byte>();
            var manifest = host.Format.WriteSnapshot(entity.State, payload);
            await host.Snapshots.SaveSnapshotAsync(
                new EntitySnapshot(entity.PersistenceId, shardId, entity.SequenceNumber, manifest, payload.WrittenMemory));
            saved = true;
        }
        catch (Exception cause)
        {
            Context.System.Log(
                LogLevel.Warning, Context.Self.Path,
                $"A snapshot of {entity.PersistenceId} was not saved; the next is due after {host.Settings.SnapshotEveryEvents} more events: {cause.Message}",
                cause);
        }

        host.Metrics.SnapshotEnded(saved);
        entity.SnapshotInFlight = false;
        return saved;
    }
}
