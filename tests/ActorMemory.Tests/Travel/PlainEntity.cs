using ActorMemory.Actors;

namespace ActorMemory.Tests.Travel;

/// <summary>One entity in memory: what the kernel does with a behaviour, without the kernel.</summary>
internal sealed class PlainEntity<TState, TCommand, TEvent>(IEventSourcedBehavior<TState, TCommand, TEvent> behavior, string persistenceId)
    where TState : class
{
    private readonly TState _state = behavior.Create(persistenceId);

    internal int Events { get; private set; }

    internal object When(TCommand command)
    {
        var decision = behavior.Decide(_state, command, new CommandContext(persistenceId, Events, 1_000 + Events));
        foreach (var happened in decision.Events)
        {
            behavior.Apply(_state, happened);
            Events++;
        }

        return decision.Reply;
    }
}
