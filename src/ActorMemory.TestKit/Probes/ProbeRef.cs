using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>The address of a probe: what is sent to it is there at once, without a mailbox between.</summary>
internal sealed class ProbeRef<TMessage>(ActorSystem system, string name, Inbox inbox)
    : ActorRef<TMessage>("/system/" + name, system.NextUid()), ICell
{
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ICell> _watchers = [];
    private bool _stopped;

    public ActorRef Ref => this;

    public string Name => name;

    public override bool IsTerminated => Volatile.Read(ref _stopped);

    public override Task WhenTerminated => _terminated.Task;

    public override int MailboxCount => inbox.Count;

    public override void Tell(TMessage message)
    {
        if (!TryTell(message))
            system.DeadLetters.Publish(message, Path, DeadLetterReason.Stopped);
    }

    public override bool TryTell(TMessage message)
    {
        if (IsTerminated)
            return false;
        inbox.Add(message);
        return true;
    }

    public override ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default) =>
        TryTell(message) ? ValueTask.CompletedTask : throw new ActorTerminatedException(Path);

    public override void Stop()
    {
        ICell[] watchers;
        lock (_watchers)
        {
            if (_stopped)
                return;
            Volatile.Write(ref _stopped, true);
            watchers = [.. _watchers];
            _watchers.Clear();
        }

        foreach (var watcher in watchers)
            watcher.TellTerminated(this);
        _terminated.TrySetResult();
    }

    public override void StopWhenDrained() => Stop();

    public void TellTerminated(ActorRef actor) => inbox.Add(new Terminated(actor));

    /// <summary>A probe has no parent whose tree it could stand in.</summary>
    public void Describe(List<ActorDescription> descriptions) =>
        descriptions.Add(new ActorDescription(Path, "TestProbe", MailboxCount, Restarts: 0));

    public void TellSystem(SystemMessage message)
    {
        if (message is SystemMessage.Stop)
            Stop();
    }

    internal override bool TryTellInTurn(TMessage message) => TryTell(message);

    internal override void AddWatcher(ICell watcher)
    {
        lock (_watchers)
        {
            if (!_stopped)
            {
                _watchers.Add(watcher);
                return;
            }
        }

        watcher.TellTerminated(this);
    }

    internal override void RemoveWatcher(ICell watcher)
    {
        lock (_watchers)
            _watchers.Remove(watcher);
    }
}

/// <summary>Keeps its place among the messages of a probe.</summary>
internal sealed record Terminated(ActorRef Actor);
