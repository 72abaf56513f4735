namespace ActorMemory.Actors;

/// <summary>What happens in front of a shard that another node owns.</summary>
internal abstract record OutboxMessage
{
    public sealed record Ask(RemoteCommand Command, CommandKind Kind, IReplyTo<RemoteReply> ReplyTo) : OutboxMessage, IExpectReply
    {
        public void Fail(Exception cause) => ReplyTo.Fail(cause);
    }

    public sealed record Answered(ShardReply Reply) : OutboxMessage;

    public sealed record NotPublished(long CorrelationId, BrokerException Cause) : OutboxMessage;

    public sealed record Reconnected : OutboxMessage;

    public sealed record Look : OutboxMessage;

    /// <summary>The node ends: whoever still waits is told so.</summary>
    public sealed record Close : OutboxMessage;
}

/// <summary>
/// Gathers commands for one shard of another node: while requests are on their way, what comes waits and travels together in the next one. So a
/// lone command leaves at once, and thousands share a message. Reads go straight to the owner when it is known, everything else through the
/// shard's queue.
/// </summary>
internal sealed class ShardOutbox(ClusterNode node, int shard) : Actor<OutboxMessage>
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly Gathering _reads = new();
    private readonly Gathering _others = new();
    private readonly Dictionary<long, SentRequest> _sent = [];
    private long _lastCorrelation;

    protected internal override ValueTask ReceiveAsync(OutboxMessage message)
    {
        switch (message)
        {
            case OutboxMessage.Ask ask:
                (ask.Kind == CommandKind.Read ? _reads : _others).Add(ask);
                break;
            case OutboxMessage.Answered answered:
                Answered(answered.Reply);
                break;
            case OutboxMessage.NotPublished failed:
                NotPublished(failed);
                break;
            case OutboxMessage.Reconnected:
                foreach (var request in Requests())
                    SendAgain(request);
                break;
            case OutboxMessage.Look:
                LookAfter();
                break;
            case OutboxMessage.Close:
                Close();
                break;
        }

        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask DrainedAsync()
    {
        if (node.OwnerAddressOf(shard) is { } owner)
        {
            while (_reads.Count > 0 && InFlight(direct: true) < node.Settings.RequestsInFlight)
                Send(_reads.Take(node.Settings), owner);
        }
        else
            _reads.MoveTo(_others);

        while (_others.Count > 0 && InFlight(direct: false) < node.Settings.RequestsInFlight)
            Send(_others.Take(node.Settings), null);
        if (_sent.Count > 0 && !Context.Timers.IsActive("look"))
            Context.Timers.StartPeriodic("look", new OutboxMessage.Look(), s_look);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask PostStopAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private int InFlight(bool direct)
    {
        var count = 0;
        foreach (var request in _sent.Values)
            count += request.IsDirect == direct ? 1 : 0;
        return count;
    }

    private void Send(List<OutboxMessage.Ask> asks, string? owner)
    {
        var correlation = (++_lastCorrelation * node.ShardCount) + shard;
        var request = new SentRequest(
            new ShardRequest(shard, correlation, ClusterNode.AnswerToSender, node.Name, asks.ConvertAll(static ask => ask.Command)),
            asks, owner is not null, Context.Now);
        _sent.Add(correlation, request);
        node.RequestSent();
        if (owner is null)
            _ = PublishAsync(request.Message);
        else if (!node.Broker.TrySend(owner, request.Message))
            ThroughTheQueue(request);
    }

    private async Task PublishAsync(ShardRequest request)
    {
        try
        {
            await node.Broker.PublishAsync(shard, request);
        }
        catch (BrokerException cause)
        {
            Context.Self.Tell(new OutboxMessage.NotPublished(request.CorrelationId, cause));
        }
    }

    private void Answered(ShardReply reply)
    {
        if (!_sent.Remove(reply.CorrelationId, out var request))
        {
            Context.System.DeadLetters.Publish(reply, Context.Self.Path, DeadLetterReason.LateReply);
            return;
        }

        for (var i = 0; i < request.Asks.Count; i++)
        {
            var answer = i < reply.Replies.Count
                ? reply.Replies[i]
                : RemoteFailures.Reply(RemoteFailureKind.Other, $"{reply.Responder} answered {reply.Replies.Count} of {request.Asks.Count} commands.");
            if (RemoteFailures.IsNotOwner(answer))
                _others.Add(request.Asks[i]);
            else
                request.Asks[i].ReplyTo.Reply(answer);
        }
    }

    private void NotPublished(OutboxMessage.NotPublished failed)
    {
        if (!_sent.TryGetValue(failed.CorrelationId, out var request))
            return;
        if (node.IsConnected && failed.Cause.Outcome == WriteOutcome.NotWritten)
            Fail(request, failed.Cause.Outcome, failed.Cause.Message);
        else if (failed.Cause.Outcome == WriteOutcome.NotWritten)
            request.WasNeverSent = true;
    }

    /// <summary>Sends again what may be sent twice; of what may not, nobody can say what became.</summary>
    private void SendAgain(SentRequest request)
    {
        if (request.IsDirect)
            ThroughTheQueue(request);
        else if (request.WasNeverSent || request.IsRepeatable)
        {
            (request.SentAt, request.WasNeverSent) = (Context.Now, false);
            _ = PublishAsync(request.Message);
        }
        else
            Fail(request, WriteOutcome.Unknown, "the connection to the broker was lost");
    }

    private void ThroughTheQueue(SentRequest request)
    {
        _sent.Remove(request.Message.CorrelationId);
        foreach (var ask in request.Asks)
            _others.Add(ask);
    }

    private void LookAfter()
    {
        foreach (var request in Requests())
        {
            var age = TimeSpan.FromTicks((Context.Now - request.SentAt) / TimeSpan.NanosecondsPerTick);
            if (request.Asks.TrueForAll(static ask => ask.ReplyTo is PendingReply<RemoteReply> { Task.IsCompleted: true }))
                _sent.Remove(request.Message.CorrelationId);
            else if (request.IsDirect && age >= node.Settings.DirectTimeout)
                ThroughTheQueue(request);
            else if (node.IsConnected && request.IsRepeatable && age >= node.Settings.ResendAfter)
                SendAgain(request);
        }

        if (_sent.Count == 0)
            Context.Timers.Cancel("look");
    }

    private void Fail(SentRequest request, WriteOutcome outcome, string why)
    {
        _sent.Remove(request.Message.CorrelationId);
        var what = outcome == WriteOutcome.Unknown
            ? "It is not known whether it was done: send it again with the same ids."
            : "Nothing was written; try again.";
        foreach (var ask in request.Asks)
            ask.Fail(new JournalException(JournalError.Unavailable, outcome, $"Shard {shard} of another node was not reached: {why} {what}"));
    }

    private void Close()
    {
        foreach (var request in Requests())
            Fail(request, WriteOutcome.Unknown, "this node stops.");
        foreach (var ask in _reads.TakeAll().Concat(_others.TakeAll()))
            ask.Fail(new JournalException(JournalError.Closed, WriteOutcome.NotWritten, "This node stops. Nothing was written; ask another."));
    }

    private SentRequest[] Requests() => [.. _sent.Values];

    /// <summary>A request whose answer is awaited.</summary>
    private sealed class SentRequest(ShardRequest message, List<OutboxMessage.Ask> asks, bool isDirect, long sentAt)
    {
        public ShardRequest Message => message;

        public List<OutboxMessage.Ask> Asks => asks;

        public bool IsDirect => isDirect;

        public bool IsRepeatable { get; } = asks.TrueForAll(static ask => ask.Kind != CommandKind.Once);

        public long SentAt { get; set; } = sentAt;

        public bool WasNeverSent { get; set; }
    }

    /// <summary>Commands that wait for the next request.</summary>
    private sealed class Gathering
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

        public List<OutboxMessage.Ask> Take(ClusterSettings limits)
        {
            var taken = new List<OutboxMessage.Ask>();
            var bytes = 0;
            while (taken.Count < limits.CommandsPerRequest && _asks.TryPeek(out var next))
            {
                bytes += next.Command.Payload.Length + next.Command.PersistenceId.Length;
                if (taken.Count > 0 && bytes > limits.BytesPerRequest)
                    break;
                taken.Add(_asks.Dequeue());
            }

            return taken;
        }
    }
}
