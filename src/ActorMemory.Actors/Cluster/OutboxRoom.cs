namespace ActorMemory.Actors;

/// <summary>
/// The room in front of one shard of another node, for commands that wait and for those on their way. The outbox itself takes whatever comes: a full
/// mailbox would keep answers out as well.
/// </summary>
/// <param name="capacity">The number of places.</param>
/// <param name="enter">Takes a command to its place; false if the place is not wanted any more.</param>
/// <remarks>Safe to call from several threads.</remarks>
internal sealed class OutboxRoom(int capacity, Func<OutboxMessage.Ask, bool> enter) : IPlaces
{
    private readonly Lock _gate = new();
    private readonly Queue<OutboxMessage.Ask> _waiting = [];
    private int _free = capacity;

    /// <summary>Lets a command in if there is room and nobody waits for it.</summary>
    public bool TryEnter(OutboxMessage.Ask ask)
    {
        lock (_gate)
        {
            if (_free == 0 || _waiting.Count > 0)
                return false;
            if (enter(ask))
                _free--;
            return true;
        }
    }

    /// <summary>
    /// Lets a command in as soon as there is room, in the order of the calls. Under the lock: else two of them could overtake each other.
    /// </summary>
    public void Enter(OutboxMessage.Ask ask)
    {
        lock (_gate)
        {
            if (!TryEnter(ask))
                _waiting.Enqueue(ask);
        }
    }

    /// <inheritdoc/>
    public void Leave()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var next))
            {
                if (enter(next))
                    return;
            }

            _free++;
        }
    }
}
