namespace ActorMemory.Actors;

/// <summary>How many entities of a type there may be, in and out of memory; the shards share it.</summary>
internal sealed class EntityQuota(long most)
{
    private long _count;

    public bool IsLimited => most < long.MaxValue;

    public long Most => most;

    public void Add(long entities) => Interlocked.Add(ref _count, entities);

    /// <summary>Takes a place for a new entity; false when there is none.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _count) <= most)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }
}

/// <summary>There are as many entities as there may be: the command would have brought one more into being. Nothing is stored.</summary>
public sealed class EntityLimitException : Exception
{
    /// <summary>It happened here.</summary>
    public EntityLimitException(string persistenceId, long most)
        : base($"{persistenceId} would be new, and there are {most:N0} already, which is the limit. Raise the limit, or send to what exists.")
    {
    }

    /// <summary>It happened on another node, which says this.</summary>
    internal EntityLimitException(string message)
        : base(message)
    {
    }
}
