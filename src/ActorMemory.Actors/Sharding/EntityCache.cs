using System.Diagnostics.CodeAnalysis;

namespace ActorMemory.Actors;

/// <summary>The entities of a shard that are in memory, least recently used first, within a budget of bytes.</summary>
internal sealed class EntityCache<TState>(long budget)
    where TState : class
{
    private readonly Dictionary<string, Entity<TState>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Entity<TState>> _byUse = new();

    public int Count => _byId.Count;

    public long Bytes { get; private set; }

    public IEnumerable<Entity<TState>> All => _byUse;

    public bool Contains(string persistenceId) => _byId.ContainsKey(persistenceId);

    public bool TryUse(string persistenceId, long now, [NotNullWhen(true)] out Entity<TState>? entity)
    {
        if (!_byId.TryGetValue(persistenceId, out entity))
            return false;
        entity.LastUsed = now;
        if (entity.Place is { } place && place.Next is not null)
        {
            _byUse.Remove(place);
            _byUse.AddLast(place);
        }

        return true;
    }

    public void Add(Entity<TState> entity, long size, long now)
    {
        entity.LastUsed = now;
        entity.Place = _byUse.AddLast(entity);
        _byId.Add(entity.PersistenceId, entity);
        Resize(entity, size);
    }

    public void Resize(Entity<TState> entity, long size)
    {
        Bytes += size - entity.Size;
        entity.Size = size;
    }

    public bool Remove(Entity<TState> entity)
    {
        if (!_byId.Remove(entity.PersistenceId))
            return false;
        if (entity.Place is { } place)
            _byUse.Remove(place);
        entity.Place = null;
        Bytes -= entity.Size;
        return true;
    }

    public void Clear()
    {
        foreach (var entity in _byUse)
            entity.Place = null;
        _byUse.Clear();
        _byId.Clear();
        Bytes = 0;
    }

    /// <summary>Lets go of what is over the budget, and of what was last used before <paramref name="usedSince"/>; returns how many.</summary>
    public int Passivate(long usedSince)
    {
        var passivated = 0;
        while (_byUse.First is { } oldest && (Bytes > budget || oldest.Value.LastUsed < usedSince))
        {
            Remove(oldest.Value);
            passivated++;
        }

        return passivated;
    }
}
