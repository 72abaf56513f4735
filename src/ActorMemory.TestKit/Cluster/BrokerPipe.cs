namespace ActorMemory.TestKit;

/// <summary>One direction of a connection: what is sent arrives in order, after a while, as long as the line holds.</summary>
internal sealed class BrokerPipe(SimulatedBrokerServer server, SimulationDomain receiver)
{
    private readonly Queue<Action> _underway = [];
    private readonly Queue<Action> _arrived = [];
    private TimeSpan _latest;
    private int _due;
    private bool _isBlocked;
    private bool _isClosed;

    public void Send(Action frame)
    {
        if (_isClosed)
            return;
        _underway.Enqueue(frame);
        var due = server.Now + server.NextLatency();
        _latest = due > _latest ? due : _latest;
        server.After(_latest - server.Now, Arrive);
    }

    /// <summary>Nothing gets through; what is sent meanwhile follows when the line is there again.</summary>
    public void Block() => _isBlocked = true;

    public void Unblock()
    {
        _isBlocked = false;
        for (; _due > 0; _due--)
            Hand();
    }

    /// <summary>What is underway is lost. What has arrived is read by a receiver that is frozen, once it wakes.</summary>
    public void Close()
    {
        _isClosed = true;
        _underway.Clear();
    }

    private void Arrive()
    {
        if (_isBlocked)
            _due++;
        else
            Hand();
    }

    private void Hand()
    {
        if (!_underway.TryDequeue(out var frame))
            return;
        // One step reads one frame, whichever of the steps goes first: the order of the line stays.
        _arrived.Enqueue(frame);
        receiver.Post(_ => Read(), null);
    }

    private void Read()
    {
        if (_arrived.TryDequeue(out var frame))
            frame();
    }
}
