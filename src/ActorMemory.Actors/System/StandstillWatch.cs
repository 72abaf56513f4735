namespace ActorMemory.Actors;

/// <summary>
/// Notices that the process stood still: it was stopped, or the machine gave it no time for long. It does not know that itself, and goes on with what it has
/// as if nothing were. Whoever asked for that may have asked another node meanwhile, so what is from before is not begun any more.
/// </summary>
/// <remarks>
/// Safe to call from several threads. A timer looks at the clock; a longer time without a look is a standstill. Whoever wants to know looks as well, so a
/// process that wakes up notices before it begins anything. A false alarm costs those who ask at that moment a second try.
/// </remarks>
public sealed class StandstillWatch : IDisposable
{
    private const int LooksPerLimit = 8;

    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _limit;
    private readonly Action<TimeSpan> _noticed;
    private readonly ITimer _timer;
    private Waking _current;
    private long _lookedAt;
    private bool _isEnding;

    /// <summary>Begins to watch.</summary>
    /// <param name="timeProvider">Its timestamps count; a wall clock that is set does not matter.</param>
    /// <param name="limit">A longer time in which nothing happened is a standstill.</param>
    /// <param name="noticed">Is told how long the process stood still.</param>
    public StandstillWatch(TimeProvider timeProvider, TimeSpan limit, Action<TimeSpan> noticed)
    {
        (_timeProvider, _limit, _noticed) = (timeProvider, limit, noticed);
        _lookedAt = timeProvider.GetTimestamp();
        _current = new Waking(this, new CancellationTokenSource());
        _timer = timeProvider.CreateTimer(static watch => ((StandstillWatch)watch!).Look(), this, limit / LooksPerLimit, limit / LooksPerLimit);
    }

    /// <summary>The time since the last standstill that was noticed. Right after one that was not, it is over already.</summary>
    public Waking Current => Volatile.Read(ref _current);

    /// <summary>Ends the watch; nothing is noticed any more.</summary>
    public void Dispose() => _timer.Dispose();

    internal void Look()
    {
        var (lookedAt, now) = (Volatile.Read(ref _lookedAt), _timeProvider.GetTimestamp());
        var still = _timeProvider.GetElapsedTime(lookedAt, now);
        if (still > _limit)
            Notice();
        else if (still > _limit / (2 * LooksPerLimit))
            Interlocked.CompareExchange(ref _lookedAt, now, lookedAt);
    }

    /// <summary>Others who look meanwhile wait until what is from before has been told so.</summary>
    private void Notice()
    {
        lock (_gate)
        {
            var still = _timeProvider.GetElapsedTime(_lookedAt);
            if (_isEnding || still <= _limit)
                return;
            _isEnding = true;
            try
            {
                _current.End();
            }
            finally
            {
                Volatile.Write(ref _current, new Waking(this, new CancellationTokenSource()));
                Volatile.Write(ref _lookedAt, _timeProvider.GetTimestamp());
                _isEnding = false;
            }

            _noticed(still);
        }
    }
}

/// <summary>The time between two standstills of a process: what began in one is not gone on with in the next.</summary>
public sealed class Waking
{
    private readonly StandstillWatch _watch;
    private readonly CancellationTokenSource _ended;

    internal Waking(StandstillWatch watch, CancellationTokenSource ended) => (_watch, _ended) = (watch, ended);

    /// <summary>Is cancelled when the standstill after it is noticed, before <see cref="StandstillWatch.Current"/> is another.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether the process has stood still since. Looks at the clock.</summary>
    public bool IsOver
    {
        get
        {
            _watch.Look();
            return _ended.IsCancellationRequested;
        }
    }

    internal void End() => _ended.Cancel();
}
