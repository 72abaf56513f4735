using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>What arrived at a probe, in order, and a way to wait for the next.</summary>
internal sealed class Inbox(ActorSystem system)
{
    private readonly Queue<object?> _items = new();
    private TaskCompletionSource? _arrival;

    public int Count
    {
        get
        {
            lock (_items)
                return _items.Count;
        }
    }

    public void Add(object? item)
    {
        TaskCompletionSource? arrival;
        lock (_items)
        {
            _items.Enqueue(item);
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }

    /// <summary>The next item; nothing when none came in time. The system's time counts.</summary>
    public async Task<(bool Came, object? Item)> NextAsync(TimeSpan within)
    {
        var start = system.TimeProvider.GetTimestamp();
        while (true)
        {
            TaskCompletionSource arrival;
            lock (_items)
            {
                if (_items.TryDequeue(out var item))
                    return (true, item);
                arrival = _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            var left = within - system.TimeProvider.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
                return (false, null);
            await using var timer = system.TimeProvider.CreateTimer(
                static arrival => (arrival as TaskCompletionSource)?.TrySetResult(), arrival, left, Timeout.InfiniteTimeSpan);
            await arrival.Task;
            lock (_items)
            {
                // A wake-up by the timer leaves a completed source behind, on which nobody may wait again.
                if (ReferenceEquals(_arrival, arrival))
                    _arrival = null;
            }
        }
    }
}
