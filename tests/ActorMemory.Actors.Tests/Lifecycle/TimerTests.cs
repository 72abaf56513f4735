using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class TimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_single_timer_sends_its_message_once_when_it_is_due() => Simulated.Run(async (simulation, system) =>
    {
        var times = new List<double>();
        var active = new List<bool>();
        system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = context => context.Timers.StartSingle("key", "tick", TimeSpan.FromSeconds(3)),
                OnMessage = (context, _) =>
                {
                    times.Add(simulation.Time.Elapsed.TotalSeconds);
                    active.Add(context.Timers.IsActive("key"));
                },
            }),
            "timed");

        await simulation.DelayAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([3], times);
        Assert.Equal([false], active);
    });

    [Fact]
    public void A_periodic_timer_sends_its_message_again_and_again_until_it_is_cancelled() => Simulated.Run(async (simulation, system) =>
    {
        var times = new List<double>();
        system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = context => context.Timers.StartPeriodic("key", "tick", Second),
                OnMessage = (context, _) =>
                {
                    times.Add(simulation.Time.Elapsed.TotalSeconds);
                    if (times.Count == 3)
                        context.Timers.Cancel("key");
                },
            }),
            "timed");

        await simulation.DelayAsync(TimeSpan.FromSeconds(60));

        Assert.Equal([1, 2, 3], times);
    });

    [Fact]
    public void Ticks_do_not_pile_up_behind_a_slow_actor() => Simulated.Run(async (simulation, system) =>
    {
        var ticks = 0;
        var most = 0;
        system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = context => context.Timers.StartPeriodic("key", "tick", Second),
                OnMessageAsync = async (context, _) =>
                {
                    ticks++;
                    await simulation.DelayAsync(TimeSpan.FromSeconds(10.5));
                    most = Math.Max(most, context.Self.MailboxCount);
                },
            }),
            "slow");

        await simulation.DelayAsync(TimeSpan.FromSeconds(100));

        Assert.Equal(1, most);
        Assert.InRange(ticks, 9, 10);
    });

    [Fact]
    public void A_message_of_a_replaced_timer_is_never_seen_even_when_it_is_in_the_mailbox() => Simulated.Run(async (simulation, system) =>
    {
        var seen = new List<string>();
        var gate = new TaskCompletionSource();
        var actor = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = context => context.Timers.StartSingle("key", "old", Second),
                OnMessageAsync = async (context, message) =>
                {
                    seen.Add(message);
                    if (message != "wait")
                        return;
                    await gate.Task;
                    context.Timers.StartSingle("key", "new", Second);
                },
            }),
            "timed");
        actor.Tell("wait");
        await simulation.DelayAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(1, actor.MailboxCount);

        gate.SetResult();
        await simulation.DelayAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(["wait", "new"], seen);
    });

    [Fact]
    public void A_timer_of_the_instance_before_a_restart_is_never_seen_even_one_that_was_started_while_it_stopped() => Simulated.Run(
        async (simulation, system) =>
        {
            var seen = new List<string>();
            var instances = 0;
            var actor = system.Spawn(
                new Props<string>(() =>
                {
                    var instance = ++instances;
                    return new ScriptedActor<string>
                    {
                        OnStart = context => context.Timers.StartPeriodic("tick", $"tick of {instance}", TimeSpan.FromMilliseconds(30)),
                        OnStop = context => context.Timers.StartSingle("farewell", $"farewell of {instance}", Second),
                        OnMessage = (_, message) =>
                        {
                            if (message == "boom")
                                throw new InvalidOperationException(message);
                            seen.Add(message);
                        },
                    };
                }),
                "timed");

            actor.Tell("boom");
            await simulation.DelayAsync(TimeSpan.FromSeconds(5));

            Assert.NotEmpty(seen);
            Assert.All(seen, message => Assert.Equal("tick of 2", message));
        });

    [Fact]
    public void The_timers_of_a_stopped_actor_are_gone() => Simulated.Run(async (simulation, system) =>
    {
        var actor = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = context => context.Timers.StartPeriodic("a", "tick", Second),
                OnStop = context => context.Timers.StartPeriodic("b", "tick", Second),
            }),
            "timed");
        await simulation.QuietAsync();

        actor.Stop();
        await actor.WhenTerminated;

        Assert.Null(simulation.Time.NextTimer);
        Assert.Equal(0, actor.MailboxCount);
    });

    [Fact]
    public void A_tick_gets_into_a_full_mailbox() => Simulated.Run(async (simulation, system) =>
    {
        var seen = new List<string>();
        var gate = new TaskCompletionSource();
        var actor = system.Spawn(
            new Props<string>(
                () => new ScriptedActor<string>
                {
                    OnStart = context => context.Timers.StartSingle("key", "tick", Second),
                    OnMessageAsync = async (_, message) =>
                    {
                        seen.Add(message);
                        await gate.Task;
                    },
                },
                MailboxCapacity: 1),
            "full");
        actor.Tell("a");
        await simulation.QuietAsync();
        actor.Tell("b");

        await simulation.DelayAsync(TimeSpan.FromSeconds(2));
        gate.SetResult();
        await simulation.QuietAsync();

        Assert.Equal(["a", "b", "tick"], seen);
    });

    [Fact]
    public void Jumps_of_the_wall_clock_do_not_move_timers() => Simulated.Run(async (simulation, system) =>
    {
        var times = new List<double>();
        system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStart = context => context.Timers.StartPeriodic("key", "tick", Second),
                OnMessage = (_, _) => times.Add(simulation.Time.Elapsed.TotalSeconds),
            }),
            "timed");
        await simulation.DelayAsync(TimeSpan.FromSeconds(1.5));

        simulation.Main.ClockSkew = TimeSpan.FromHours(-1);
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        simulation.Main.ClockSkew = TimeSpan.FromHours(1);
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([1, 2, 3], times);
    });
}
