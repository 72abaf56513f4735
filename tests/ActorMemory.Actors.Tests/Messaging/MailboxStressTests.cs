using System.Collections.Concurrent;

namespace ActorMemory.Actors.Tests;

/// <summary>The same promises on the real thread pool, where the simulator's single thread could hide a race.</summary>
public sealed class MailboxStressTests
{
    private const int Senders = 8;
    private const int PerSender = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    [InlineData(100_000)]
    public async Task Many_waiting_senders_lose_nothing_and_keep_their_order(int capacity)
    {
        var system = new ActorSystem("stress");
        var next = new int[Senders];
        var wrong = new ConcurrentQueue<string>();
        var perSender = capacity < 10 ? PerSender / 4 : PerSender;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = Senders * perSender;
        var actor = system.Spawn(
            new Props<(int Sender, int Number)>(
                () => new ScriptedActor<(int Sender, int Number)>
                {
                    OnMessage = (_, message) =>
                    {
                        if (next[message.Sender]++ != message.Number)
                            wrong.Enqueue($"sender {message.Sender}: {message.Number}");
                        if (--left == 0)
                            all.SetResult();
                    },
                },
                MailboxCapacity: capacity),
            "sink");

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var number = 0; number < perSender; number++)
                await actor.TellAsync((sender, number));
        })));
        await all.Task;

        Assert.Empty(wrong);
        Assert.Equal(0, system.DeadLetters.Total);
        await system.TerminateAsync();
    }

    [Fact]
    public async Task Sends_that_are_not_awaited_keep_their_order_when_the_mailbox_is_full()
    {
        const int Many = 200_000;
        var system = new ActorSystem("stress");
        var received = new List<int>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.Spawn(
            new Props<int>(
                () => new ScriptedActor<int>
                {
                    OnMessage = (_, number) =>
                    {
                        received.Add(number);
                        if (received.Count == Many)
                            all.SetResult();
                    },
                },
                MailboxCapacity: 3),
            "sink");

        // A window of a few keeps the mailbox at the edge of full, where a send could slip past one that waits.
        var sent = new Queue<Task>();
        for (var number = 0; number < Many; number++)
        {
            sent.Enqueue(actor.TellAsync(number).AsTask());
            if (sent.Count > 6)
                await sent.Dequeue();
        }

        await all.Task;

        Assert.Equal(Enumerable.Range(0, Many), received);
        await system.TerminateAsync();
    }

    [Fact]
    public async Task Every_message_to_an_actor_that_stops_under_load_is_either_processed_or_a_dead_letter()
    {
        for (var round = 0; round < 50; round++)
        {
            var system = new ActorSystem("stress");
            var processed = 0;
            var actor = system.Spawn(
                new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, _) => processed++ }, MailboxCapacity: 100_000), "sink");
            var senders = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                for (var number = 0; number < 500; number++)
                    actor.Tell(number);
            })).ToArray();
            actor.Stop();

            await Task.WhenAll(senders);
            await actor.WhenTerminated;
            await system.TerminateAsync();
            // What slipped in while the mailbox closed is swept up in one more turn.
            SpinWait.SpinUntil(() => processed + system.DeadLetters.Total == 2000);

            Assert.Equal(2000, processed + system.DeadLetters.Total);
        }
    }

    [Fact]
    public async Task Senders_that_give_up_under_load_leave_the_mailbox_as_roomy_as_it_was()
    {
        const int Capacity = 2;
        var system = new ActorSystem("stress");
        var received = 0;
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int> { OnMessage = (_, _) => received++ }, MailboxCapacity: Capacity), "sink");
        var sent = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var number = 0; number < PerSender; number++)
            {
                using var patience = new CancellationTokenSource();
                var sending = actor.TellAsync(number, patience.Token).AsTask();
                patience.Cancel();
                try
                {
                    await sending;
                    Interlocked.Increment(ref sent);
                }
                catch (OperationCanceledException)
                {
                    // It gave up in time.
                }
            }
        })));

        SpinWait.SpinUntil(() => actor.MailboxCount == 0);
        actor.StopWhenDrained();
        await actor.WhenTerminated;
        Assert.Equal(sent, received);
        Assert.InRange(sent, 1, 4 * PerSender);
        await system.TerminateAsync();
    }
}
