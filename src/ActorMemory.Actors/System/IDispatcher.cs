namespace ActorMemory.Actors;

/// <summary>Gives actors their turns. A simulator brings its own.</summary>
public interface IDispatcher
{
    /// <summary>Executes <paramref name="turn"/> soon, once. A turn lets no exception out.</summary>
    void Schedule(IThreadPoolWorkItem turn);
}

/// <summary>Turns on the thread pool.</summary>
internal sealed class ThreadPoolDispatcher : IDispatcher
{
    public void Schedule(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
}
