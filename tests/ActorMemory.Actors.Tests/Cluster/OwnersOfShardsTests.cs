using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>Nodes come, go in order, die, and freeze; each shard finds its owner, and nothing is lost or done twice.</summary>
public sealed class OwnersOfShardsTests
{
    [Fact]
    public void Shards_spread_to_the_winners_within_seconds_when_a_node_joins_and_when_it_leaves() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation, shards: 16);
        var first = await cluster.JoinAsync("a");
        await cluster.SettledAsync();
        Assert.True(Enumerable.Range(0, 16).All(first.Node.Owns));

        var joined = simulation.Time.Elapsed;
        var second = await cluster.JoinAsync("b");
        await cluster.SettledAsync();
        Assert.InRange(simulation.Time.Elapsed - joined, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(Enumerable.Range(0, 16).Count(second.Node.Owns), 3, 13);

        await second.LeaveAsync();
        await cluster.SettledAsync();
        Assert.True(Enumerable.Range(0, 16).All(first.Node.Owns));
    });

    [Fact]
    public void A_shard_that_comes_back_in_order_is_owned_at_once() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var first = await cluster.JoinAsync("a");
        await cluster.SettledAsync();
        foreach (var shard in Enumerable.Range(0, cluster.Shards))
            await first.AddAsync(cluster.IdIn(shard), "one");
        var second = await cluster.JoinAsync("b");
        await cluster.SettledAsync();
        foreach (var shard in Enumerable.Range(0, cluster.Shards))
            await first.AddAsync(cluster.IdIn(shard), "two");

        await second.LeaveAsync();
        await cluster.SettledAsync();
        foreach (var shard in Enumerable.Range(0, cluster.Shards))
            Assert.Equal(3, await first.AddAsync(cluster.IdIn(shard), "three"));

        // An epoch of before would have been refused, and the shard lost and claimed again.
        await simulation.DelayAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(0, first.Node.Nodes.First(static known => known.Node == "a").Lost);
    });

    [Fact]
    public void A_node_leaves_in_order_under_traffic_and_no_request_fails() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var traffic = new Traffic(simulation, cluster, members);
        var running = traffic.RunAsync(TimeSpan.FromSeconds(3));
        await simulation.DelayAsync(TimeSpan.FromSeconds(0.5));

        await members[0].LeaveAsync();
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        await cluster.JoinAsync("d");

        await running;
        await cluster.SettledAsync();
        Assert.Empty(traffic.Failures);
        traffic.Check();
    });

    [Fact]
    public void What_is_tried_while_the_node_loses_the_shard_goes_on_to_the_next_owner() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b");
        var id = cluster.IdOf(members[0]);
        await members[0].AddAsync(id, "one");

        var leaving = members[0].LeaveAsync();
        var tried = await members[0].DoAsync(() => members[0].Region.TryAsk<long>(id, new NotesCommand.Add("two")) ?? Task.FromResult(0L));

        await leaving;
        Assert.Equal(2, tried);
    });

    [Fact]
    public void When_a_node_dies_the_others_own_its_shards() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var traffic = new Traffic(simulation, cluster, members[1..]);
        var running = traffic.RunAsync(TimeSpan.FromSeconds(4));
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));

        members[0].Broker.Kill();

        await running;
        await cluster.SettledAsync();
        // What was on its way to the dead node is delivered to the next: nobody who may repeat has to know.
        Assert.Empty(traffic.Failures);
        traffic.Check();
    });

    [Fact]
    public void A_frozen_owner_that_wakes_steps_down_is_useful_again_and_nothing_is_lost_or_done_twice() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var id = cluster.IdOf(members[0]);
        await members[1].AddAsync(id, "before");
        members[0].Broker.Freeze();
        // They are delivered to the frozen node, and after its death notice to the next.
        var adding = Enumerable.Range(0, 20).Select(n => members[1 + (n % 2)].AddAsync(id, $"{n}")).ToList();
        foreach (var add in adding)
            await add;
        Assert.Equal(21, cluster.Stored(id).Count);

        members[0].Broker.Thaw();
        await members[1].AddAsync(id, "after");
        await cluster.SettledAsync();

        Assert.Equal(23, await members[0].AddAsync(id, "useful"));
        Assert.Equal("before", cluster.Stored(id)[0]);
        Assert.Equal(cluster.Stored(id).Distinct(), cluster.Stored(id));
        Assert.Equal(["after", "useful"], cluster.Stored(id)[^2..]);
    });

    [Fact]
    public void A_stale_owner_never_takes_the_shard_back_by_its_epoch() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = new List<ClusterMember>();
        // Each command in a message of its own, so that the frozen node holds many.
        foreach (var name in new[] { "a", "b", "c" })
            members.Add(await cluster.JoinAsync(name, static settings => settings with { RequestsInFlight = 20, CommandsPerRequest = 1 }));
        await cluster.SettledAsync();
        var id = cluster.IdOf(members[0]);
        var shard = StableHash.Shard(id, cluster.Shards);
        await members[1].AddAsync(id, "before");
        members[0].Broker.Freeze();
        var adding = Enumerable.Range(0, 20).Select(n => members[1 + (n % 2)].AddAsync(id, $"{n}")).ToList();
        foreach (var add in adding)
            await add;
        // What was sent again meanwhile is worked off as well.
        await simulation.DelayAsync(TimeSpan.FromSeconds(1));
        var owner = members.First(member => member != members[0] && member.Node.Owns(shard));
        var epoch = await cluster.Store.AcquireAsync(shard);

        members[0].Broker.Thaw();
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(100));

        Assert.False(members[0].Node.Owns(shard));
        Assert.Equal(epoch + 1, await cluster.Store.AcquireAsync(shard));
        Assert.True(owner.Node.Owns(shard));
    });

    [Fact]
    public void The_claim_of_a_node_that_died_does_not_keep_its_shard_from_being_served() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation, shards: 1);
        var first = await cluster.JoinAsync("a");
        await cluster.JoinAsync("b");
        await cluster.SettledAsync();
        var owner = cluster.Members.First(static member => member.Node.Owns(0));
        var other = cluster.Members.First(member => member != owner);
        other.Broker.Kill();
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(100));
        var asked = simulation.Time.Elapsed;

        cluster.Broker.Put(0, new ShardClaim(0, other.Node.Name));
        await simulation.DelayAsync(TimeSpan.FromMilliseconds(20));
        await owner.AddAsync(cluster.IdIn(0), "one");
        Assert.Contains(owner.Node.Nodes, known => known.Node == other.Node.Name);

        Assert.InRange(simulation.Time.Elapsed - asked, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.True(first.Node.Owns(0) || owner.Node.Owns(0));
    });

    [Fact]
    public void A_clock_that_jumps_moves_no_shard() => NotesCluster.Run(async simulation =>
    {
        var cluster = new NotesCluster(simulation);
        var members = await cluster.StartAsync("a", "b", "c");
        var log = members[0].Log.Count;

        members[0].JumpClock(TimeSpan.FromHours(1));
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));
        members[0].JumpClock(TimeSpan.FromHours(-1));
        await simulation.DelayAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(log, members[0].Log.Count);
        members[1].Broker.Kill();
        await cluster.SettledAsync();
    });
}
