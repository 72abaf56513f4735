using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>
/// A node that was frozen, or that did not reach the others, is there again and has what it was asked before. Notes that begin with <c>once</c> would be stored
/// each time they come, as a key stores a record whose id it has forgotten.
/// </summary>
public sealed class StandstillTests
{
    [Fact]
    public void What_an_owner_has_before_it_freezes_is_not_sent_on_to_the_next_owner() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await members[0].AddAsync(id, "before");
        members[0].Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromMilliseconds(100));
        var committing = members[0].AddAsync(id, "once committing");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(50));
        // They wait in the shard's mailbox until the commit is through.
        var waiting = members[0].AddAsync(id, "once waiting");
        var trying = members[0].DoAsync(() => members[0].Region.TryAsk<long>(id, new NotesCommand.Add("once tried")) ?? Task.FromResult(0L));
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(10));

        members[0].Broker.Freeze();
        Assert.Equal(2, await members[1].AddAsync(id, "meanwhile"));
        members[0].Broker.Thaw();

        // The journal may have refused it, or have been silent for too long: then nobody knows.
        await Assert.ThrowsAsync<JournalException>(() => committing);
        await AssertNotSentAsync(waiting, WriteOutcome.NotWritten);
        await AssertNotSentAsync(trying, WriteOutcome.NotWritten);
        await simulation.DelayAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["before", "meanwhile"], cluster.Stored(id));
    });

    [Fact]
    public void What_a_node_has_for_others_before_it_freezes_is_not_sent() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var owner = await cluster.JoinAsync("a");
        var asker = await cluster.JoinAsync("b", static settings => settings with { RequestsInFlight = 1 });
        await cluster.SettledAsync();
        var id = cluster.IdOf(owner);
        owner.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(1));
        var sent = asker.AddAsync(id, "sent");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(50));
        var waiting = asker.AddAsync(id, "once waiting");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(50));

        // Not for long enough that the broker takes it for dead, or that the time of the question is up.
        asker.Broker.Freeze();
        await simulation.DelayAsync(TimeSpan.FromSeconds(4));
        asker.Broker.Thaw();

        Assert.Equal(1, await sent);
        await AssertNotSentAsync(waiting, WriteOutcome.NotWritten);
        await simulation.DelayAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["sent"], cluster.Stored(id));
    });

    [Fact]
    public void What_a_node_could_not_send_before_it_freezes_is_not_sent_when_it_reaches_the_broker_again() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await PartAsync(simulation, members[1]);
        var adding = members[1].AddAsync(id, "once");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(50));

        members[1].Broker.Freeze();
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));
        members[1].Broker.Mend();
        members[1].Broker.Thaw();

        await AssertNotSentAsync(adding, WriteOutcome.NotWritten);
        await simulation.DelayAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(cluster.Stored(id));
    });

    [Fact]
    public void What_was_sent_before_the_node_froze_is_not_sent_again_and_may_have_been_done() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        cluster.Broker.Rates = new BrokerFaultRates { SendIsLost = 1 };
        var adding = members[1].AddAsync(id, "sent");
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["sent"], cluster.Stored(id));
        cluster.Broker.Rates = new BrokerFaultRates();

        members[1].Broker.Freeze();
        await simulation.DelayAsync(TimeSpan.FromSeconds(7));
        members[1].Broker.Thaw();

        await AssertNotSentAsync(adding, WriteOutcome.Unknown);
    });

    [Fact]
    public void What_nobody_waits_for_any_more_is_left_out_when_a_request_is_sent_again() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await PartAsync(simulation, members[1]);
        // Both in one request, which is not sent.
        var (given, awaited) = await members[1].DoAsync(() => Task.FromResult((
            members[1].Region.AskAsync<long>(id, new NotesCommand.Add("once given up"), TimeSpan.FromSeconds(1)),
            members[1].Region.AskAsync<long>(id, new NotesCommand.Add("awaited"), TimeSpan.FromSeconds(30)))));
        await Assert.ThrowsAsync<AskTimeoutException>(() => given);

        members[1].Broker.Mend();

        Assert.Equal(1, await awaited);
        Assert.Equal(["awaited"], cluster.Stored(id));
    });

    [Fact]
    public void What_was_given_to_an_owner_that_is_gone_is_done_by_the_next_only_if_it_is_still_wanted() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        members[0].Broker.Freeze();
        var (given, awaited) = await members[1].DoAsync(() => Task.FromResult((
            members[1].Region.AskAsync<long>(id, new NotesCommand.Add("given up"), TimeSpan.FromSeconds(1)),
            members[1].Region.AskAsync<long>(id, new NotesCommand.Add("awaited"), TimeSpan.FromSeconds(30)))));
        await Assert.ThrowsAsync<AskTimeoutException>(() => given);

        Assert.Equal(1, await awaited);
        Assert.Equal(["awaited"], cluster.Stored(id));
    });

    [Fact]
    public void A_node_that_stood_still_takes_no_shard_on_the_word_of_before() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        // It owns the shard, and has not taken it in the journal: nothing was asked of it.
        var id = cluster.IdOf(members[0]);
        var shard = StableHash.Shard(id, cluster.Shards);
        members[0].Broker.Freeze();
        await members[1].AddAsync(id, "meanwhile");
        Assert.True(members[1].Node.Owns(shard));
        var epoch = await cluster.Store.AcquireAsync(shard);

        members[0].Broker.Thaw();
        var adding = members[0].AddAsync(id, "local");
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(100));

        Assert.Equal(epoch + 1, await cluster.Store.AcquireAsync(shard));
        Assert.False(members[0].Node.Owns(shard));
        try
        {
            await adding;
        }
        catch (JournalException cause)
        {
            Assert.Equal((JournalError.Unavailable, WriteOutcome.NotWritten), (cause.Error, cause.Outcome));
        }

        await cluster.SettledAsync();
        await members[0].AddAsync(id, "useful again");
    });

    [Fact]
    public void A_node_that_stood_still_for_less_than_the_limit_goes_on_with_what_it_has() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        members[0].Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromMilliseconds(100));
        var here = members[0].AddAsync(id, "here");
        var there = members[0].AddAsync(cluster.IdOf(members[1]), "there");

        members[0].Broker.Freeze();
        await simulation.DelayAsync(TimeSpan.FromSeconds(1.7));
        members[0].Broker.Thaw();

        Assert.Equal((1, 1), (await here, await there));
    });

    private static async Task PartAsync(SimulationScheduler simulation, ClusterMember member)
    {
        member.Broker.Cut();
        while (member.Node.IsConnected)
            await simulation.DelayAsync(TimeSpan.FromMilliseconds(100));
    }

    private static async Task AssertNotSentAsync(Task asked, WriteOutcome outcome)
    {
        var failure = await Assert.ThrowsAsync<JournalException>(() => asked);
        Assert.Equal((JournalError.Unavailable, outcome), (failure.Error, failure.Outcome));
        Assert.Contains("stood still", failure.Message, StringComparison.Ordinal);
    }
}
