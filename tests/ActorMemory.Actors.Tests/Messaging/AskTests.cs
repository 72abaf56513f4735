using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class AskTests
{
    private sealed record Double(int Number, IReplyTo<int> ReplyTo) : IExpectReply
    {
        public void Fail(Exception cause) => ReplyTo.Fail(cause);
    }

    private static Props<Double> Doubler() => new(() => new ScriptedActor<Double> { OnMessage = (_, ask) => ask.ReplyTo.Reply(2 * ask.Number) });

    private static Props<Double> Silent(int? capacity = null) =>
        new(() => new ScriptedActor<Double> { OnMessageAsync = (_, _) => new ValueTask(new TaskCompletionSource().Task) }, capacity);

    [Fact]
    public void A_question_is_answered() => Simulated.Run(async (_, system) =>
    {
        var doubler = system.Spawn(Doubler(), "doubler");

        Assert.Equal(42, await doubler.AskAsync<Double, int>(system, replyTo => new Double(21, replyTo)));
    });

    [Fact]
    public void A_question_that_is_not_answered_fails_after_the_default_time() => Simulated.Run(async (simulation, system) =>
    {
        var silent = system.Spawn(Silent(), "silent");

        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo)));

        Assert.Equal(system.Settings.AskTimeout, simulation.Time.Elapsed);
    });

    [Fact]
    public void A_question_whose_time_is_up_while_the_mailbox_is_full_fails_and_is_not_delivered_later() => Simulated.Run(async (simulation, system) =>
    {
        var busy = new TaskCompletionSource();
        var seen = new List<int>();
        var actor = system.Spawn(
            new Props<Double>(
                () => new ScriptedActor<Double>
                {
                    OnMessageAsync = async (_, ask) =>
                    {
                        seen.Add(ask.Number);
                        await busy.Task;
                    },
                },
                MailboxCapacity: 1),
            "busy");
        var none = new ReplyProbe<int>(system);
        actor.Tell(new Double(0, none));
        await simulation.QuietAsync();
        actor.Tell(new Double(1, none));

        await Assert.ThrowsAsync<AskTimeoutException>(
            () => actor.AskAsync<Double, int>(system, replyTo => new Double(2, replyTo), TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(1), simulation.Time.Elapsed);
        busy.SetResult();
        await simulation.QuietAsync();

        Assert.Equal([0, 1], seen);
    });

    [Fact]
    public void A_failure_is_passed_on() => Simulated.Run(async (_, system) =>
    {
        var actor = system.Spawn(
            new Props<Double>(() => new ScriptedActor<Double> { OnMessage = (_, ask) => ask.ReplyTo.Fail(new ArithmeticException("too big")) }), "no");

        var failure = await Assert.ThrowsAsync<ArithmeticException>(
            () => actor.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo)));
        Assert.Equal("too big", failure.Message);
    });

    [Fact]
    public void A_question_can_be_cancelled() => Simulated.Run(async (simulation, system) =>
    {
        var silent = system.Spawn(Silent(), "silent");
        using var cancellation = new CancellationTokenSource();
        var answer = silent.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo), cancellationToken: cancellation.Token);
        await simulation.QuietAsync();

        cancellation.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(TimeSpan.Zero, simulation.Time.Elapsed);
    });

    [Fact]
    public void A_question_to_a_stopped_actor_fails_at_once() => Simulated.Run(async (simulation, system) =>
    {
        var actor = system.Spawn(Doubler(), "stopped");
        actor.Stop();
        await actor.WhenTerminated;

        await Assert.ThrowsAsync<ActorTerminatedException>(() => actor.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo)));

        Assert.Equal(TimeSpan.Zero, simulation.Time.Elapsed);
    });

    [Fact]
    public void A_question_that_waits_in_the_mailbox_of_an_actor_that_stops_fails_at_once() => Simulated.Run(async (simulation, system) =>
    {
        var busy = new TaskCompletionSource();
        var actor = system.Spawn(new Props<Double>(() => new ScriptedActor<Double> { OnMessageAsync = async (_, _) => await busy.Task }), "busy");
        var first = actor.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo));
        await simulation.QuietAsync();
        var second = actor.AskAsync<Double, int>(system, replyTo => new Double(2, replyTo));

        actor.Stop();
        busy.SetResult();

        await Assert.ThrowsAsync<ActorTerminatedException>(() => second);
        Assert.Equal(TimeSpan.Zero, simulation.Time.Elapsed);
        await Assert.ThrowsAsync<AskTimeoutException>(() => first);
    });

    [Fact]
    public void A_late_and_a_second_answer_are_dead_letters() => Simulated.Run(async (simulation, system) =>
    {
        var replies = new List<IReplyTo<int>>();
        var actor = system.Spawn(new Props<Double>(() => new ScriptedActor<Double> { OnMessage = (_, ask) => replies.Add(ask.ReplyTo) }), "late");
        await Assert.ThrowsAsync<AskTimeoutException>(
            () => actor.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo), TimeSpan.FromSeconds(1)));

        replies[0].Reply(7);
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.LateReply));

        var answer = actor.AskAsync<Double, int>(system, replyTo => new Double(1, replyTo));
        await simulation.QuietAsync();
        replies[1].Reply(8);
        replies[1].Reply(9);
        Assert.Equal(8, await answer);
        Assert.Equal(2, system.DeadLetters.Count(DeadLetterReason.LateReply));
    });
}
