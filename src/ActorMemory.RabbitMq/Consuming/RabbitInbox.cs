namespace ActorMemory.RabbitMq;

/// <summary>Reads what comes to the node of one session and tells the listener, one call at a time.</summary>
/// <param name="listener">Is told.</param>
/// <param name="gate">Shared by all sessions of a broker, and by what tells the listener of their ends.</param>
/// <param name="trouble">Hears of what cannot be read.</param>
internal sealed class RabbitInbox(IBrokerListener listener, Lock gate, Action<string, Exception?>? trouble)
{
    private volatile bool _isClosed;

    public void Close() => _isClosed = true;

    public void OnMessage(ReadOnlyMemory<byte> body, string? replyTo)
    {
        if (EnvelopeReader.Read(body.Span, replyTo, out _, out var fault) is { } message)
            Tell(() => listener.Received(message));
        else
            trouble?.Invoke($"A message to this node cannot be read and is dropped: {fault}", null);
    }

    public void OnAnnouncement(ReadOnlyMemory<byte> body, string? replyTo)
    {
        if (EnvelopeReader.ReadAnnouncement(body.Span, out var fault) is { } announcement)
            Tell(() => listener.Announced(announcement));
        else
            trouble?.Invoke($"An announcement of a node cannot be read and is dropped: {fault}", null);
    }

    public void Guard(Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            trouble?.Invoke("What was told to the node ended in an exception.", e);
        }
    }

    private void Tell(Action call)
    {
        lock (gate)
        {
            // After the listener knows that the connection is lost, nothing more comes of it.
            if (!_isClosed)
                Guard(call);
        }
    }
}
