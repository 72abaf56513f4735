using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class TellTests
{
    [Fact]
    public void Messages_of_one_sender_arrive_in_the_order_in_which_they_were_sent() => Simulated.Run(async (_, system) =>
    {
        var probe = new TestProbe<int>(system);
        var forwarder = system.Spawn(new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, n) => probe.Ref.Tell(n) }), "forwarder");

        for (var n = 0; n < 100; n++)
            forwarder.Tell(n);

        Assert.Equal(Enumerable.Range(0, 100), await probe.ReceiveAsync(100));
    });

    [Fact]
    public void An_actor_takes_no_message_while_it_awaits_in_another() => Simulated.Run(async (simulation, system) =>
    {
        var inside = 0;
        var most = 0;
        var probe = new TestProbe<int>(system);
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int>
            {
                OnMessageAsync = async (_, n) =>
                {
                    most = Math.Max(most, ++inside);
                    await simulation.DelayAsync(TimeSpan.FromMilliseconds(10));
                    inside--;
                    probe.Ref.Tell(n);
                },
            }),
            "slow");

        for (var n = 0; n < 5; n++)
            actor.Tell(n);
        await probe.ReceiveAsync(5);

        Assert.Equal(1, most);
    });

    [Fact]
    public void A_message_to_a_stopped_actor_is_a_dead_letter_and_throws_nothing() => Simulated.Run(async (_, system) =>
    {
        var letters = new List<DeadLetter>();
        using var subscription = system.EventStream.Subscribe<DeadLetter>(letters.Add);
        var actor = system.Spawn(new Props<string>(() => new ScriptedActor<string>()), "gone");
        actor.Stop();
        await actor.WhenTerminated;

        actor.Tell("too late");

        Assert.Equal([new DeadLetter("too late", "/user/gone", DeadLetterReason.Stopped)], letters);
        Assert.False(actor.TryTell("too late"));
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.Stopped));
        await Assert.ThrowsAsync<ActorTerminatedException>(async () => await actor.TellAsync("too late"));
    });

    [Fact]
    public void A_message_to_a_full_mailbox_is_a_dead_letter_that_says_so() => Simulated.Run(async (simulation, system) =>
    {
        var letters = new List<DeadLetter>();
        using var subscription = system.EventStream.Subscribe<DeadLetter>(letters.Add);
        var busy = new TaskCompletionSource();
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int> { OnMessageAsync = async (_, _) => await busy.Task }, MailboxCapacity: 2), "busy");
        actor.Tell(0);
        await simulation.QuietAsync();

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);

        Assert.Equal([new DeadLetter(3, "/user/busy", DeadLetterReason.MailboxFull)], letters);
        Assert.False(actor.TryTell(4));
        Assert.Single(letters);
        Assert.Equal(2, actor.MailboxCount);
        busy.SetResult();
    });

    [Fact]
    public void A_question_that_cannot_be_delivered_is_failed_at_once_with_the_reason() => Simulated.Run(async (simulation, system) =>
    {
        var busy = new TaskCompletionSource();
        var probe = new ReplyProbe<int>(system);
        var actor = system.Spawn(
            new Props<Question>(() => new ScriptedActor<Question> { OnMessageAsync = async (_, _) => await busy.Task }, MailboxCapacity: 1), "busy");
        actor.Tell(new Question(probe));
        await simulation.QuietAsync();
        actor.Tell(new Question(probe));

        actor.Tell(new Question(probe));
        await probe.ExpectFailureAsync<MailboxFullException>();

        actor.Stop();
        busy.SetResult();
        await probe.ExpectFailureAsync<ActorTerminatedException>();
        await actor.WhenTerminated;
        actor.Tell(new Question(probe));
        await probe.ExpectFailureAsync<ActorTerminatedException>();
    });

    [Fact]
    public void A_waiting_sender_gets_its_message_in_when_there_is_room_and_nothing_is_lost() => Simulated.Run(async (_, system) =>
    {
        var probe = new TestProbe<int>(system);
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, n) => probe.Ref.Tell(n) }, MailboxCapacity: 2), "small");

        var sent = Enumerable.Range(0, 20).Select(n => actor.TellAsync(n).AsTask()).ToList();

        Assert.Equal(Enumerable.Range(0, 20), await probe.ReceiveAsync(20));
        foreach (var message in sent)
            await message;
        Assert.Equal(0, system.DeadLetters.Total);
    });

    [Fact]
    public void A_waiting_sender_that_gives_up_takes_its_message_back() => Simulated.Run(async (simulation, system) =>
    {
        var busy = new TaskCompletionSource();
        var probe = new TestProbe<int>(system);
        var actor = system.Spawn(
            new Props<int>(
                () => new ScriptedActor<int>
                {
                    OnMessageAsync = async (_, n) =>
                    {
                        await busy.Task;
                        probe.Ref.Tell(n);
                    },
                },
                MailboxCapacity: 1),
            "busy");
        actor.Tell(0);
        await simulation.QuietAsync();
        actor.Tell(1);
        using var patience = new CancellationTokenSource();
        var givenUp = actor.TellAsync(2, patience.Token).AsTask();
        var kept = actor.TellAsync(3).AsTask();

        patience.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        busy.SetResult();
        await kept;

        Assert.Equal([0, 1, 3], await probe.ReceiveAsync(3));
        await probe.ExpectNoMessageAsync();
    });

    [Fact]
    public void A_waiting_sender_is_told_when_the_actor_stops() => Simulated.Run(async (simulation, system) =>
    {
        var busy = new TaskCompletionSource();
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int> { OnMessageAsync = async (_, _) => await busy.Task }, MailboxCapacity: 1), "busy");
        actor.Tell(0);
        await simulation.QuietAsync();
        actor.Tell(1);
        var waiting = actor.TellAsync(2).AsTask();

        actor.Stop();
        busy.SetResult();

        await Assert.ThrowsAsync<ActorTerminatedException>(() => waiting);
    });

    [Fact]
    public void A_busy_actor_gives_way_after_its_throughput() => Simulated.Run(
        async (_, system) =>
        {
            var processed = 0;
            var seen = new TaskCompletionSource<int>();
            var busy = system.Spawn(new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, _) => processed++ }, Throughput: 5), "busy");
            var other = system.Spawn(
                new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, _) => seen.TrySetResult(processed) }), "other");
            for (var n = 0; n < 1000; n++)
                busy.Tell(n);
            other.Tell(0);

            // 2 turns of 5 on average until the other's is drawn; never all of them.
            Assert.InRange(await seen.Task, 0, 500);
        },
        seeds: 100);

    [Fact]
    public void The_end_of_the_mailbox_is_told_after_the_messages_and_after_each_full_turn() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        var actor = system.Spawn(
            new Props<int>(
                () => new ScriptedActor<int> { OnMessage = (_, n) => log.Add($"{n}"), OnDrained = _ => log.Add("drained") }, Throughput: 2),
            "drains");

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);
        await simulation.QuietAsync();

        Assert.Equal(["1", "2", "drained", "3", "drained"], log);
    });

    [Fact]
    public void A_message_that_is_not_understood_is_published() => Simulated.Run(async (simulation, system) =>
    {
        var unhandled = new List<UnhandledMessage>();
        using var subscription = system.EventStream.Subscribe<UnhandledMessage>(unhandled.Add);
        var actor = system.Spawn(new Props<string>(() => new Bewildered()), "bewildered");

        actor.Tell("what?");
        await simulation.QuietAsync();

        Assert.Equal([new UnhandledMessage("what?", actor)], unhandled);
    });

    private sealed class Bewildered : Actor<string>
    {
        protected internal override ValueTask ReceiveAsync(string message)
        {
            Unhandled(message);
            return ValueTask.CompletedTask;
        }
    }

    private sealed record Question(IReplyTo<int> ReplyTo) : IExpectReply
    {
        public void Fail(Exception cause) => ReplyTo.Fail(cause);
    }
}
