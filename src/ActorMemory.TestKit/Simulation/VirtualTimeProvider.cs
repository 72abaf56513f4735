namespace ActorMemory.TestKit;

/// <summary>
/// A clock that stands still until it is moved. Timers fire in the order in which they are due, on the thread that moves the clock, and
/// each sees the time at which it is due.
/// </summary>
public sealed class VirtualTimeProvider : TimeProvider
{
    private readonly object _gate = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _timers = new();
    private readonly DateTimeOffset _start;
    private long _elapsed;
    private long _order;

    /// <summary>Starts the clock; by default at 2024-01-01 00:00 UTC.</summary>
    public VirtualTimeProvider(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time since the start; it never runs backwards.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _elapsed));

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer is due, counted from the start; null when there is none.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate)
                return TryPeek(out var due) ? new TimeSpan(due) : null;
        }
    }

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc />
    public override long GetTimestamp() => Volatile.Read(ref _elapsed);

    /// <summary>Moves the clock and fires what is due on the way, timers that are started on the way included.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = Elapsed + by;
        while (TryTakeDue(target) is { } due)
            due.Timer.Fire(due.Version);
        MoveTo(target);
    }

    /// <summary>Moves the clock to a moment that has not passed yet.</summary>
    public void AdvanceTo(DateTimeOffset moment) => Advance(moment - GetUtcNow());

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void MoveTo(TimeSpan elapsed)
    {
        lock (_gate)
            _elapsed = Math.Max(_elapsed, elapsed.Ticks);
    }

    /// <summary>Takes the next timer that is due by then, and moves the clock to where it is due.</summary>
    internal (VirtualTimer Timer, int Version)? TryTakeDue(TimeSpan until)
    {
        lock (_gate)
        {
            if (!TryPeek(out var due) || due > until.Ticks)
                return null;
            _elapsed = Math.Max(_elapsed, due);
            return _timers.Dequeue();
        }
    }

    internal void Enqueue(VirtualTimer timer, int version, TimeSpan dueTime)
    {
        lock (_gate)
            _timers.Enqueue((timer, version), (_elapsed + dueTime.Ticks, _order++));
    }

    private bool TryPeek(out long due)
    {
        while (_timers.TryPeek(out var next, out var priority))
        {
            due = priority.Due;
            if (next.Timer.Version == next.Version)
                return true;
            _timers.Dequeue();
        }

        due = 0;
        return false;
    }
}

/// <summary>A timer; changing it makes what was planned before void.</summary>
internal sealed class VirtualTimer(VirtualTimeProvider time, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period;
    private int _version;

    /// <summary>Who started it: in a simulation its callback runs there, and not at all once that has crashed.</summary>
    public SynchronizationContext? Owner { get; } = SynchronizationContext.Current;

    public int Version => Volatile.Read(ref _version);

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        var version = Interlocked.Increment(ref _version);
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
            time.Enqueue(this, version, dueTime);
        return true;
    }

    public void Fire(int version)
    {
        if (Version != version)
            return;
        if (_period > TimeSpan.Zero)
            time.Enqueue(this, version, _period);
        callback(state);
    }

    public void Dispose() => Interlocked.Increment(ref _version);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
