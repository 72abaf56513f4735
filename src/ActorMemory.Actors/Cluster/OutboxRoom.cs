namespace ActorMemory.Actors;

/// <summary>
/// The room in front of one shard of another node, for commands that wait and for those on their way. The outbox itself takes whatever comes: a full
/// mailbox would keep answers out as well.
/// </summary>
/// <remarks>Safe to call from several threads.</remarks>
internal sealed class OutboxRoom(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<Func<bool>> _waiting = [];
    private int _free = capacity;

    /// <summary>Calls <paramref name="enter"/> if there is room and nobody waits for it.</summary>
    public bool TryEnter(Func<bool> enter)
    {
        lock (_gate)
        {
            if (_free == 0 || _waiting.Count > 0)
                return false;
            if (enter())
                _free--;
            return true;
        }
    }

    /// <summary>
    /// Calls <paramref name="enter"/> as soon as there is room, in the order of the calls; it says whether the room is still wanted. Under the lock: else
    /// two of them could overtake each other.
    /// </summary>
    public void Enter(Func<bool> enter)
    {
        lock (_gate)
        {
            if (!TryEnter(enter))
                _waiting.Enqueue(enter);
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var enter))
            {
                if (enter())
                    return;
            }

            _free++;
        }
    }
}
