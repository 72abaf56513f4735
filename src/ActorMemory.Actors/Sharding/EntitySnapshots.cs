using System.Buffers;

namespace ActorMemory.Actors;

/// <summary>
/// Saves snapshots of entities from what the journal holds of them, whether they are in memory or not: what is saved is what a recovery
/// comes to, and no shard has to wait for it.
/// </summary>
internal sealed class EntitySnapshots<TState, TCommand, TEvent>(
    IEventSourcedBehavior<TState, TCommand, TEvent> behavior, IEntityFormat<TState, TEvent> format, IJournal journal,
    ISnapshotStore snapshots, ShardSettings settings)
    where TState : class
{
    /// <summary>Saves them, a few at a time. One that cannot be recovered or saved keeps no other.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    public async Task SaveAsync(IReadOnlyList<string> persistenceIds)
    {
        foreach (var some in persistenceIds.Chunk(settings.RecoveryBatch))
        {
            var recovering = Array.ConvertAll(some, id => new RecoveringEntity<TState, TCommand, TEvent>(id, behavior, format));
            await journal.RecoverAsync(recovering);
            foreach (var entity in recovering.Select(static one => one.ToEntity()))
            {
                if (entity is { SequenceNumber: > 0 })
                    await SaveAsync(entity);
            }
        }
    }

    private async Task SaveAsync(Entity<TState> entity)
    {
        var payload = new ArrayBufferWriter<byte>();
        var manifest = format.WriteSnapshot(entity.State, payload);
        var shard = StableHash.Shard(entity.PersistenceId, settings.Count);
        try
        {
            await snapshots.SaveSnapshotAsync(
                new EntitySnapshot(entity.PersistenceId, shard, entity.SequenceNumber, manifest, payload.WrittenMemory));
        }
        catch (JournalException)
        {
            // Whoever asked looks at what is there, and does without it.
        }
    }
}
