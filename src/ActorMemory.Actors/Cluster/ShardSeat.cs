namespace ActorMemory.Actors;

/// <summary>What happens at the place of a node in the line of one shard's consumers.</summary>
internal abstract record SeatMessage
{
    /// <summary>Stand in the line, unless the node stands there already.</summary>
    public sealed record Join : SeatMessage;

    public sealed record Delivered(ShardDelivery Delivery, object Term) : SeatMessage;

    public sealed record Ended(string Reason, object Term) : SeatMessage;

    public sealed record Answered(ShardDelivery Delivery, ShardRequest Request, IReadOnlyList<RemoteReply> Replies, object Term) : SeatMessage;

    /// <summary>A delivery that nobody awaits an answer of is tried again.</summary>
    public sealed record Retry(ShardDelivery Delivery, ShardRequest Request, bool MayBeDone, object Term) : SeatMessage;

    /// <summary>A delivery was put aside, or the broker did not do it.</summary>
    public sealed record Parked(ShardDelivery Delivery, string Reason, string? Failure, object Term) : SeatMessage;

    /// <summary>What could not be put aside is tried again.</summary>
    public sealed record ParkAgain(ShardDelivery Delivery, string Reason, object Term) : SeatMessage;

    /// <summary>The journal refused a batch of this node: another owner is there.</summary>
    public sealed record Fenced : SeatMessage;

    /// <summary>Hand over and stay away.</summary>
    public sealed record Leave(IReplyTo<bool> ReplyTo) : SeatMessage, IExpectReply
    {
        public void Fail(Exception cause) => ReplyTo.Fail(cause);
    }
}

/// <summary>
/// The place of a node in the line of one shard's consumers. The first in the line gets the deliveries and owns the shard: it decides them in order
/// and acknowledges each after the commit of what it caused and after the answer. It hands over by finishing what it has begun and leaving the
/// line; what it has not begun is delivered to the next, in order.
/// </summary>
internal sealed class ShardSeat(ClusterNode node, int shard) : Actor<SeatMessage>
{
    /// <summary>Less than the number of deliveries after which a broker puts a message aside as one that nobody can do.</summary>
    private const int MaxClaimHandOvers = 15;

    private IShardConsumer? _consumer;
    private IReplyTo<bool>? _leaveReply;
    private object? _term;
    private Waking _inLineSince = node.Standstills.Current;
    private bool _isHandingOver;
    private bool _hasOwned;
    private int _inFlight;

    protected internal override async ValueTask ReceiveAsync(SeatMessage message)
    {
        switch (message)
        {
            case SeatMessage.Join:
                await JoinAsync();
                break;
            case SeatMessage.Delivered delivered when IsCurrent(delivered.Term) && !_isHandingOver:
                await TakeAsync(delivered.Delivery);
                break;
            case SeatMessage.Answered answered when IsCurrent(answered.Term):
                await AnswerAsync(answered);
                break;
            case SeatMessage.Retry retry when IsCurrent(retry.Term):
                _inFlight--;
                if (!_isHandingOver)
                    Begin(retry.Delivery, retry.Request, retry.MayBeDone);
                await LeaveIfDrainedAsync();
                break;
            case SeatMessage.Parked parked when IsCurrent(parked.Term):
                await EndParkingAsync(parked);
                break;
            case SeatMessage.ParkAgain again when IsCurrent(again.Term) && !_isHandingOver:
                Park(again.Delivery, again.Reason);
                break;
            case SeatMessage.Ended ended when IsCurrent(ended.Term):
                Context.System.Log(LogLevel.Warning, Context.Self.Path, $"Shard {shard} is not consumed any more: {ended.Reason}");
                node.Ownership.Lose(shard);
                await RejoinAsync();
                break;
            case SeatMessage.Fenced when _consumer is not null && IsFenced:
                await StepDownAsync();
                break;
            case SeatMessage.Leave leave:
                await LeaveAsync(leave);
                break;
        }
    }

    protected internal override async ValueTask PreRestartAsync(Exception cause)
    {
        node.Ownership.Lose(shard);
        await DropConsumerAsync();
        Left();
    }

    protected internal override ValueTask PostRestartAsync(Exception cause)
    {
        Context.Self.Tell(new SeatMessage.Join());
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask PostStopAsync() => DropConsumerAsync();

    /// <summary>
    /// The node owned the shard at this place in the line and was thrown out. It must not own it again before it has left the line: it would throw out
    /// the new owner, for the sake of deliveries that the new owner has as well.
    /// </summary>
    private bool IsFenced => _hasOwned && !_isHandingOver && !node.Owns(shard);

    private bool IsCurrent(object term) => ReferenceEquals(term, _term) && _consumer is not null;

    private async ValueTask JoinAsync()
    {
        if (_consumer is not null || node.IsLeaving || !node.Settings.OwnsShards)
            return;
        try
        {
            (_inFlight, _isHandingOver, _hasOwned, _inLineSince) = (0, false, false, node.Standstills.Current);
            var deliveries = new Deliveries(Context.Self);
            _term = deliveries;
            _consumer = await node.Broker.ConsumeAsync(shard, deliveries);
        }
        catch (BrokerException cause)
        {
            Context.System.Log(LogLevel.Warning, Context.Self.Path, $"Shard {shard} is not consumed yet: {cause.Message}");
            JoinLater();
        }
    }

    private async ValueTask TakeAsync(ShardDelivery delivery)
    {
        if (IsFenced)
        {
            await StepDownAsync();
            return;
        }

        switch (delivery.Message)
        {
            case ShardRequest { ReplyTo: { } replyTo } request when delivery.Redeliveries > 0:
                // It has waited until the broker gave up who had it. Its sender may have done so as well and asked on another way, and the entity may have
                // forgotten that: whoever had the shard has gone on as long as it did not know.
                Own();
                node.AskBack(request, replyTo);
                _consumer?.Acknowledge(delivery);
                break;
            case ShardRequest request:
                Own();
                Begin(delivery, request, mayBeDone: delivery.Redeliveries > 0);
                break;
            case ShardClaim claim when claim.Node == node.Name:
                Own();
                _consumer?.Acknowledge(delivery);
                break;
            case ShardClaim claim when !node.Expects(claim.Node) || delivery.Redeliveries > Math.Min(2 * node.Nodes.Count, MaxClaimHandOvers):
                // Whoever made it is gone, does not stand in the line, or stands far back: what waits behind it must not wait for that. It makes it again,
                // and the line has moved on.
                _consumer?.Acknowledge(delivery);
                break;
            case ShardClaim:
                // Left unacknowledged, it goes on to the next in the line, until it reaches the node that made it.
                _isHandingOver = true;
                node.Ownership.HandOver(shard);
                await LeaveIfDrainedAsync();
                break;
            default:
                Park(delivery, delivery.Fault ?? $"shard {shard} takes no {delivery.Message?.GetType().Name}");
                break;
        }
    }

    private void Own()
    {
        if (node.Ownership.Owns(shard))
            return;
        _hasOwned = true;
        node.Ownership.Take(shard, _inLineSince);
        node.OwnershipChanged();
    }

    private void Begin(ShardDelivery delivery, ShardRequest request, bool mayBeDone)
    {
        _inFlight++;
        _ = ExecuteAsync(delivery, request, mayBeDone, _term!);
    }

    private async Task ExecuteAsync(ShardDelivery delivery, ShardRequest request, bool mayBeDone, object term)
    {
        var replies = await node.ExecuteAsync(request, mayBeDone);
        Context.Self.Tell(new SeatMessage.Answered(delivery, request, replies, term));
    }

    private async ValueTask AnswerAsync(SeatMessage.Answered answered)
    {
        var (delivery, request, replies, term) = answered;
        if (replies.Any(RemoteFailures.IsNotOwner))
        {
            // Not acknowledged: it is delivered again, to who owns the shard now.
            _inFlight--;
            if (_isHandingOver)
                await LeaveIfDrainedAsync();
            else
                await StepDownAsync();
            return;
        }

        if (request.ReplyTo is null && replies.Any(RemoteFailures.IsWorthRepeating))
        {
            Context.Timers.StartSingle(
                delivery, new SeatMessage.Retry(delivery, request, replies.Any(RemoteFailures.MayBeDone), term), node.Settings.RetryAfter);
            return;
        }

        _inFlight--;
        if (request.ReplyTo is null && replies.FirstOrDefault(static reply => reply.Failure is not null)?.Failure is { } failure)
        {
            Park(delivery, failure.Message);
        }
        else
        {
            if (request.ReplyTo is not null)
                node.Broker.TrySend(request.ReplyTo, new ShardReply(request.CorrelationId, node.Name, replies));
            // After the answer: an answer that is lost with this node is given again by the next, an acknowledgement is final.
            _consumer?.Acknowledge(delivery);
        }

        await LeaveIfDrainedAsync();
    }

    private void Park(ShardDelivery delivery, string reason)
    {
        Context.System.Log(LogLevel.Error, Context.Self.Path, $"A delivery of shard {shard} is parked: {reason}");
        _inFlight++;
        _ = ParkAsync(_consumer!, delivery, reason, _term!);
    }

    /// <summary>Beside the deliveries that follow: a broker that cannot put anything aside must not stop them.</summary>
    private async Task ParkAsync(IShardConsumer consumer, ShardDelivery delivery, string reason, object term)
    {
        string? failure = null;
        try
        {
            await consumer.ParkAsync(delivery, reason);
        }
        catch (BrokerException cause)
        {
            failure = cause.Message;
        }

        Context.Self.Tell(new SeatMessage.Parked(delivery, reason, failure, term));
    }

    private async ValueTask EndParkingAsync(SeatMessage.Parked parked)
    {
        _inFlight--;
        if (parked.Failure is not null)
        {
            // When the place in the line is lost before, it is delivered again, and whoever gets it parks it.
            Context.System.Log(LogLevel.Warning, Context.Self.Path, $"A delivery of shard {shard} was not parked: {parked.Failure}");
            Context.Timers.StartSingle(
                parked.Delivery, new SeatMessage.ParkAgain(parked.Delivery, parked.Reason, parked.Term), node.Settings.RetryAfter);
        }

        await LeaveIfDrainedAsync();
    }

    /// <summary>Another node has the shard. This one goes to the end of the line; what it was given goes to the owner.</summary>
    private async ValueTask StepDownAsync()
    {
        Context.System.Log(LogLevel.Warning, Context.Self.Path, $"Another node has taken shard {shard}: this one steps down.");
        node.Ownership.Lose(shard);
        await DropConsumerAsync();
        await RejoinAsync();
    }

    private async ValueTask LeaveAsync(SeatMessage.Leave leave)
    {
        _leaveReply = leave.ReplyTo;
        _isHandingOver = _consumer is not null;
        node.Ownership.HandOver(shard);
        if (_consumer is null)
            Left();
        else
            await LeaveIfDrainedAsync();
    }

    private async ValueTask LeaveIfDrainedAsync()
    {
        if (!_isHandingOver || _inFlight > 0 || _consumer is null)
            return;
        await DropConsumerAsync();
        node.Release(shard);
        node.OwnershipChanged();
        if (node.IsLeaving)
            Left();
        else
            await JoinAsync();
    }

    private void Left()
    {
        _leaveReply?.Reply(true);
        _leaveReply = null;
    }

    private async ValueTask RejoinAsync()
    {
        _consumer = null;
        node.OwnershipChanged();
        if (node.IsLeaving)
            Left();
        else
            await JoinAsync();
    }

    private async ValueTask DropConsumerAsync()
    {
        var dropped = _consumer;
        _consumer = null;
        if (dropped is null)
            return;
        try
        {
            await dropped.LeaveAsync();
        }
        catch (BrokerException)
        {
            // The connection is gone, and the place in the line with it.
        }
    }

    private void JoinLater() => Context.Timers.StartSingle("join", new SeatMessage.Join(), node.Settings.JoinAgainAfter);

    /// <summary>Also tells this stay in the line from others: what comes from an earlier one is not acted upon.</summary>
    private sealed class Deliveries(ActorRef<SeatMessage> seat) : IShardDeliveries
    {
        public void Delivered(ShardDelivery delivery) => seat.Tell(new SeatMessage.Delivered(delivery, this));

        public void Ended(string reason) => seat.Tell(new SeatMessage.Ended(reason, this));
    }
}
