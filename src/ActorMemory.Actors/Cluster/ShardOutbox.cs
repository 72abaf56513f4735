namespace ActorMemory.Actors;

/// <summary>What happens in front of a shard that another node owns.</summary>
internal abstract record OutboxMessage
{
    public sealed record Ask(RemoteCommand Command, CommandKind Kind, Waking AskedIn, PendingReply<RemoteReply> ReplyTo) : OutboxMessage, IExpectReply
    {
        /// <summary>Nobody waits for the answer any more.</summary>
        public bool IsGivenUp => ReplyTo.Task.IsCompleted;

        /// <summary>An owner had it who is none any more, and may have done it.</summary>
        public bool MayBeDone { get; set; }

        /// <summary>
        /// Whether it is still to be sent. Not if nobody waits for the answer any more, or if the node stood still since: then whoever asked may have asked another
        /// node, and the entity may have forgotten that by the time this comes.
        /// </summary>
        /// <param name="isSent">A copy may have arrived.</param>
        public bool IsWanted(bool isSent)
        {
            if (!IsGivenUp && AskedIn.IsOver)
                Fail(JournalError.Unavailable, isSent, "This node stood still after it was asked, and does not send on what is from before.");
            return !IsGivenUp;
        }

        public void Fail(JournalError error, bool isSent, string why)
        {
            var (outcome, what) = isSent || MayBeDone
                ? (WriteOutcome.Unknown, "It is not known whether it was done: send it again with the same ids.")
                : (WriteOutcome.NotWritten, "Nothing was written; try again.");
            Fail(new JournalException(error, outcome, $"{why} {what}"));
        }

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
    private readonly Gathering _reads = new();
    private readonly Gathering _others = new();
    private readonly Dictionary<long, SentRequest> _sent = [];
    private long _lastCorrelation;

    protected internal override ValueTask PreStartAsync()
    {
        // Not from 1: an answer to what an earlier incarnation has asked must not be taken for one to a question of this one.
        _lastCorrelation = Context.Now / TimeSpan.NanosecondsPerTick / TimeSpan.TicksPerMicrosecond;
        return ValueTask.CompletedTask;
    }

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
            Context.Timers.StartPeriodic("look", new OutboxMessage.Look(), node.Settings.DirectTimeout / 2);
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
        if (asks.Count == 0)
            return;
        var request = Request(asks, owner is not null);
        node.RequestSent();
        if (owner is null)
            Publish(request);
        else if (!node.Broker.TrySend(owner, request.Message))
            ThroughTheQueue(request);
    }

    private SentRequest Request(List<OutboxMessage.Ask> asks, bool isDirect)
    {
        var correlation = (++_lastCorrelation * node.ShardCount) + shard;
        var request = new SentRequest(
            new ShardRequest(shard, correlation, ClusterNode.AnswerToSender, node.Name, asks.ConvertAll(static ask => ask.Command)), asks, isDirect, Now);
        _sent.Add(correlation, request);
        return request;
    }

    private void Publish(SentRequest request)
    {
        (request.SentAt, request.Copies) = (Now, request.Copies + 1);
        _ = PublishAsync(request.Message);
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
                : RemoteFailures.Unknown($"{reply.Responder} answered {reply.Replies.Count} of {request.Asks.Count} commands.");
            if (RemoteFailures.IsNotOwner(answer))
            {
                request.Asks[i].MayBeDone |= !request.IsDirect;
                _others.Add(request.Asks[i]);
            }
            else
                request.Asks[i].ReplyTo.Reply(request.IsDirect ? answer : RemoteFailures.ThroughTheQueue(answer));
        }
    }

    private void NotPublished(OutboxMessage.NotPublished failed)
    {
        // Of a copy whose outcome is unknown, the answer may still come.
        if (failed.Cause.Outcome != WriteOutcome.NotWritten || !_sent.TryGetValue(failed.CorrelationId, out var request))
            return;
        request.Copies--;
        if (node.IsConnected && request.Copies == 0)
            Fail(request, failed.Cause.Message);
    }

    /// <summary>Sends again what may be sent twice; of what may not, nobody can say what became.</summary>
    private void SendAgain(SentRequest request)
    {
        if (request.IsDirect)
            ThroughTheQueue(request);
        else if (request.Copies == 0 || request.IsRepeatable)
            PublishAgain(request);
        else
            Fail(request, "the connection to the broker was lost.");
    }

    /// <summary>Without what nobody wants any more: it would come late, and its asker may have sent it again through another node.</summary>
    private void PublishAgain(SentRequest request)
    {
        var wanted = request.Asks.FindAll(ask => ask.IsWanted(isSent: request.Copies > 0));
        if (wanted.Count < request.Asks.Count)
        {
            _sent.Remove(request.Message.CorrelationId);
            if (wanted.Count == 0)
                return;
            var copies = request.Copies;
            request = Request(wanted, isDirect: false);
            request.Copies = copies;
        }

        Publish(request);
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
            var age = Context.System.TimeProvider.GetElapsedTime(request.SentAt);
            if (request.Asks.TrueForAll(static ask => ask.IsGivenUp))
                _sent.Remove(request.Message.CorrelationId);
            else if (request.IsDirect && age >= node.Settings.DirectTimeout)
                ThroughTheQueue(request);
            else if (node.IsConnected && age >= node.Settings.ResendAfter && (request.IsRepeatable || request.Copies == 0))
                SendAgain(request);
        }

        if (_sent.Count == 0)
            Context.Timers.Cancel("look");
    }

    /// <summary>A copy that was sent may have arrived, and what it asked for may be done.</summary>
    private void Fail(SentRequest request, string why)
    {
        _sent.Remove(request.Message.CorrelationId);
        foreach (var ask in request.Asks)
            ask.Fail(JournalError.Unavailable, isSent: request.Copies > 0, $"Shard {shard} of another node was not reached: {why}");
    }

    private void Close()
    {
        foreach (var request in Requests())
            Fail(request, "this node stops.");
        foreach (var ask in _reads.TakeAll().Concat(_others.TakeAll()))
            ask.Fail(JournalError.Closed, isSent: false, "This node stops.");
    }

    private long Now => Context.System.TimeProvider.GetTimestamp();

    /// <summary>In the order in which they were sent first: what is sent again must not change places.</summary>
    private SentRequest[] Requests() => [.. _sent.Values.OrderBy(static request => request.Message.CorrelationId)];
}
