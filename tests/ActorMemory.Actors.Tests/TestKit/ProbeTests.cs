using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class ProbeTests
{
    [Fact]
    public void A_probe_expects_messages_by_type_value_number_and_condition() => Simulated.Run(async (_, system) =>
    {
        var probe = new TestProbe<object>(system);
        foreach (var message in new object[] { 1, "two", 3, 4, 5, 6 })
            probe.Ref.Tell(message);

        Assert.Equal(1, await probe.ExpectMessageAsync<int>());
        await probe.ExpectAsync("two");
        Assert.Equal([3, 4], await probe.ReceiveAsync(2));
        Assert.Equal(6, await probe.FishForAsync<int>(static n => n == 6));
        await probe.ExpectNoMessageAsync(TimeSpan.FromDays(1));
    });

    [Fact]
    public void An_expectation_that_is_not_met_says_what_came_instead() => Simulated.Run(async (simulation, system) =>
    {
        var probe = new TestProbe<object>(system);
        probe.Ref.Tell("hello");
        probe.Ref.Tell("hello");

        var other = await Assert.ThrowsAsync<ExpectationFailedException>(() => probe.ExpectMessageAsync<int>());
        Assert.Equal("Expected a Int32 but got String 'hello'.", other.Message);
        var unexpected = await Assert.ThrowsAsync<ExpectationFailedException>(() => probe.ExpectNoMessageAsync());
        Assert.Equal("Expected nothing but got String 'hello'.", unexpected.Message);
        var nothing = await Assert.ThrowsAsync<ExpectationFailedException>(() => probe.ExpectAsync("hello"));
        Assert.Contains("within 3 s but nothing came", nothing.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), simulation.Time.Elapsed);
    });

    [Fact]
    public void A_message_that_comes_while_the_probe_waits_is_seen_when_it_comes() => Simulated.Run(async (simulation, system) =>
    {
        var probe = new TestProbe<string>(system);
        simulation.Main.Start(async () =>
        {
            await simulation.DelayAsync(TimeSpan.FromSeconds(2));
            probe.Ref.Tell("late");
        });

        await probe.ExpectAsync("late");

        Assert.Equal(TimeSpan.FromSeconds(2), simulation.Time.Elapsed);
    });

    [Fact]
    public void A_probe_can_be_watched_and_stopped_like_an_actor() => Simulated.Run(async (_, system) =>
    {
        var probe = new TestProbe<string>(system, "watched");
        var watcher = new TestProbe<string>(system, "watcher");
        watcher.Watch(probe.Ref);

        probe.Ref.Stop();

        await watcher.ExpectTerminatedAsync(probe.Ref);
        probe.Ref.Tell("too late");
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.Stopped));
        watcher.Watch(probe.Ref);
        await watcher.ExpectTerminatedAsync(probe.Ref);
    });

    [Fact]
    public void A_reply_probe_expects_replies_and_failures() => Simulated.Run(async (_, system) =>
    {
        var probe = new ReplyProbe<int>(system);
        probe.Reply(1);
        probe.Fail(new ArithmeticException("no"));
        probe.Reply(2);

        Assert.Equal(1, await probe.ExpectReplyAsync());
        Assert.Equal("no", (await probe.ExpectFailureAsync<ArithmeticException>()).Message);
        await Assert.ThrowsAsync<ExpectationFailedException>(() => probe.ExpectFailureAsync<ArithmeticException>());
        await probe.ExpectNothingAsync(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<ExpectationFailedException>(() => probe.ExpectReplyAsync());
    });

    [Fact]
    public async Task A_probe_works_on_the_thread_pool_and_the_machine_s_clock_as_well()
    {
        var system = new ActorSystem("real");
        var probe = new TestProbe<int>(system) { Patience = TimeSpan.FromMinutes(1) };
        var actor = system.Spawn(new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, n) => probe.Ref.Tell(2 * n) }), "doubler");
        probe.Watch(actor);

        actor.Tell(21);
        actor.StopWhenDrained();

        await probe.ExpectAsync(42);
        await probe.ExpectTerminatedAsync(actor);
        await system.TerminateAsync();
    }
}
