using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.RabbitMq;

/// <summary>
/// Publishes on one channel, in the order of the calls, and completes each message when the broker confirms it. A bounded number is on its way
/// unconfirmed. The client's own tracking throttles so much that it takes 150 messages a second; this takes tens of thousands.
/// </summary>
internal sealed class ConfirmedPublisher
{
    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly Outgoing?[] _unconfirmed;
    private readonly IChannel _channel;
    private readonly RabbitTopology _topology;
    private readonly Action<string> _failed;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly ITimer _timer;
    private readonly int _window;
    private readonly int _maxWaiting;

    // Of the channel's sequence numbers, the first that is not confirmed and the first that is not used.
    private ulong _first = 1;
    private ulong _next = 1;
    private bool _isWriting;
    private string? _closed;

    /// <param name="channel">A channel with publisher confirms and without the client's tracking of them; nobody else publishes on it.</param>
    /// <param name="options">How many messages may be on their way, and for how long.</param>
    /// <param name="topology">Names the queues.</param>
    /// <param name="failed">Is told once that the channel does not take messages any more.</param>
    public ConfirmedPublisher(IChannel channel, RabbitBrokerOptions options, RabbitTopology topology, Action<string> failed)
    {
        (_channel, _topology, _failed) = (channel, topology, failed);
        (_window, _maxWaiting, _patience, _time) = (options.PublishWindow, options.MaxWaiting, options.ConfirmTimeout, options.TimeProvider);
        _unconfirmed = new Outgoing?[_window];
        _timer = _time.CreateTimer(_ => Expire(), null, _patience / 10, _patience / 10);
        channel.BasicAcksAsync += OnAck;
        channel.BasicNacksAsync += OnNack;
        channel.BasicReturnAsync += OnReturn;
    }

    /// <summary>Takes a message; its outcome is told by the message.</summary>
    /// <returns>False when it was refused; the message knows why.</returns>
    public bool TryPublish(Outgoing message)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                message.Fail($"The message was not sent: {_closed}", WriteOutcome.NotWritten);
                return false;
            }

            if (_waiting.Count >= _maxWaiting)
            {
                message.Fail(
                    $"The message was not sent: {_maxWaiting} wait for the broker already. It is slower than this node; try again later.",
                    WriteOutcome.NotWritten);
                return false;
            }

            message.Since = _time.GetTimestamp();
            _waiting.Enqueue(message);
            StartWriting();
            return true;
        }
    }

    /// <summary>Takes nothing more, and tells of everything that is not confirmed that nobody knows what became of it.</summary>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (_closed is not null)
                return;
            _closed = reason;
            _timer.Dispose();
            foreach (var message in _waiting)
                message.Fail($"The message was not sent: {reason}", WriteOutcome.NotWritten);
            _waiting.Clear();
            for (; _first < _next; _first++)
            {
                Slot(_first)?.Fail($"Nobody knows whether the broker has the message: {reason}", WriteOutcome.Unknown);
                Slot(_first) = null;
            }
        }
    }

    private ref Outgoing? Slot(ulong number) => ref _unconfirmed[(int)(number % (ulong)_window)];

    private void StartWriting()
    {
        if (_isWriting || _waiting.Count == 0 || _next - _first >= (ulong)_window)
            return;
        _isWriting = true;
        _ = Task.Run(WriteAsync);
    }

    private async Task WriteAsync()
    {
        try
        {
            while (Take() is { } message)
                await _channel.BasicPublishAsync(message.Exchange, message.Key, message.IsAwaited, message.Properties, message.Body);
        }
        catch (Exception e)
        {
            // Which number the next message would have is not known any more.
            var reason = $"the channel failed: {e.Message}";
            Close(reason);
            _failed(reason);
        }
    }

    private Outgoing? Take()
    {
        lock (_gate)
        {
            if (_closed is not null || _waiting.Count == 0 || _next - _first >= (ulong)_window)
            {
                _isWriting = false;
                return null;
            }

            var message = _waiting.Dequeue();
            message.Since = _time.GetTimestamp();
            // A message that comes back says its number, and comes before its confirm.
            if (message.IsAwaited)
                message.Properties.MessageId = _next.ToString(CultureInfo.InvariantCulture);
            Slot(_next++) = message;
            return message;
        }
    }

    /// <summary>
    /// Fails what has waited too long. What was sent keeps its place until the broker says something, and it does when the queue is well again: it holds
    /// on to the messages of a queue that does not take them, and stops reading from the whole connection when those become too many.
    /// </summary>
    private void Expire()
    {
        lock (_gate)
        {
            for (var each = _first; each < _next; each++)
            {
                if (Slot(each) is { } message && HasWaited(message))
                {
                    message.Fail(
                        $"The queue {_topology.QueueOf(message)} has not confirmed a message within {_patience.TotalSeconds:0.#} s, and nobody knows whether it has it. "
                        + "Does the queue have a leader, and does the broker have memory and disk?",
                        WriteOutcome.Unknown);
                }
            }

            while (_waiting.TryPeek(out var next) && HasWaited(next))
            {
                _waiting.Dequeue().Fail(
                    $"The message to the queue {_topology.QueueOf(next)} was not sent within {_patience.TotalSeconds:0.#} s: the broker has not confirmed those before it.",
                    WriteOutcome.NotWritten);
            }
        }
    }

    private bool HasWaited(Outgoing message) => _time.GetElapsedTime(message.Since) >= _patience;

    private Task OnAck(object sender, BasicAckEventArgs ack) => Settle(ack.DeliveryTag, ack.Multiple, static message =>
    {
        if (message.Returned is { } reason)
            message.Fail(reason, WriteOutcome.NotWritten);
        else
            message.Succeed();
    });

    private Task OnNack(object sender, BasicNackEventArgs nack) => Settle(nack.DeliveryTag, nack.Multiple, static message => message.Fail(
        $"The broker refuses the message to {message.Exchange} with key {message.Key}: the queue is full, or cannot store it. Try again later.",
        WriteOutcome.NotWritten));

    private Task OnReturn(object sender, BasicReturnEventArgs given)
    {
        lock (_gate)
        {
            if (ulong.TryParse(given.BasicProperties.MessageId, CultureInfo.InvariantCulture, out var number)
                && number >= _first && number < _next && Slot(number) is { } message)
            {
                message.Returned =
                    $"The exchange {given.Exchange} has no queue for the key {given.RoutingKey} ({given.ReplyText}): the message was not sent. "
                    + "A queue was deleted, or the node that had it is gone.";
            }
        }

        return Task.CompletedTask;
    }

    private Task Settle(ulong number, bool multiple, Action<Outgoing> settle)
    {
        lock (_gate)
        {
            for (var each = multiple ? _first : number; each <= number && each < _next; each++)
            {
                if (each >= _first && Slot(each) is { } message)
                {
                    settle(message);
                    Slot(each) = null;
                }
            }

            while (_first < _next && Slot(_first) is null)
                _first++;
            StartWriting();
        }

        return Task.CompletedTask;
    }
}
