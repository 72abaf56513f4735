using System.Collections.Concurrent;

namespace ActorMemory.Actors;

/// <summary>
/// A bounded queue with many writers and one reader. User messages respect the capacity; signals (timers, terminated actors)
/// always get in, since dropping one would change what an actor believes.
/// </summary>
internal sealed class Mailbox<TMessage>(int capacity)
{
    private readonly ConcurrentQueue<Envelope<TMessage>> _queue = new();
    private readonly Queue<WaitingWriter> _waiting = new();
    private int _count;
    private int _waitingCount;
    private volatile bool _closed;

    public int Count => Volatile.Read(ref _count);

    public bool IsEmpty => _queue.IsEmpty;

    /// <summary>Closed is what a stopped actor's mailbox is: <see cref="TryWrite"/> says no.</summary>
    public bool IsClosed => _closed;

    public bool TryWrite(TMessage message)
    {
        if (_closed || !TryReserve())
            return false;
        _queue.Enqueue(new Envelope<TMessage>(message));
        return true;
    }

    /// <summary>Writes, but not past those who wait for room.</summary>
    public bool TryWriteInTurn(TMessage message) => Volatile.Read(ref _waitingCount) == 0 && TryWrite(message);

    public void WriteSignal(object signal)
    {
        Interlocked.Increment(ref _count);
        _queue.Enqueue(new Envelope<TMessage>(signal));
    }

    /// <summary>Waits for room; true when the message is in, false when the mailbox was closed.</summary>
    public ValueTask<bool> WriteAsync(TMessage message, CancellationToken cancellationToken)
    {
        if (TryWriteInTurn(message))
            return new ValueTask<bool>(true);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellationToken);

        var writer = new WaitingWriter(message);
        writer.CancelWith(cancellationToken);
        lock (_waiting)
        {
            if (_closed)
                return new ValueTask<bool>(false);
            _waiting.Enqueue(writer);
            Interlocked.Increment(ref _waitingCount);
        }

        LetWritersIn();
        return new ValueTask<bool>(writer.Task);
    }

    public bool TryRead(out Envelope<TMessage> envelope)
    {
        if (!_queue.TryDequeue(out envelope))
            return false;
        Interlocked.Decrement(ref _count);
        if (Volatile.Read(ref _waitingCount) > 0)
            LetWritersIn();
        return true;
    }

    public void Close()
    {
        _closed = true;
        lock (_waiting)
        {
            while (_waiting.TryDequeue(out var writer))
                writer.Refuse();
            Volatile.Write(ref _waitingCount, 0);
        }
    }

    /// <summary>Under the lock from taking a writer to writing its message: else two of them, or a third, could overtake each other.</summary>
    private void LetWritersIn()
    {
        lock (_waiting)
        {
            while (_waiting.TryPeek(out var writer))
            {
                if (!writer.HasGivenUp && !TryLetIn(writer))
                    return;
                _waiting.Dequeue();
                Interlocked.Decrement(ref _waitingCount);
            }
        }
    }

    private bool TryLetIn(WaitingWriter writer)
    {
        if (!TryReserve())
            return false;
        if (writer.TryAccept())
        {
            _queue.Enqueue(new Envelope<TMessage>(writer.Message));
            writer.Complete();
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }

        return true;
    }

    private bool TryReserve()
    {
        // Not by counting up and taking it back: in between, room that is free would look taken to a writer who then waits for it.
        var count = Volatile.Read(ref _count);
        while (count < capacity)
        {
            var found = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (found == count)
                return true;
            count = found;
        }

        return false;
    }

    private sealed class WaitingWriter(TMessage message)
    {
        private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CancellationTokenRegistration _registration;
        private int _decided;

        public TMessage Message { get; } = message;

        public Task<bool> Task => _completion.Task;

        public bool HasGivenUp => Volatile.Read(ref _decided) != 0;

        public void CancelWith(CancellationToken cancellationToken)
        {
            if (!cancellationToken.CanBeCanceled)
                return;
            _registration = cancellationToken.UnsafeRegister(
                static (writer, token) =>
                {
                    var self = (WaitingWriter)writer!;
                    if (self.TryAccept())
                        self._completion.TrySetCanceled(token);
                },
                this);
        }

        /// <summary>Either the reader takes the message or the sender takes it back, not both.</summary>
        public bool TryAccept() => Interlocked.Exchange(ref _decided, 1) == 0;

        public void Complete()
        {
            _registration.Dispose();
            _completion.TrySetResult(true);
        }

        public void Refuse()
        {
            if (TryAccept())
                _completion.TrySetResult(false);
        }
    }
}

/// <summary>A message, or a signal of the kernel when <see cref="Signal"/> is set.</summary>
internal readonly struct Envelope<TMessage>
{
    public Envelope(TMessage message)
    {
        Message = message;
        Signal = null;
    }

    public Envelope(object signal)
    {
        Message = default;
        Signal = signal;
    }

    public TMessage? Message { get; }

    public object? Signal { get; }
}
