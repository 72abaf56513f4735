namespace ActorMemory.Actors;

/// <summary>
/// Timers of one incarnation of an actor, by key. Starting a key again replaces its timer; a message of a replaced or cancelled timer
/// is never seen, even when it waits in the mailbox. Ticks of a periodic timer do not pile up behind a slow actor.
/// </summary>
public sealed class ActorTimers<TMessage>
{
    private readonly ActorCell<TMessage> _cell;
    private readonly Dictionary<object, ActorTimer<TMessage>> _timers = [];

    internal ActorTimers(ActorCell<TMessage> cell) => _cell = cell;

    /// <summary>Sends a message to the actor itself after a delay.</summary>
    public void StartSingle(object key, TMessage message, TimeSpan delay) => Start(key, message, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Sends a message to the actor itself again and again, first after one interval.</summary>
    public void StartPeriodic(object key, TMessage message, TimeSpan interval) => Start(key, message, interval, interval);

    /// <summary>Ends a timer; harmless when there is none.</summary>
    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer))
            timer.Dispose();
    }

    /// <summary>True while a timer of this key is running.</summary>
    public bool IsActive(object key) => _timers.ContainsKey(key);

    internal void CancelAll()
    {
        foreach (var timer in _timers.Values)
            timer.Dispose();
        _timers.Clear();
    }

    /// <summary>True when the fired timer is still the one of its key; a single timer has then done its work.</summary>
    internal bool Accept(ActorTimer<TMessage> fired)
    {
        if (!_timers.TryGetValue(fired.Key, out var current) || !ReferenceEquals(current, fired))
            return false;
        if (fired.IsPeriodic)
            fired.Taken();
        else
            Cancel(fired.Key);
        return true;
    }

    private void Start(object key, TMessage message, TimeSpan delay, TimeSpan interval)
    {
        Cancel(key);
        var timer = new ActorTimer<TMessage>(_cell, key, message, interval != Timeout.InfiniteTimeSpan);
        _timers[key] = timer;
        timer.Run(_cell.System.TimeProvider, delay, interval);
    }
}

/// <summary>One running timer; it travels through the mailbox as its own message.</summary>
internal sealed class ActorTimer<TMessage>(ActorCell<TMessage> cell, object key, TMessage message, bool isPeriodic) : IDisposable
{
    private ITimer? _timer;
    private int _waiting;

    public object Key { get; } = key;

    public TMessage Message { get; } = message;

    public bool IsPeriodic { get; } = isPeriodic;

    public void Run(TimeProvider timeProvider, TimeSpan delay, TimeSpan interval) =>
        _timer = timeProvider.CreateTimer(static timer => ((ActorTimer<TMessage>)timer!).Fire(), this, delay, interval);

    public void Taken() => Volatile.Write(ref _waiting, 0);

    public void Dispose() => _timer?.Dispose();

    private void Fire()
    {
        if (Interlocked.Exchange(ref _waiting, 1) == 0)
            cell.EnqueueTimer(this);
    }
}
