using System.Collections.Concurrent;

namespace ActorMemory.Actors;

/// <summary>
/// Runs one actor: at most one thread at a time takes its system messages, then a bounded run of its mailbox, then gives way.
/// </summary>
internal sealed class ActorCell<TMessage> : ActorRef<TMessage>, ICell, IThreadPoolWorkItem
{
    private readonly Props<TMessage> _props;
    private readonly ICell? _parent;
    private readonly int _throughput;
    private readonly Mailbox<TMessage> _mailbox;
    private readonly ConcurrentQueue<SystemMessage> _systemMessages = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorContext<TMessage> _context;
    private readonly Children _children;
    private readonly HashSet<ActorRef> _watching = [];
    private readonly List<ICell> _watchers = [];
    private Actor<TMessage>? _actor;
    private volatile string _kind = "";
    private volatile int _restarts;
    private Exception? _failure;
    private volatile CellState _state = CellState.Starting;
    private int _scheduled;
    private bool _drainedIsDue;

    public ActorCell(ActorSystem system, Props<TMessage> props, ICell? parent, string name, string path, long uid)
        : base(path, uid)
    {
        System = system;
        Name = name;
        _props = props;
        _parent = parent;
        _throughput = props.Throughput ?? system.Settings.Throughput;
        _mailbox = new Mailbox<TMessage>(props.MailboxCapacity ?? system.Settings.MailboxCapacity);
        _children = new Children(system, this);
        _context = new ActorContext<TMessage>(this);
    }

    private enum CellState
    {
        Starting,
        Running,
        Failed,
        Restarting,
        Stopping,
        Stopped,
    }

    public ActorSystem System { get; }

    public string Name { get; }

    public ActorRef Ref => this;

    public IReadOnlyCollection<ActorRef> ChildRefs => _children.Refs;

    public override bool IsTerminated => _state == CellState.Stopped;

    public override Task WhenTerminated => _terminated.Task;

    public override int MailboxCount => _mailbox.Count;

    public override void Tell(TMessage message)
    {
        if (_mailbox.TryWrite(message))
        {
            Schedule();
            return;
        }

        var isClosed = _mailbox.IsClosed;
        System.DeadLetters.Publish(message, Path, isClosed ? DeadLetterReason.Stopped : DeadLetterReason.MailboxFull);
        (message as IExpectReply)?.Fail(isClosed ? new ActorTerminatedException(Path) : new MailboxFullException(Path));
    }

    public override bool TryTell(TMessage message)
    {
        if (!_mailbox.TryWrite(message))
            return false;
        Schedule();
        return true;
    }

    public override ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default)
    {
        var written = _mailbox.WriteAsync(message, cancellationToken);
        if (!written.IsCompletedSuccessfully)
            return Waiting(written);
        return written.Result ? Sent() : throw new ActorTerminatedException(Path);

        async ValueTask Waiting(ValueTask<bool> waiting)
        {
            Schedule();
            if (!await waiting)
                throw new ActorTerminatedException(Path);
            Schedule();
        }

        ValueTask Sent()
        {
            Schedule();
            return ValueTask.CompletedTask;
        }
    }

    public override void Stop() => TellSystem(new SystemMessage.Stop());

    public override void StopWhenDrained() => TellSignal(StopSignal.Instance);

    public void TellSystem(SystemMessage message)
    {
        _systemMessages.Enqueue(message);
        Schedule();
    }

    public void Describe(List<ActorDescription> descriptions)
    {
        descriptions.Add(new ActorDescription(Path, _kind, _mailbox.Count, _restarts));
        _children.Describe(descriptions);
    }

    public void TellTerminated(ActorRef actor) => TellSignal(new TerminatedSignal(actor));

    internal override bool TryTellInTurn(TMessage message)
    {
        if (!_mailbox.TryWriteInTurn(message))
            return false;
        if (TryClaimTurn())
            System.Dispatcher.ScheduleAwaited(this);
        return true;
    }

    public void EnqueueTimer(ActorTimer<TMessage> timer) => TellSignal(timer);

    public ActorRef<TChild> SpawnChild<TChild>(Props<TChild> props, string name) => _children.Spawn(props, name);

    public void Watch(ActorRef actor)
    {
        if (_watching.Add(actor))
            actor.AddWatcher(this);
    }

    public void Unwatch(ActorRef actor)
    {
        if (_watching.Remove(actor))
            actor.RemoveWatcher(this);
    }

    public void Execute()
    {
        // The task is not lost: RunAsync lets no exception out and schedules its own next run.
        _ = RunAsync();
    }

    internal override void AddWatcher(ICell watcher) => TellSystem(new SystemMessage.Watch(watcher));

    internal override void RemoveWatcher(ICell watcher) => TellSystem(new SystemMessage.Unwatch(watcher));

    private void TellSignal(object signal)
    {
        _mailbox.WriteSignal(signal);
        Schedule();
    }

    private void Schedule()
    {
        if (TryClaimTurn())
            System.Dispatcher.Schedule(this);
    }

    private bool TryClaimTurn() => Volatile.Read(ref _scheduled) == 0 && Interlocked.Exchange(ref _scheduled, 1) == 0;

    private async Task RunAsync()
    {
        for (var left = _throughput; ; left--)
        {
            while (_systemMessages.TryDequeue(out var systemMessage))
                await HandleAsync(systemMessage);
            if (_state != CellState.Running || left == 0 || !_mailbox.TryRead(out var envelope))
                break;
            await ReceiveAsync(envelope);
        }

        if (_state == CellState.Running && _drainedIsDue)
            await DrainedAsync();
        else if (_state == CellState.Stopped)
            SendMailboxToDeadLetters();

        Interlocked.Exchange(ref _scheduled, 0);
        if (!_systemMessages.IsEmpty || (_state is CellState.Running or CellState.Stopped && !_mailbox.IsEmpty))
            Schedule();
    }

    private ValueTask ReceiveAsync(in Envelope<TMessage> envelope)
    {
        try
        {
            var received = envelope.Signal is null ? Receive(envelope.Message) : ReceiveSignal(envelope.Signal);
            return received.IsCompletedSuccessfully ? ValueTask.CompletedTask : Guarded(received);
        }
        catch (Exception cause)
        {
            Fail(cause);
            return ValueTask.CompletedTask;
        }
    }

    private ValueTask Receive(TMessage? message)
    {
        _drainedIsDue = true;
        return _actor is null || message is null ? ValueTask.CompletedTask : _actor.ReceiveAsync(message);
    }

    private ValueTask ReceiveSignal(object signal)
    {
        switch (signal)
        {
            case ActorTimer<TMessage> timer:
                return _context.Timers.Accept(timer) ? Receive(timer.Message) : ValueTask.CompletedTask;
            case TerminatedSignal terminated when _watching.Remove(terminated.Actor):
                return _actor?.TerminatedAsync(terminated.Actor) ?? ValueTask.CompletedTask;
            case StopSignal:
                Stop();
                return ValueTask.CompletedTask;
            default:
                return ValueTask.CompletedTask;
        }
    }

    private async ValueTask DrainedAsync()
    {
        _drainedIsDue = false;
        try
        {
            if (_actor is not null)
                await _actor.DrainedAsync();
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    private async ValueTask Guarded(ValueTask step)
    {
        try
        {
            await step;
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    private ValueTask HandleAsync(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.Start:
                return StartAsync(null);
            case SystemMessage.Stop when _state is not (CellState.Stopping or CellState.Stopped):
                _state = CellState.Stopping;
                return _children.StopAll(forGood: true) ? FinishStopAsync() : ValueTask.CompletedTask;
            case SystemMessage.Restart restart when _state == CellState.Failed:
                _state = CellState.Restarting;
                _failure = restart.Cause;
                // The new instance did not start them: their end is no news to it.
                foreach (var child in _children.Refs)
                    Unwatch(child);
                return _children.StopAll() ? FinishRestartAsync(restart.Cause) : ValueTask.CompletedTask;
            case SystemMessage.ChildTerminated terminated:
                return _children.Remove(terminated.Child) ? ChildrenGoneAsync() : ValueTask.CompletedTask;
            case SystemMessage.ChildFailed failed:
                Supervise(failed);
                return ValueTask.CompletedTask;
            case SystemMessage.Watch watch when _state == CellState.Stopped:
                watch.Watcher.TellTerminated(this);
                return ValueTask.CompletedTask;
            case SystemMessage.Watch watch:
                _watchers.Add(watch.Watcher);
                return ValueTask.CompletedTask;
            case SystemMessage.Unwatch unwatch:
                _watchers.Remove(unwatch.Watcher);
                return ValueTask.CompletedTask;
            default:
                return ValueTask.CompletedTask;
        }
    }

    private ValueTask ChildrenGoneAsync() => _state switch
    {
        CellState.Stopping => FinishStopAsync(),
        CellState.Restarting when _failure is not null => FinishRestartAsync(_failure),
        _ => ValueTask.CompletedTask,
    };

    private async ValueTask StartAsync(Exception? restartCause)
    {
        if (_state is CellState.Stopping or CellState.Stopped)
            return;
        try
        {
            _actor = _props.Factory();
            _kind = _actor.GetType().Name.Split('`')[0];
            _actor.Attach(_context);
            await (restartCause is null ? _actor.PreStartAsync() : _actor.PostRestartAsync(restartCause));
            _state = CellState.Running;
        }
        catch (Exception cause)
        {
            Fail(new ActorInitializationException(Path, cause));
        }
    }

    private async ValueTask FinishRestartAsync(Exception cause)
    {
        _failure = null;
        _restarts++;
        await LoggedAsync(actor => actor.PreRestartAsync(cause), "PreRestart");
        _context.Timers.CancelAll();
        await StartAsync(cause);
    }

    private async ValueTask FinishStopAsync()
    {
        await LoggedAsync(static actor => actor.PostStopAsync(), "PostStop");
        _context.Timers.CancelAll();
        foreach (var watched in _watching)
            watched.RemoveWatcher(this);
        _watching.Clear();
        _state = CellState.Stopped;
        _mailbox.Close();
        SendMailboxToDeadLetters();
        foreach (var watcher in _watchers)
            watcher.TellTerminated(this);
        _watchers.Clear();
        _parent?.TellSystem(new SystemMessage.ChildTerminated(this));
        _terminated.TrySetResult();
    }

    private async ValueTask LoggedAsync(Func<Actor<TMessage>, ValueTask> step, string name)
    {
        if (_actor is null)
            return;
        try
        {
            await step(_actor);
        }
        catch (Exception cause)
        {
            System.Log(LogLevel.Error, Path, $"{name} failed: {cause.Message}", cause);
        }

        _actor = null;
    }

    /// <summary>Stops taking messages until the supervisor has decided.</summary>
    private void Fail(Exception cause)
    {
        if (_state is CellState.Stopping or CellState.Stopped)
            return;
        _state = CellState.Failed;
        _drainedIsDue = false;
        System.Log(LogLevel.Error, Path, $"Failed: {cause.Message}", cause);
        if (_parent is null)
            System.FailedAtTheTop(cause);
        else
            _parent.TellSystem(new SystemMessage.ChildFailed(this, cause));
    }

    private void Supervise(SystemMessage.ChildFailed failed)
    {
        try
        {
            var strategy = _actor?.SupervisorStrategy ?? SupervisorStrategy.Default;
            if (!_children.Supervise(failed.Child, failed.Cause, strategy))
                Fail(failed.Cause);
        }
        catch (Exception cause)
        {
            // A strategy that cannot decide escalates.
            Fail(cause);
        }
    }

    private void SendMailboxToDeadLetters()
    {
        while (_mailbox.TryRead(out var envelope))
        {
            if (envelope.Signal is not null)
                continue;
            System.DeadLetters.Publish(envelope.Message, Path, DeadLetterReason.Stopped);
            (envelope.Message as IExpectReply)?.Fail(new ActorTerminatedException(Path));
        }
    }
}
