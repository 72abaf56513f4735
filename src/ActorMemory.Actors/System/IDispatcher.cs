namespace ActorMemory.Actors;

/// <summary>Gives actors their turns. A simulator brings its own.</summary>
public interface IDispatcher
{
    /// <summary>Executes <paramref name="turn"/> soon, once. A turn lets no exception out.</summary>
    void Schedule(IThreadPoolWorkItem turn);

    /// <summary>Executes a turn whose result the caller is about to wait for: at once, if the dispatcher can.</summary>
    void ScheduleAwaited(IThreadPoolWorkItem turn) => Schedule(turn);
}

/// <summary>Turns on the thread pool.</summary>
internal sealed class ThreadPoolDispatcher : IDispatcher
{
    [ThreadStatic]
    private static bool t_lending;

    public void Schedule(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);

    /// <summary>
    /// An idle actor takes its turn on the thread of whoever asks it: waking another thread costs tens of microseconds, most answers
    /// less than one. A thread with a context of its own (a user interface) is not lent, nor is one twice.
    /// </summary>
    public void ScheduleAwaited(IThreadPoolWorkItem turn)
    {
        if (t_lending || SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default)
        {
            Schedule(turn);
            return;
        }

        t_lending = true;
        try
        {
            turn.Execute();
        }
        finally
        {
            t_lending = false;
        }
    }
}
