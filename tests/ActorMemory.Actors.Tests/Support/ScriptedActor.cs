namespace ActorMemory.Actors.Tests;

/// <summary>An actor whose behaviour a test writes down where it uses it.</summary>
internal sealed class ScriptedActor<TMessage> : Actor<TMessage>
{
    public Func<ActorContext<TMessage>, TMessage, ValueTask>? OnMessageAsync { get; init; }

    public Action<ActorContext<TMessage>, TMessage>? OnMessage { get; init; }

    public Action<ActorContext<TMessage>>? OnStart { get; init; }

    public Action<ActorContext<TMessage>>? OnStop { get; init; }

    public Action<ActorContext<TMessage>>? OnDrained { get; init; }

    public Action<ActorContext<TMessage>, Exception>? OnRestart { get; init; }

    public Action<ActorContext<TMessage>, ActorRef>? OnTerminated { get; init; }

    public SupervisorStrategy? Strategy { get; init; }

    protected internal override SupervisorStrategy SupervisorStrategy => Strategy ?? base.SupervisorStrategy;

    protected internal override ValueTask ReceiveAsync(TMessage message)
    {
        OnMessage?.Invoke(Context, message);
        return OnMessageAsync?.Invoke(Context, message) ?? ValueTask.CompletedTask;
    }

    protected internal override ValueTask PreStartAsync()
    {
        OnStart?.Invoke(Context);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask PostStopAsync()
    {
        OnStop?.Invoke(Context);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask DrainedAsync()
    {
        OnDrained?.Invoke(Context);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask PostRestartAsync(Exception cause)
    {
        OnRestart?.Invoke(Context, cause);
        return base.PostRestartAsync(cause);
    }

    protected internal override ValueTask TerminatedAsync(ActorRef actor)
    {
        if (OnTerminated is null)
            return base.TerminatedAsync(actor);
        OnTerminated(Context, actor);
        return ValueTask.CompletedTask;
    }
}
