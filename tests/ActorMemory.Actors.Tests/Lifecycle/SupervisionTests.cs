using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class SupervisionTests
{
    private static readonly SupervisorStrategy Steady = new() { Jitter = 0 };

    [Fact]
    public void A_failed_actor_is_restarted_with_a_fresh_instance_that_keeps_the_mailbox_but_not_the_failing_message() => Simulated.Run(
        async (_, system) =>
        {
            var probe = new TestProbe<string>(system);
            var instances = 0;
            var actor = system.Spawn(
                new Props<string>(() =>
                {
                    var instance = ++instances;
                    return new ScriptedActor<string>
                    {
                        OnMessage = (_, message) =>
                        {
                            probe.Ref.Tell($"{instance}: {message}");
                            if (message == "boom")
                                throw new InvalidOperationException("boom");
                        },
                    };
                }),
                "fragile");

            actor.Tell("a");
            actor.Tell("boom");
            actor.Tell("b");
            actor.Tell("c");

            Assert.Equal(["1: a", "1: boom", "2: b", "2: c"], await probe.ReceiveAsync(4));
            await probe.ExpectNoMessageAsync();
        });

    [Fact]
    public void Restarting_stops_the_old_instance_and_starts_the_new_one() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        var instances = 0;
        var actor = system.Spawn(
            new Props<string>(() =>
            {
                var instance = ++instances;
                return new ScriptedActor<string>
                {
                    OnStart = _ => log.Add($"start {instance}"),
                    OnStop = _ => log.Add($"stop {instance}"),
                    OnRestart = (_, cause) => log.Add($"restart {instance} because of {cause.Message}"),
                    OnMessage = (_, message) => throw new InvalidOperationException(message),
                };
            }),
            "fragile");

        actor.Tell("boom");
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["start 1", "stop 1", "restart 2 because of boom", "start 2"], log);
    });

    [Fact]
    public void Restarts_wait_twice_as_long_each_time_and_end_at_the_limit() => Simulated.Run(
        async (simulation, system) =>
        {
            var starts = new List<double>();
            var actor = system.Spawn(
                new Props<int>(() => new ScriptedActor<int>
                {
                    OnStart = context =>
                    {
                        starts.Add(simulation.Time.Elapsed.TotalMilliseconds);
                        context.Self.Tell(0);
                    },
                    OnMessage = (_, _) => throw new InvalidOperationException("always"),
                }),
                "hopeless");

            await actor.WhenTerminated;

            Assert.Equal([0, 100, 300, 700, 1200, 1700], starts);
        },
        new ActorSystemSettings { Supervisor = Steady with { MaxRestarts = 5, MaxBackoff = TimeSpan.FromMilliseconds(500) } });

    [Fact]
    public void Failures_further_apart_than_the_window_do_not_add_up() => Simulated.Run(
        async (simulation, system) =>
        {
            var actor = system.Spawn(
                new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, _) => throw new InvalidOperationException("now and then") }), "fragile");

            for (var failure = 0; failure < 10; failure++)
            {
                actor.Tell(failure);
                await simulation.DelayAsync(TimeSpan.FromSeconds(61));
            }

            Assert.False(actor.IsTerminated);
        },
        new ActorSystemSettings { Supervisor = Steady with { MaxRestarts = 1 } });

    [Fact]
    public void The_random_part_of_the_wait_is_within_its_bound_and_repeats_with_the_seed()
    {
        var strategy = new SupervisorStrategy { Jitter = 0.5, MinBackoff = TimeSpan.FromSeconds(1), MaxBackoff = TimeSpan.FromSeconds(8) };

        Assert.Equal(TimeSpan.FromSeconds(1), strategy.Backoff(0, 0));
        Assert.Equal(TimeSpan.FromSeconds(1.5), strategy.Backoff(0, 1));
        Assert.Equal(TimeSpan.FromSeconds(8), strategy.Backoff(1_000_000, 0));
        Assert.Equal(TimeSpan.FromSeconds(12), strategy.Backoff(60, 1));
        Assert.Equal(
            new ActorSystem("a", new ActorSystemSettings { Seed = 5 }).NextRandom(), new ActorSystem("b", new ActorSystemSettings { Seed = 5 }).NextRandom());
    }

    [Fact]
    public void A_supervisor_may_stop_a_failed_child() => Simulated.Run(async (_, system) =>
    {
        var probe = new TestProbe<string>(system);
        var parent = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                Strategy = new SupervisorStrategy { Decider = _ => SupervisorDirective.Stop },
                OnStart = context => probe.Watch(context.Spawn(
                    new Props<string>(() => new ScriptedActor<string> { OnStart = child => child.Self.Tell("boom"), OnMessage = (_, m) => throw new InvalidOperationException(m) }),
                    "child")),
            }),
            "parent");

        Assert.Single(await TerminationsAsync(probe));
        Assert.False(parent.IsTerminated);
    });

    [Fact]
    public void An_escalated_failure_restarts_the_parent_and_its_children_with_it() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        var parents = 0;
        system.Spawn(
            new Props<string>(() =>
            {
                var instance = ++parents;
                return new ScriptedActor<string>
                {
                    Strategy = new SupervisorStrategy { Decider = _ => SupervisorDirective.Escalate },
                    OnStart = context =>
                    {
                        log.Add($"parent {instance}");
                        var child = context.Spawn(
                            new Props<string>(() => new ScriptedActor<string>
                            {
                                OnStop = _ => log.Add($"child of {instance} stopped"),
                                OnMessage = (_, message) => throw new InvalidOperationException(message),
                            }),
                            "child");
                        if (instance == 1)
                            child.Tell("boom");
                    },
                };
            }),
            "parent");

        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(["parent 1", "child of 1 stopped", "parent 2"], log);
    });

    [Fact]
    public void A_failure_that_is_escalated_by_the_last_supervisor_ends_the_system_with_its_cause() => Simulated.Run(
        async (_, system) =>
        {
            var actor = system.Spawn(new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, _) => throw new ArithmeticException("fatal") }), "a");

            actor.Tell(1);

            var failure = await Assert.ThrowsAsync<ArithmeticException>(() => system.WhenTerminated);
            Assert.Equal("fatal", failure.Message);
            await actor.WhenTerminated;
        },
        new ActorSystemSettings { Supervisor = new SupervisorStrategy { Decider = _ => SupervisorDirective.Escalate } });

    [Fact]
    public void A_supervisor_whose_strategy_throws_fails_itself() => Simulated.Run(async (simulation, system) =>
    {
        var parents = 0;
        system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                Strategy = new SupervisorStrategy { Decider = _ => throw new NotSupportedException("no idea") },
                OnStart = context =>
                {
                    var child = context.Spawn(
                        new Props<string>(() => new ScriptedActor<string> { OnMessage = (_, m) => throw new InvalidOperationException(m) }), "child");
                    if (++parents == 1)
                        child.Tell("boom");
                },
            }),
            "parent");

        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(2, parents);
    });

    [Fact]
    public void An_actor_that_cannot_start_is_stopped_and_not_tried_again() => Simulated.Run(async (simulation, system) =>
    {
        var starts = 0;
        var lines = new List<LogEvent>();
        using var subscription = system.EventStream.Subscribe<LogEvent>(lines.Add);
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int>
            {
                OnStart = _ =>
                {
                    starts++;
                    throw new InvalidOperationException("no port free");
                },
            }),
            "broken");

        await actor.WhenTerminated;
        await simulation.DelayAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(1, starts);
        var line = Assert.Single(lines);
        Assert.IsType<ActorInitializationException>(line.Cause);
        Assert.Contains("/user/broken", line.Message, StringComparison.Ordinal);
        Assert.Contains("no port free", line.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Children_of_a_restarted_actor_are_stopped_first_and_their_end_is_no_news_to_it() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        var instances = 0;
        var parent = system.Spawn(
            new Props<string>(() =>
            {
                var instance = ++instances;
                return new ScriptedActor<string>
                {
                    OnStart = context => context.Watch(context.Spawn(
                        new Props<string>(() => new ScriptedActor<string> { OnStop = _ => log.Add($"child of {instance}") }), "child")),
                    OnStop = _ => log.Add($"parent {instance}"),
                    OnMessage = (_, message) => throw new InvalidOperationException(message),
                };
            }),
            "parent");

        parent.Tell("boom");
        await simulation.DelayAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["child of 1", "parent 1"], log);
        Assert.Equal(2, instances);
        Assert.False(parent.IsTerminated);
    });

    [Fact]
    public void An_actor_that_waits_for_its_restart_can_be_stopped() => Simulated.Run(async (simulation, system) =>
    {
        var stopped = 0;
        var actor = system.Spawn(
            new Props<string>(() => new ScriptedActor<string>
            {
                OnStop = _ => stopped++,
                OnMessage = (_, message) => throw new InvalidOperationException(message),
            }),
            "fragile");
        actor.Tell("boom");
        actor.Tell("waits");
        await simulation.QuietAsync();

        actor.Stop();
        await actor.WhenTerminated;

        Assert.Equal(TimeSpan.Zero, simulation.Time.Elapsed);
        Assert.Equal(1, stopped);
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.Stopped));
        await simulation.DelayAsync(TimeSpan.FromMinutes(1));
        Assert.True(actor.IsTerminated);
    });

    [Fact]
    public void A_failure_while_stopping_is_logged_and_the_stop_goes_on() => Simulated.Run(async (_, system) =>
    {
        var lines = new List<LogEvent>();
        using var subscription = system.EventStream.Subscribe<LogEvent>(lines.Add);
        var actor = system.Spawn(new Props<int>(() => new ScriptedActor<int> { OnStop = _ => throw new InvalidOperationException("stuck") }), "a");

        actor.Stop();
        await actor.WhenTerminated;

        Assert.Contains("stuck", Assert.Single(lines).Message, StringComparison.Ordinal);
    });

    private static async Task<IReadOnlyList<string>> TerminationsAsync(TestProbe<string> probe)
    {
        try
        {
            await probe.ExpectNoMessageAsync();
            return [];
        }
        catch (ExpectationFailedException termination)
        {
            return [termination.Message];
        }
    }
}
