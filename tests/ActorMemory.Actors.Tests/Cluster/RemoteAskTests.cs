using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>Commands on their way to the owner of their entity and back.</summary>
public sealed class RemoteAskTests
{
    [Fact]
    public void A_command_reaches_its_entity_from_any_node_and_the_answer_comes_back() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var id = cluster.IdOf(members[1]);

        for (var n = 0; n < 6; n++)
            Assert.Equal(n + 1, await members[n % 3].AddAsync(id, $"note {n}"));

        foreach (var member in members)
            Assert.Equal("note 0 note 1 note 2 note 3 note 4 note 5", await member.ReadAsync(id));
        Assert.True(members[1].Journal.Appends.Sum() == 6, "All of it is decided by the owner.");
    });

    [Fact]
    public void Commands_of_one_sender_are_decided_in_its_order() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);

        var adding = await members[1].DoAsync(() =>
            Task.FromResult(Enumerable.Range(0, 200).Select(n => members[1].Region.AskAsync<long>(id, new NotesCommand.Add($"{n}"))).ToList()));

        for (var n = 0; n < adding.Count; n++)
            Assert.Equal(n + 1, await adding[n]);
        Assert.Equal(Enumerable.Range(0, 200).Select(static n => $"{n}"), cluster.Stored(id));
    });

    [Fact]
    public void A_lone_command_leaves_at_once_and_what_comes_meanwhile_travels_together() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        var published = cluster.Broker.Published;
        await members[1].AddAsync(id, "alone");
        Assert.Equal(1, cluster.Broker.Published - published);

        var adding = await members[1].DoAsync(() =>
            Task.FromResult(Enumerable.Range(0, 1000).Select(n => members[1].Region.AskAsync<long>(id, new NotesCommand.Add($"{n}"))).ToList()));
        foreach (var add in adding)
            await add;

        Assert.InRange(cluster.Broker.Published - published, 3, 12);
    });

    [Fact]
    public void A_read_goes_straight_to_the_owner() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await members[1].AddAsync(id, "one");
        var published = cluster.Broker.Published;

        Assert.Equal("one", await members[1].ReadAsync(id));

        Assert.Equal(published, cluster.Broker.Published);
    });

    [Fact]
    public void A_read_whose_owner_is_silent_goes_through_the_queue_as_well() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await members[1].AddAsync(id, "one");
        cluster.Broker.Rates = new BrokerFaultRates { SendIsLost = 1 };

        var reading = members[1].ReadAsync(id);
        await simulation.DelayAsync(TimeSpan.FromSeconds(2));
        cluster.Broker.Rates = new BrokerFaultRates();

        Assert.Equal("one", await reading);
    });

    [Fact]
    public void A_read_of_a_shard_whose_owner_nobody_knows_goes_through_the_queue() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        cluster.Broker.Rates = new BrokerFaultRates { AnnouncementIsLost = 1 };
        var first = await cluster.JoinAsync("a");
        var second = await cluster.JoinAsync("b");

        Assert.Equal(1, await first.AddAsync(cluster.IdIn(0), "one"));

        Assert.Empty(second.Node.Nodes);
        Assert.Equal("one", await second.ReadAsync(cluster.IdIn(0)));
        Assert.Equal("one", await first.ReadAsync(cluster.IdIn(0)));
    });

    [Fact]
    public void A_read_sent_to_a_node_that_owns_the_shard_no_more_goes_on_to_the_owner() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var id = cluster.IdOf(members[0]);
        await members[1].AddAsync(id, "one");
        cluster.Broker.Rates = new BrokerFaultRates { AnnouncementIsLost = 1 };
        await members[0].LeaveAsync();

        Assert.Equal("one", await members[1].ReadAsync(id));
        Assert.Equal("one", await members[2].ReadAsync(id));
    });

    [Fact]
    public void A_scattered_question_reaches_the_entities_of_every_shard_and_names_those_that_do_not_answer() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var ids = Enumerable.Range(0, cluster.Shards).Select(shard => cluster.IdIn(shard)).ToList();
        foreach (var id in ids)
            await members[0].AddAsync(id, id + "!");

        var all = await members[2].DoAsync(() => members[2].Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 3, TimeSpan.FromSeconds(5)));
        Assert.Equal(ids, all.Select(static reply => reply.PersistenceId));
        Assert.All(all, static reply => Assert.Equal(reply.PersistenceId + "!", reply.Reply));

        // Whoever owns the first shard hangs, but keeps its place.
        var lost = members.First(static member => member.Node.Owns(0));
        var asks = members.First(member => member != lost);
        lost.Broker.Freeze();
        var some = await asks.DoAsync(() => asks.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 8, TimeSpan.FromSeconds(2)));
        Assert.Equal(ids, some.Select(static reply => reply.PersistenceId));
        Assert.IsType<AskTimeoutException>(some[0].Failure);
        Assert.All(some, reply => Assert.True(reply.Reply is not null || reply.Failure is not null));
        Assert.Contains(some, static reply => reply.Reply is not null);
    });

    [Fact]
    public void A_full_outbox_says_no_and_takes_commands_again_when_there_is_room() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var owner = await cluster.JoinAsync("a");
        var asker = await cluster.JoinAsync("b", static settings => settings with { OutboxCapacity = 10 });
        await cluster.SettledAsync();
        var id = cluster.IdOf(owner);
        asker.Broker.Cut();

        var asked = await asker.DoAsync(() => Task.FromResult(
            Enumerable.Range(0, 15).Select(n => asker.Region.TryAsk<long>(id, new NotesCommand.Add($"{n}"), TimeSpan.FromSeconds(30))).ToList()));
        var waiting = asker.DoAsync(() => asker.Region.AskAsync<long>(id, new NotesCommand.Add("waits"), TimeSpan.FromSeconds(30)));

        Assert.All(asked[..10], Assert.NotNull);
        Assert.All(asked[10..], Assert.Null);
        asker.Broker.Mend();
        Assert.Equal(11, await waiting);
        Assert.Equal(12, await asker.DoAsync(() => asker.Region.TryAsk<long>(id, new NotesCommand.Add("after")) ?? Task.FromResult(0L)));
        Assert.Equal([.. Enumerable.Range(0, 10).Select(static n => $"{n}"), "waits", "after"], cluster.Stored(id));
    });

    [Fact]
    public void An_answer_that_nobody_awaits_any_more_is_a_dead_letter() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        members[0].Faults.Append(AppendEnd.Acknowledged, afterCommit: TimeSpan.FromSeconds(1.8));
        var letters = new List<DeadLetter>();
        members[1].System.EventStream.Subscribe<DeadLetter>(letters.Add);

        await Assert.ThrowsAsync<AskTimeoutException>(
            () => members[1].DoAsync(() => members[1].Region.AskAsync<long>(id, new NotesCommand.Add("late"), TimeSpan.FromMilliseconds(100))));
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));

        Assert.Contains(letters, static letter => letter is { Message: ShardReply, Reason: DeadLetterReason.LateReply });
        Assert.Equal(["late"], cluster.Stored(id));
    });

    [Fact]
    public void An_unknown_entity_type_command_or_version_is_said_clearly_and_the_other_commands_go_on() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var owner = await cluster.JoinAsync("a");
        var newer = await cluster.JoinAsync("b", formatVersion: 2);
        await cluster.SettledAsync();
        var id = cluster.IdOf(owner);

        var refusal = await Assert.ThrowsAsync<EntityFailedException>(() => newer.AddAsync(id, "one"));

        Assert.Contains("'notes.Add.v2'", refusal.Message, StringComparison.Ordinal);
        var replies = await owner.DoAsync(() => owner.Node.ExecuteAsync(
            new ShardRequest(StableHash.Shard(id, cluster.Shards), 1, null, "test",
            [
                new RemoteCommand("unheard", id, "x", default),
                new RemoteCommand("notes", id, "notes.throws", default),
                new RemoteCommand("notes", cluster.IdIn((StableHash.Shard(id, cluster.Shards) + 1) % cluster.Shards), "notes.Read.v1", default),
                new RemoteCommand("notes", id, "notes.Add.v1", "fine"u8.ToArray()),
            ]), mayBeDone: false));
        Assert.All(replies.Take(3), static reply => Assert.Equal(RemoteFailureKind.NotUnderstood, reply.Failure?.Kind));
        Assert.Contains("unheard", replies[0].Failure?.Message, StringComparison.Ordinal);
        Assert.Contains("a defect in the format", replies[1].Failure?.Message, StringComparison.Ordinal);
        Assert.Contains("does not belong to shard", replies[2].Failure?.Message, StringComparison.Ordinal);
        Assert.Null(replies[3].Failure);
        Assert.Equal(["fine"], cluster.Stored(id));
    });

    [Fact]
    public void A_failure_of_the_entity_or_its_journal_reaches_the_asker_but_through_a_queue_nobody_is_sure_that_nothing_is_written() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await members[0].AddAsync(id, "one");

        await Assert.ThrowsAsync<EntityFailedException>(() => members[1].DoAsync(() => members[1].Region.AskAsync(id, new NotesCommand.ThrowInDecide())));
        members[0].Faults.Append(AppendEnd.NotWritten);
        var refused = await Assert.ThrowsAsync<JournalException>(() => members[1].AddAsync(id, "two"));
        members[0].Faults.Append(AppendEnd.UnknownWritten);
        var unknown = await Assert.ThrowsAsync<JournalException>(() => members[1].AddAsync(id, "three"));

        Assert.Equal((JournalError.DiskFull, WriteOutcome.Unknown), (refused.Error, refused.Outcome));
        Assert.Equal((JournalError.InputOutput, WriteOutcome.Unknown), (unknown.Error, unknown.Outcome));
        Assert.Equal("one three", await members[1].ReadAsync(id));
    });
}
