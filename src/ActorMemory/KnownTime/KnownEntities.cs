using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.KnownTime;

/// <summary>
/// Entities of one type as they were known at a moment: their events up to the cut are replayed with the same format and questions answered by
/// the same behaviour as those of the live ones. Nothing is kept, nothing is created, and the node may write meanwhile.
/// </summary>
internal sealed class KnownEntities<TState, TCommand, TEvent>(
    IJournalStore journal, int shardCount, KnownCut cut, IEventSourcedBehavior<TState, TCommand, TEvent> behavior, IEntityFormat<TState, TEvent> format)
    where TState : class
{
    private const int Parallelism = 4;

    /// <summary>Asks an entity.</summary>
    /// <exception cref="JournalException">Its events cannot be read.</exception>
    /// <exception cref="EntityFailedException">Its events cannot be replayed, or the question failed.</exception>
    public async Task<object> AskAsync(string persistenceId, TCommand query, CancellationToken cancellationToken)
    {
        return Answer(await ReplayAsync(persistenceId, cancellationToken), query);
    }

    /// <summary>Brings an entity to what it was.</summary>
    /// <exception cref="JournalException">Its events cannot be read.</exception>
    /// <exception cref="EntityFailedException">Its events cannot be replayed.</exception>
    public async Task<KnownEntity<TState>> ReplayAsync(string persistenceId, CancellationToken cancellationToken) =>
        await ReplayAsync(persistenceId, await cut.OrderingAsync(), cancellationToken);

    /// <summary>
    /// Asks every entity that had an event by then and that the filter lets through, a few shards at a time, one entity of each in memory.
    /// </summary>
    /// <returns>The answers in the order of <see cref="ShardRegion{TCommand}.AskAllAsync"/>.</returns>
    public Task<IReadOnlyList<EntityReply>> AskAllAsync(Func<string, bool> filter, TCommand query, CancellationToken cancellationToken) =>
        SelectAllAsync(filter, entity => Answer(entity, query), cancellationToken);

    /// <summary>The same for whatever is to be taken from the entities.</summary>
    public async Task<IReadOnlyList<EntityReply>> SelectAllAsync(
        Func<string, bool> filter, Func<KnownEntity<TState>, object> select, CancellationToken cancellationToken)
    {
        var upTo = await cut.OrderingAsync();
        var replies = new List<EntityReply>();
        var pending = new Queue<Task<List<EntityReply>>>();
        for (var shard = 0; shard < shardCount; shard++)
        {
            if (pending.Count >= Parallelism)
                replies.AddRange(await pending.Dequeue());
            pending.Enqueue(SelectShardAsync(shard, upTo, filter, select, cancellationToken));
        }

        foreach (var shard in pending)
            replies.AddRange(await shard);
        return replies;
    }

    private async Task<List<EntityReply>> SelectShardAsync(
        int shard, long upTo, Func<string, bool> filter, Func<KnownEntity<TState>, object> select, CancellationToken cancellationToken)
    {
        var replies = new List<EntityReply>();
        foreach (var persistenceId in await journal.ListEntitiesAsync(shard))
        {
            if (!filter(persistenceId))
                continue;
            try
            {
                var entity = await ReplayAsync(persistenceId, upTo, cancellationToken);
                if (entity.SequenceNumber == 0)
                    break; // They are listed in the order in which they came into being: the rest came later.
                replies.Add(new EntityReply(persistenceId, select(entity), null));
            }
            catch (Exception cause) when (cause is JournalException or EntityFailedException)
            {
                replies.Add(new EntityReply(persistenceId, null, cause));
            }
        }

        return replies;
    }

    private async Task<KnownEntity<TState>> ReplayAsync(string persistenceId, long upTo, CancellationToken cancellationToken)
    {
        var entity = Create(persistenceId);
        var events = new KnownEvents(journal, persistenceId, upTo);
        for (var page = await events.NextAsync(); page.Count > 0; page = await events.NextAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var journaled in page)
                Replay(entity, journaled);
        }

        return entity;
    }

    private KnownEntity<TState> Create(string persistenceId)
    {
        try
        {
            return new KnownEntity<TState>(persistenceId, behavior.Create(persistenceId));
        }
        catch (Exception cause)
        {
            throw new EntityFailedException(persistenceId, "recovery failed", cause);
        }
    }

    private void Replay(KnownEntity<TState> entity, JournaledEvent journaled)
    {
        try
        {
            format.ReplayEvent(entity.State, journaled.Manifest, journaled.Payload.Span);
            entity.SequenceNumber = journaled.SequenceNumber;
            entity.Ordering = journaled.Ordering;
            entity.RecordedAt = journaled.RecordedAt;
        }
        catch (Exception cause)
        {
            throw new EntityFailedException(entity.PersistenceId, "recovery failed", cause);
        }
    }

    /// <summary>What an entity answers.</summary>
    public object Answer(KnownEntity<TState> entity, TCommand query)
    {
        try
        {
            return behavior.Decide(
                entity.State, query, new CommandContext(entity.PersistenceId, entity.SequenceNumber, entity.RecordedAt)).Reply;
        }
        catch (Exception cause)
        {
            throw new EntityFailedException(entity.PersistenceId, "the command failed", cause);
        }
    }
}

/// <summary>An entity as it was known.</summary>
internal sealed class KnownEntity<TState>(string persistenceId, TState state)
{
    public string PersistenceId => persistenceId;

    public TState State => state;

    /// <summary>Its last event that was known; 0 for none.</summary>
    public long SequenceNumber { get; set; }

    /// <summary>The place of that event in the journal.</summary>
    public long Ordering { get; set; }

    /// <summary>When that event was recorded.</summary>
    public long RecordedAt { get; set; }
}
