namespace ActorMemory.Actors.Tests;

public sealed class DeadLetterTests
{
    [Fact]
    public void Dead_letters_are_all_counted_but_only_the_first_ones_are_logged_until_five_minutes_have_passed() => Simulated.Run(
        async (simulation, system) =>
        {
            var lines = new List<LogEvent>();
            using var subscription = system.EventStream.Subscribe<LogEvent>(lines.Add);
            var actor = system.Spawn(new Props<int>(() => new ScriptedActor<int>()), "gone");
            actor.Stop();
            await actor.WhenTerminated;

            for (var n = 0; n < 50; n++)
                actor.Tell(n);
            Assert.Equal(50, system.DeadLetters.Total);
            Assert.Equal(3, lines.Count);
            Assert.DoesNotContain("More of them", lines[1].Message, StringComparison.Ordinal);
            Assert.Contains("More of them", lines[2].Message, StringComparison.Ordinal);

            await simulation.DelayAsync(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
            actor.Tell(50);
            Assert.Equal(4, lines.Count);
            Assert.Equal(51, system.DeadLetters.Total);
        },
        new ActorSystemSettings { DeadLettersLogged = 3 });

    [Fact]
    public void Dead_letters_are_counted_by_reason() => Simulated.Run(async (simulation, system) =>
    {
        var busy = new TaskCompletionSource();
        var actor = system.Spawn(
            new Props<int>(() => new ScriptedActor<int> { OnMessageAsync = async (_, _) => await busy.Task }, MailboxCapacity: 1), "busy");
        actor.Tell(0);
        await simulation.QuietAsync();
        actor.Tell(1);
        actor.Tell(2);
        actor.Stop();
        busy.SetResult();
        await actor.WhenTerminated;
        actor.Tell(3);

        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.MailboxFull));
        Assert.Equal(2, system.DeadLetters.Count(DeadLetterReason.Stopped));
        Assert.Equal(3, system.DeadLetters.Total);
    });

    [Fact]
    public void A_subscription_gets_its_type_and_subtypes_until_it_is_disposed()
    {
        var stream = new EventStream();
        var letters = new List<DeadLetter>();
        var everything = new List<object>();
        using var all = stream.Subscribe<object>(everything.Add);
        using (stream.Subscribe<DeadLetter>(letters.Add))
        {
            stream.Publish("something else");
            stream.Publish(new DeadLetter(1, "/user/a", DeadLetterReason.Stopped));
        }

        stream.Publish(new DeadLetter(2, "/user/a", DeadLetterReason.Stopped));

        Assert.Single(letters);
        Assert.Equal(3, everything.Count);
    }
}
