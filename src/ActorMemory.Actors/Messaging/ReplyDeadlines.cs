namespace ActorMemory.Actors;

/// <summary>
/// The deadlines of questions that all wait equally long: in the order in which they were asked, under one timer. A timer for each of
/// hundreds of thousands of questions a second would cost more than the questions.
/// </summary>
internal sealed class ReplyDeadlines
{
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private readonly Deadline _ends = new(null);
    private bool _running;

    public ReplyDeadlines(TimeProvider timeProvider, TimeSpan timeout)
    {
        _timeProvider = timeProvider;
        Timeout = timeout;
        _ends.Next = _ends.Previous = _ends;
        _timer = timeProvider.CreateTimer(
            static deadlines => ((ReplyDeadlines)deadlines!).Expire(), this,
            global::System.Threading.Timeout.InfiniteTimeSpan, global::System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long each question waits.</summary>
    public TimeSpan Timeout { get; }

    public void Add(Deadline deadline)
    {
        lock (_ends)
        {
            deadline.AskedAt = _timeProvider.GetTimestamp();
            (deadline.Previous, deadline.Next) = (_ends.Previous, _ends);
            deadline.Previous!.Next = deadline;
            _ends.Previous = deadline;
            if (_running)
                return;
            _running = true;
            _timer.Change(Timeout, global::System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    public void Remove(Deadline deadline)
    {
        lock (_ends)
            Unlink(deadline);
    }

    private static void Unlink(Deadline deadline)
    {
        if (deadline.Next is not { } next || deadline.Previous is not { } previous)
            return;
        (previous.Next, next.Previous) = (next, previous);
        deadline.Next = deadline.Previous = null;
    }

    private void Expire()
    {
        while (TakeExpired() is { } expired)
            expired.Owner?.TimedOut();
    }

    /// <summary>The oldest question if its time is over; else the timer runs on for the one that is oldest now.</summary>
    private Deadline? TakeExpired()
    {
        lock (_ends)
        {
            if (_ends.Next is not { Owner: not null } oldest)
            {
                _running = false;
                return null;
            }

            var left = Timeout - _timeProvider.GetElapsedTime(oldest.AskedAt);
            if (left <= TimeSpan.Zero)
            {
                Unlink(oldest);
                return oldest;
            }

            _timer.Change(left, global::System.Threading.Timeout.InfiniteTimeSpan);
            return null;
        }
    }

    /// <summary>A place in the list of deadlines.</summary>
    internal sealed class Deadline(IHasDeadline? owner)
    {
        public IHasDeadline? Owner { get; } = owner;

        public long AskedAt { get; set; }

        public Deadline? Next { get; set; }

        public Deadline? Previous { get; set; }
    }
}

/// <summary>Something that waits, but not for ever.</summary>
internal interface IHasDeadline
{
    /// <summary>The time is over.</summary>
    void TimedOut();
}
