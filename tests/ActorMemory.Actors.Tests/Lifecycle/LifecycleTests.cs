using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class LifecycleTests
{
    [Fact]
    public void Start_messages_and_stop_come_in_this_order() => Simulated.Run(async (_, system) =>
    {
        var log = new List<string>();
        var actor = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = _ => log.Add("start"),
                OnMessage = (_, message) => log.Add(message),
                OnStop = _ => log.Add("stop"),
            }),
            "actor");

        actor.Tell("a");
        actor.Tell("b");
        actor.StopWhenDrained();
        actor.Tell("too late");
        await actor.WhenTerminated;

        Assert.Equal(["start", "a", "b", "stop"], log);
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.Stopped));
    });

    [Fact]
    public void Stop_lets_the_current_message_end_and_takes_no_other() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        var actor = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnMessageAsync = async (_, message) =>
                {
                    log.Add("begin " + message);
                    await simulation.DelayAsync(TimeSpan.FromSeconds(1));
                    log.Add("end " + message);
                },
            }),
            "actor");
        actor.Tell("a");
        actor.Tell("b");
        await simulation.QuietAsync();

        actor.Stop();
        await actor.WhenTerminated;

        Assert.Equal(["begin a", "end a"], log);
        Assert.True(actor.IsTerminated);
    });

    [Fact]
    public void A_parent_stops_after_all_its_children() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        ScriptedActor<string> Node(string name, params string[] children) => new()
        {
            OnStart = context =>
            {
                foreach (var child in children)
                    context.Spawn(new Props<string>(() => Node(child)), child);
            },
            OnStop = _ => log.Add(name),
        };
        var parent = system.Spawn(new Props<string>(() => Node("parent", "a", "b", "c")), "parent");
        await simulation.QuietAsync();

        parent.Stop();
        await parent.WhenTerminated;

        Assert.Equal("parent", log[^1]);
        Assert.Equal(["a", "b", "c", "parent"], log.Order(StringComparer.Ordinal));
    });

    [Fact]
    public void The_end_of_the_system_stops_everything() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            var name = $"actor-{n}";
            system.Spawn(new Props<int>(() => new ScriptedActor<int> { OnStop = _ => log.Add(name) }), name);
        }

        await simulation.QuietAsync();
        await system.TerminateAsync();

        Assert.Equal(5, log.Count);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
        Assert.Throws<ActorTerminatedException>(() => system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "late"));
    });

    [Fact]
    public void A_name_in_use_is_refused_and_free_again_once_its_actor_has_terminated() => Simulated.Run(async (_, system) =>
    {
        var props = new Props<int>(() => new ScriptedActor<int>());
        var first = system.Spawn(props, "one");

        var refused = Assert.Throws<InvalidOperationException>(() => system.Spawn(props, "one"));
        Assert.Contains("'one'", refused.Message, StringComparison.Ordinal);

        first.Stop();
        await first.WhenTerminated;
        var second = system.Spawn(props, "one");
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first.Uid, second.Uid);
    });

    [Fact]
    public async Task A_name_is_free_as_soon_as_its_actor_says_that_it_has_terminated_on_the_thread_pool_as_well()
    {
        var system = new ActorSystem("names");
        for (var round = 0; round < 2000; round++)
        {
            var actor = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "again");
            actor.Stop();
            await actor.WhenTerminated;
        }

        await system.TerminateAsync();
    }

    [Fact]
    public void A_message_to_an_old_address_never_reaches_the_new_actor_of_the_same_name() => Simulated.Run(async (simulation, system) =>
    {
        var probe = new TestProbe<string>(system);
        var props = new Props<string>(() => new ScriptedActor<string> { OnMessage = (_, message) => probe.Ref.Tell(message) });
        var first = system.Spawn(props, "one");
        first.Stop();
        await first.WhenTerminated;
        var second = system.Spawn(props, "one");

        first.Tell("for the old one");
        second.Tell("for the new one");

        await probe.ExpectAsync("for the new one");
        await probe.ExpectNoMessageAsync();
    });

    [Fact]
    public void A_system_that_is_stopped_while_actors_are_started_leaves_none_behind() => Simulated.Run(async (simulation, system) =>
    {
        var started = 0;
        var stopped = 0;
        simulation.Main.Start(async () =>
        {
            for (var n = 0; n < 20; n++)
            {
                try
                {
                    system.Spawn(
                        new Props<int>(() => new ScriptedActor<int> { OnStart = _ => started++, OnStop = _ => stopped++ }), $"actor-{n}");
                }
                catch (ActorTerminatedException)
                {
                    return;
                }

                await Task.Yield();
            }
        });

        await Task.Yield();
        await system.TerminateAsync();
        await simulation.QuietAsync();

        Assert.Equal(started, stopped);
    });
}
