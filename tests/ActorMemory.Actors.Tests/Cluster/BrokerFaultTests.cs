using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>The broker dies, forgets to confirm, or delivers what nobody can do.</summary>
public sealed class BrokerFaultTests
{
    [Fact]
    public void A_restart_of_the_broker_fails_no_request_that_may_be_repeated() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var traffic = new Traffic(simulation, cluster, members);
        var running = traffic.RunAsync(TimeSpan.FromSeconds(5));
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        cluster.Broker.Crash();
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        cluster.Broker.ComeBack();

        await running;
        await cluster.SettledAsync();
        Assert.Empty(traffic.Failures);
        traffic.Check();
    });

    [Fact]
    public void What_must_not_be_done_twice_is_not_sent_again_and_its_sender_learns_that_nobody_knows() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        members[0].Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromMilliseconds(100));
        var adding = members[1].AddAsync(id, "once");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(50));

        cluster.Broker.Crash();
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        cluster.Broker.ComeBack();

        var failure = await Assert.ThrowsAsync<JournalException>(() => adding);
        Assert.Equal(WriteOutcome.Unknown, failure.Outcome);
        await cluster.SettledAsync();
        await simulation.DelayAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["once"], cluster.Stored(id));
    });

    [Fact]
    public void What_must_not_be_done_twice_and_was_delivered_to_a_node_that_died_is_not_done_by_the_next() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        members[0].Faults.Append(AppendEnd.Acknowledged, afterCommit: TimeSpan.FromMilliseconds(100));
        var adding = members[1].AddAsync(id, "once");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(50));

        members[0].Broker.Kill();

        var failure = await Assert.ThrowsAsync<JournalException>(() => adding);
        Assert.Equal(WriteOutcome.Unknown, failure.Outcome);
        Assert.Equal(["once"], cluster.Stored(id));
    });

    [Fact]
    public void What_was_certainly_not_sent_is_sent_when_the_connection_is_there_again() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        cluster.Broker.Crash();
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(100));

        var adding = members[1].AddAsync(id, "once");
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        cluster.Broker.ComeBack();

        Assert.Equal(1, await adding);
    });

    [Fact]
    public void A_message_that_the_broker_refuses_is_certainly_not_written() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        cluster.Broker.Rates = new BrokerFaultRates { PublishIsRefused = 1 };

        var failure = await Assert.ThrowsAsync<JournalException>(() => members[1].AddAsync(cluster.IdOf(members[0]), "one"));

        Assert.Equal((JournalError.Unavailable, WriteOutcome.NotWritten), (failure.Error, failure.Outcome));
    });

    [Fact]
    public void A_message_of_which_one_copy_may_have_arrived_is_not_said_to_be_unwritten() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        members[0].Broker.Freeze();
        var adding = members[1].AddAsync(id, "one");
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));
        cluster.Broker.Rates = new BrokerFaultRates { PublishIsRefused = 1 };
        // It is sent again after five seconds, refused, and must wait for the first copy all the same.
        await simulation.DelayAsync(TimeSpan.FromSeconds(2.5));
        Assert.False(adding.IsCompleted);

        // The first copy comes to the next owner, who asks back.
        var failure = await Assert.ThrowsAsync<JournalException>(() => adding);
        Assert.Equal((JournalError.Unavailable, WriteOutcome.Unknown), (failure.Error, failure.Outcome));
    });

    [Fact]
    public void A_lost_confirm_does_not_keep_the_answer_away() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        cluster.Broker.Rates = new BrokerFaultRates { ConfirmIsLost = 1 };
        var id = cluster.IdOf(members[0]);

        Assert.Equal(1, await members[1].AddAsync(id, "once"));
        Assert.Equal(2, await members[1].AddAsync(id, "two"));
    });

    [Fact]
    public void A_lost_answer_is_given_again_when_the_request_is_repeated() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        cluster.Broker.Rates = new BrokerFaultRates { SendIsLost = 1 };

        var adding = members[1].AddAsync(id, "one");
        await simulation.DelayAsync(TimeSpan.FromSeconds(4));
        Assert.Equal(["one"], cluster.Stored(id));
        cluster.Broker.Rates = new BrokerFaultRates();

        Assert.Equal(1, await adding);
        Assert.Equal(["one"], cluster.Stored(id));
    });

    [Fact]
    public void A_node_that_cannot_reach_the_broker_for_a_while_is_useful_again_afterwards() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var traffic = new Traffic(simulation, cluster, members);
        var running = traffic.RunAsync(TimeSpan.FromSeconds(6));
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        members[0].Broker.Cut();
        await simulation.DelayAsync(TimeSpan.FromSeconds(7));
        members[0].Broker.Mend();
        members[1].Broker.Disconnect();

        await running;
        await cluster.SettledAsync();
        traffic.Check();
    });

    [Fact]
    public void What_cannot_be_read_and_what_fails_with_nobody_waiting_is_parked_and_the_rest_goes_on() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        var shard = StableHash.Shard(id, cluster.Shards);

        cluster.Broker.Put(shard, null, "no envelope that this version knows");
        cluster.Broker.Put(shard, Request(shard, id, "notes.ThrowInDecide.v1", ""));
        cluster.Broker.Put(shard, Request(shard, id, "notes.Unheard.v1", ""));
        cluster.Broker.Put(shard, Request(shard, id, "notes.Add.v1", "fine"));

        Assert.Equal(2, await members[1].AddAsync(id, "next"));
        Assert.Equal(["fine", "next"], cluster.Stored(id));
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(3, cluster.Broker.Parked.Count);
        Assert.Contains("no envelope", cluster.Broker.Parked[0].Reason, StringComparison.Ordinal);
        Assert.Contains(cluster.Broker.Parked, static parked => parked.Reason.Contains("a defect", StringComparison.Ordinal));
        Assert.Contains(cluster.Broker.Parked, static parked => parked.Reason.Contains("notes.Unheard.v1", StringComparison.Ordinal));
        Assert.Equal(0, cluster.Broker.Waiting(shard));
    });

    [Fact]
    public void What_could_not_be_parked_comes_again_until_it_is_and_the_rest_goes_on() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        var shard = StableHash.Shard(id, cluster.Shards);
        cluster.Broker.Rates = new BrokerFaultRates { ParkingIsRefused = 1 };

        cluster.Broker.Put(shard, null, "no envelope that this version knows");
        Assert.Equal(1, await members[1].AddAsync(id, "meanwhile"));
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));
        Assert.Empty(cluster.Broker.Parked);
        Assert.Equal(1, cluster.Broker.Waiting(shard));
        cluster.Broker.Rates = new BrokerFaultRates();
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));

        Assert.Single(cluster.Broker.Parked);
        Assert.Equal(0, cluster.Broker.Waiting(shard));
        Assert.Equal(2, await members[1].AddAsync(id, "after"));
    });

    [Fact]
    public void A_message_that_nobody_waits_for_is_tried_until_the_journal_takes_it() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        var shard = StableHash.Shard(id, cluster.Shards);
        members[0].Faults.Recovery(new JournalException(JournalError.Unavailable, WriteOutcome.NotWritten, "The store is away."));
        for (var n = 0; n < 5; n++)
            members[0].Faults.Append(AppendEnd.NotWritten);

        cluster.Broker.Put(shard, Request(shard, id, "notes.Add.v1", "patient"));
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));
        Assert.Empty(cluster.Stored(id));
        Assert.Equal(1, cluster.Broker.Waiting(shard));
        await simulation.DelayAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(["patient"], cluster.Stored(id));
        Assert.Equal(0, cluster.Broker.Waiting(shard));
        Assert.Empty(cluster.Broker.Parked);
    });

    [Fact]
    public void A_message_that_nobody_waits_for_and_that_may_be_done_is_parked_if_it_must_not_be_done_twice() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        var shard = StableHash.Shard(id, cluster.Shards);
        members[0].Faults.Append(AppendEnd.UnknownWritten);

        cluster.Broker.Put(shard, Request(shard, id, "notes.Add.v1", "once"));
        await simulation.DelayAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(["once"], cluster.Stored(id));
        Assert.Contains("It is not known", Assert.Single(cluster.Broker.Parked).Reason, StringComparison.Ordinal);
    });

    private static ShardRequest Request(int shard, string id, string manifest, string text) =>
        new(shard, 0, null, "elsewhere", [new RemoteCommand("notes", id, manifest, System.Text.Encoding.UTF8.GetBytes(text))]);
}
