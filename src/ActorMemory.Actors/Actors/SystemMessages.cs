namespace ActorMemory.Actors;

/// <summary>What the kernel tells an actor besides its messages. It has a queue of its own and goes first.</summary>
internal abstract record SystemMessage
{
    public sealed record Start : SystemMessage;

    public sealed record Stop : SystemMessage;

    public sealed record Restart(Exception Cause) : SystemMessage;

    public sealed record Watch(ICell Watcher) : SystemMessage;

    public sealed record Unwatch(ICell Watcher) : SystemMessage;

    public sealed record ChildFailed(ICell Child, Exception Cause) : SystemMessage;

    public sealed record ChildTerminated(ICell Child) : SystemMessage;
}

/// <summary>Signals travel through the mailbox, so that they keep their place among the messages.</summary>
internal sealed record TerminatedSignal(ActorRef Actor);

/// <summary>Stops the actor when everything before it has been processed.</summary>
internal sealed record StopSignal
{
    public static StopSignal Instance { get; } = new();
}

/// <summary>An actor as the kernel sees it, whatever its messages are.</summary>
internal interface ICell
{
    ActorRef Ref { get; }

    string Name { get; }

    void TellSystem(SystemMessage message);

    void TellTerminated(ActorRef actor);

    /// <summary>Adds a description of itself, then those of its children.</summary>
    void Describe(List<ActorDescription> descriptions);
}
