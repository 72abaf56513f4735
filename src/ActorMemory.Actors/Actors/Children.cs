namespace ActorMemory.Actors;

/// <summary>The children of one actor: names, restart counts, and the waits before restarts.</summary>
internal sealed class Children(ActorSystem system, ICell parent)
{
    private readonly Dictionary<string, Child> _byName = new(StringComparer.Ordinal);
    private bool _stopped;

    public IReadOnlyCollection<ActorRef> Refs
    {
        get
        {
            lock (_byName)
                return [.. _byName.Values.Select(child => child.Cell.Ref)];
        }
    }

    public void Describe(List<ActorDescription> descriptions)
    {
        ICell[] cells;
        lock (_byName)
            cells = [.. _byName.Values.Select(child => child.Cell)];
        foreach (var cell in cells)
            cell.Describe(descriptions);
    }

    public ActorRef<TChild> Spawn<TChild>(Props<TChild> props, string name)
    {
        var cell = new ActorCell<TChild>(system, props, parent, name, $"{parent.Ref.Path}/{name}", system.NextUid());
        lock (_byName)
        {
            if (_stopped)
                throw new ActorTerminatedException(parent.Ref.Path);
            // One that has terminated may still be listed until its parent has heard of it.
            if (_byName.TryGetValue(name, out var former) && !former.Cell.Ref.IsTerminated)
            {
                throw new InvalidOperationException(
                    $"{parent.Ref.Path} has a child named '{name}' already. Wait until it has terminated, or choose another name.");
            }

            former?.Backoff?.Dispose();
            _byName[name] = new Child(cell);
        }

        cell.TellSystem(new SystemMessage.Start());
        return cell;
    }

    /// <summary>Asks all children to stop; true when there are none. After stopping for good none can be started.</summary>
    public bool StopAll(bool forGood = false)
    {
        lock (_byName)
            _stopped = forGood;
        foreach (var child in Refs)
            child.Stop();
        lock (_byName)
            return _byName.Count == 0;
    }

    /// <summary>Forgets a child that has terminated; true when it was the last.</summary>
    public bool Remove(ICell terminated)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(terminated.Name, out var child) && child.Cell == terminated)
            {
                child.Backoff?.Dispose();
                _byName.Remove(terminated.Name);
            }

            return _byName.Count == 0;
        }
    }

    /// <summary>Does what the strategy says about a failed child; false when that is to escalate.</summary>
    public bool Supervise(ICell failed, Exception cause, SupervisorStrategy strategy)
    {
        var directive = strategy.Decider(cause);
        if (directive == SupervisorDirective.Escalate)
            return false;
        Child? child;
        lock (_byName)
            _byName.TryGetValue(failed.Name, out child);
        if (child?.Cell != failed || directive == SupervisorDirective.Stop)
            failed.TellSystem(new SystemMessage.Stop());
        else if (child.Restarts.TryRestart(strategy, system.Now))
            RestartLater(child, cause, strategy);
        else
            GiveUp(child, strategy);
        return true;
    }

    private void RestartLater(Child child, Exception cause, SupervisorStrategy strategy)
    {
        var wait = strategy.Backoff(child.Restarts.Restarts - 1, system.NextRandom());
        child.Backoff?.Dispose();
        child.Backoff = system.TimeProvider.CreateTimer(
            _ => child.Cell.TellSystem(new SystemMessage.Restart(cause)), null, wait, Timeout.InfiniteTimeSpan);
    }

    private void GiveUp(Child child, SupervisorStrategy strategy)
    {
        system.Log(
            LogLevel.Error, child.Cell.Ref.Path,
            $"Stopped: it needed more than {strategy.MaxRestarts} restarts within {strategy.Within.TotalSeconds:0.#} s.");
        child.Cell.TellSystem(new SystemMessage.Stop());
    }

    private sealed class Child(ICell cell)
    {
        public ICell Cell { get; } = cell;

        public RestartCounter Restarts { get; } = new();

        public ITimer? Backoff { get; set; }
    }
}
