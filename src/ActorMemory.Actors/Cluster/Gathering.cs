namespace ActorMemory.Actors;

/// <summary>Commands that wait for the next request.</summary>
internal sealed class Gathering
{
    private readonly Queue<OutboxMessage.Ask> _asks = [];

    public int Count => _asks.Count;

    public void Add(OutboxMessage.Ask ask) => _asks.Enqueue(ask);

    public void MoveTo(Gathering other)
    {
        while (_asks.TryDequeue(out var ask))
            other.Add(ask);
    }

    public IEnumerable<OutboxMessage.Ask> TakeAll()
    {
        while (_asks.TryDequeue(out var ask))
            yield return ask;
    }

    /// <summary>The commands of the next request; those that nobody wants any more are left out.</summary>
    public List<OutboxMessage.Ask> Take(ClusterSettings limits)
    {
        var taken = new List<OutboxMessage.Ask>();
        var bytes = 0;
        while (taken.Count < limits.CommandsPerRequest && _asks.TryPeek(out var next))
        {
            if (next.IsWanted(isSent: false))
            {
                bytes += next.Command.Payload.Length + next.Command.PersistenceId.Length;
                if (taken.Count > 0 && bytes > limits.BytesPerRequest)
                    break;
                taken.Add(next);
            }

            _asks.Dequeue();
        }

        return taken;
    }
}
