namespace ActorMemory.Actors;

/// <summary>The steps of an orderly end, in this order.</summary>
public enum ShutdownPhase
{
    /// <summary>Commands are no longer taken from outside.</summary>
    ServiceUnbind,

    /// <summary>What was taken is answered.</summary>
    ServiceRequestsDone,

    /// <summary>Shards commit what waits, snapshot their entities and stop.</summary>
    ShardRegions,

    /// <summary>The journal is closed.</summary>
    Journal,

    /// <summary>The actor system ends.</summary>
    ActorSystem,
}

/// <summary>
/// Ends a node in order. It runs once; tasks of a phase run one after the other; a task that fails or takes too long is logged and the next
/// one runs.
/// </summary>
public sealed class CoordinatedShutdown(ActorSystem system, TimeSpan timeout)
{
    private readonly object _gate = new();
    private readonly SortedDictionary<ShutdownPhase, List<(string Name, Func<CancellationToken, Task> Task)>> _tasks = [];
    private Task? _run;

    /// <summary>Why the system ends, once it does.</summary>
    public string? Reason { get; private set; }

    /// <summary>Adds a task to a phase. Its token is cancelled when its time is over: what is left of the whole, less a tenth for each later phase.</summary>
    public void AddTask(ShutdownPhase phase, string name, Func<CancellationToken, Task> task)
    {
        lock (_gate)
        {
            if (_run is not null)
                throw new InvalidOperationException($"'{name}' cannot be added to {phase}: the shutdown has begun ({Reason}).");
            if (!_tasks.TryGetValue(phase, out var tasks))
                _tasks[phase] = tasks = [];
            tasks.Add((name, task));
        }
    }

    /// <summary>Runs the phases; a second call returns the first run.</summary>
    public Task RunAsync(string reason)
    {
        lock (_gate)
        {
            if (_run is not null)
                return _run;
            Reason = reason;
            return _run = RunPhasesAsync();
        }
    }

    private async Task RunPhasesAsync()
    {
        // Only once RunAsync has noted the run: a task may call it again.
        await Task.Yield();
        system.Log(LogLevel.Information, "coordinated-shutdown", $"Shutting down: {Reason}.");
        var start = system.TimeProvider.GetTimestamp();
        var later = _tasks.Count;
        foreach (var (phase, tasks) in _tasks)
        {
            later--;
            foreach (var (name, task) in tasks)
            {
                // A task that hangs must not leave the later phases, which close the journal, without time.
                var left = timeout - system.TimeProvider.GetElapsedTime(start) - (later * timeout / 10);
                await RunTaskAsync($"{phase}/{name}", task, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1));
            }
        }
    }

    private async Task RunTaskAsync(string name, Func<CancellationToken, Task> task, TimeSpan left)
    {
        using var deadline = new CancellationTokenSource();
        try
        {
            await task(deadline.Token).OrTimeout(left, system.TimeProvider);
        }
        catch (Exception cause)
        {
            system.Log(LogLevel.Error, "coordinated-shutdown", $"{name} did not end well: {cause.Message}", cause);
            Cancel(deadline);
        }
    }

    /// <summary>Tells a task that nobody waits for it any longer.</summary>
    private void Cancel(CancellationTokenSource deadline)
    {
        try
        {
            deadline.Cancel();
        }
        catch (AggregateException cause)
        {
            system.Log(LogLevel.Error, "coordinated-shutdown", $"A task did not take it well that the time is over: {cause.Message}", cause);
        }
    }
}
