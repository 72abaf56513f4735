using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class WatchTests
{
    private sealed record Control(Action<ActorContext<Control>> Do);

    private static ScriptedActor<Control> Controlled(List<ActorRef> ended) => new()
    {
        OnMessage = (context, control) => control.Do(context),
        OnTerminated = (_, actor) => ended.Add(actor),
    };

    [Fact]
    public void The_end_of_a_watched_actor_is_told_once_and_after_its_last_message() => Simulated.Run(async (_, system) =>
    {
        var probe = new TestProbe<string>(system);
        var actor = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnMessage = (_, message) => probe.Ref.Tell(message),
                OnStop = _ => probe.Ref.Tell("last words"),
            }),
            "watched");
        probe.Watch(actor);

        actor.Tell("a");
        actor.StopWhenDrained();

        await probe.ExpectAsync("a");
        await probe.ExpectAsync("last words");
        await probe.ExpectTerminatedAsync(actor);
        await probe.ExpectNoMessageAsync();
    });

    [Fact]
    public void Between_actors_as_well_the_end_comes_after_the_last_message() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        ActorRef<string>? watched = null;
        var watcher = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnMessage = (context, message) =>
                {
                    if (message == "watch" && watched is not null)
                        context.Watch(watched);
                    else
                        log.Add(message);
                },
                OnTerminated = (_, _) => log.Add("terminated"),
            }),
            "watcher");
        watched = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnMessage = (_, message) => watcher.Tell(message),
                OnStop = _ => watcher.Tell("last words"),
            }),
            "watched");

        watcher.Tell("watch");
        watched.Tell("a");
        watched.Tell("b");
        watched.StopWhenDrained();
        await simulation.QuietAsync();

        Assert.Equal(["a", "b", "last words", "terminated"], log);
    });

    [Fact]
    public void Watching_twice_tells_once() => Simulated.Run(async (simulation, system) =>
    {
        var ended = new List<ActorRef>();
        var target = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "target");
        var watcher = system.Spawn(new Props<Control>(() => Controlled(ended)), "watcher");

        watcher.Tell(new Control(context => context.Watch(target)));
        watcher.Tell(new Control(context => context.Watch(target)));
        await simulation.QuietAsync();
        target.Stop();
        await simulation.QuietAsync();

        Assert.Equal([target], ended);
    });

    [Fact]
    public void The_end_of_an_actor_that_has_ended_already_is_told_at_once() => Simulated.Run(async (simulation, system) =>
    {
        var ended = new List<ActorRef>();
        var target = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "target");
        target.Stop();
        await target.WhenTerminated;
        var watcher = system.Spawn(new Props<Control>(() => Controlled(ended)), "watcher");

        watcher.Tell(new Control(context => context.Watch(target)));
        await simulation.QuietAsync();

        Assert.Equal([target], ended);
    });

    [Fact]
    public void After_unwatch_the_end_is_not_told_even_when_the_news_was_already_in_the_mailbox() => Simulated.Run(async (simulation, system) =>
    {
        var ended = new List<ActorRef>();
        var target = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "target");
        var gate = new TaskCompletionSource();
        var watcher = system.Spawn(
            new Props<Control>(() => new ScriptedActor<Control>
            {
                OnMessageAsync = async (context, control) =>
                {
                    control.Do(context);
                    await gate.Task;
                    context.Unwatch(target);
                },
                OnTerminated = (_, actor) => ended.Add(actor),
            }),
            "watcher");
        watcher.Tell(new Control(context => context.Watch(target)));
        await simulation.QuietAsync();
        target.Stop();
        await simulation.QuietAsync();
        Assert.Equal(1, watcher.MailboxCount);

        gate.SetResult();
        await simulation.QuietAsync();

        Assert.Empty(ended);
        Assert.Equal(0, watcher.MailboxCount);
    });

    [Fact]
    public void Watching_again_after_unwatch_tells_once() => Simulated.Run(async (simulation, system) =>
    {
        var ended = new List<ActorRef>();
        var target = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "target");
        var watcher = system.Spawn(new Props<Control>(() => Controlled(ended)), "watcher");

        watcher.Tell(new Control(context =>
        {
            context.Watch(target);
            context.Unwatch(target);
            context.Watch(target);
        }));
        target.Stop();
        await simulation.QuietAsync();

        Assert.Equal([target], ended);
    });

    [Fact]
    public void An_actor_that_does_not_handle_the_end_of_one_it_watches_is_stopped() => Simulated.Run(async (_, system) =>
    {
        var target = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "target");
        var watcher = system.Spawn(new Props<Control>(() => new ScriptedActor<Control> { OnMessage = (context, control) => control.Do(context) }), "watcher");
        var lines = new List<LogEvent>();
        using var subscription = system.EventStream.Subscribe<LogEvent>(lines.Add);

        watcher.Tell(new Control(context => context.Watch(target)));
        target.Stop();
        await watcher.WhenTerminated;

        Assert.IsType<DeathPactException>(lines[0].Cause);
    });

    [Fact]
    public void The_news_gets_into_a_full_mailbox() => Simulated.Run(async (simulation, system) =>
    {
        var ended = new List<ActorRef>();
        var gate = new TaskCompletionSource();
        var target = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "target");
        var watcher = system.Spawn(
            new Props<int>(
                () => new ScriptedActor<int>
                {
                    OnStart = context => context.Watch(target),
                    OnMessageAsync = async (_, _) => await gate.Task,
                    OnTerminated = (_, actor) => ended.Add(actor),
                },
                MailboxCapacity: 1),
            "watcher");
        watcher.Tell(0);
        await simulation.QuietAsync();
        watcher.Tell(1);

        target.Stop();
        await target.WhenTerminated;
        gate.SetResult();
        await simulation.QuietAsync();

        Assert.Equal([target], ended);
    });
}
