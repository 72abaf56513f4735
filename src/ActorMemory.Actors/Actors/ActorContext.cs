namespace ActorMemory.Actors;

/// <summary>What an actor may do besides computing. Only for use inside the actor.</summary>
public sealed class ActorContext<TMessage>
{
    private readonly ActorCell<TMessage> _cell;

    internal ActorContext(ActorCell<TMessage> cell)
    {
        _cell = cell;
        Timers = new ActorTimers<TMessage>(cell);
    }

    /// <summary>The actor's own address.</summary>
    public ActorRef<TMessage> Self => _cell;

    /// <summary>The actor system.</summary>
    public ActorSystem System => _cell.System;

    /// <summary>The actor's timers; they end with it and at a restart.</summary>
    public ActorTimers<TMessage> Timers { get; }

    /// <summary>Now, in nanoseconds since 1970-01-01 UTC.</summary>
    public long Now => _cell.System.Now;

    /// <summary>Starts a child. A name in use by a living child is an error.</summary>
    public ActorRef<TChild> Spawn<TChild>(Props<TChild> props, string name) => _cell.SpawnChild(props, name);

    /// <summary>The living children.</summary>
    public IReadOnlyCollection<ActorRef> Children => _cell.ChildRefs;

    /// <summary>From now on the end of <paramref name="actor"/> is told to <see cref="Actor{TMessage}.TerminatedAsync"/>, once.</summary>
    public void Watch(ActorRef actor) => _cell.Watch(actor);

    /// <summary>The end of <paramref name="actor"/> is not told, even when the news is already in the mailbox.</summary>
    public void Unwatch(ActorRef actor) => _cell.Unwatch(actor);
}
