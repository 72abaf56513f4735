namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>All nodes come to the same owner without talking to each other.</summary>
public sealed class RendezvousTests
{
    private const int Shards = 1024;

    public static TheoryData<int> NodeCounts => [2, 3, 4, 5, 8, 13];

    [Theory]
    [MemberData(nameof(NodeCounts))]
    public void Every_node_wins_about_as_many_shards_as_the_others(int count)
    {
        var nodes = Names(count);

        var won = Winners(nodes).GroupBy(static winner => winner).ToDictionary(static group => group.Key ?? "", static group => group.Count());

        Assert.Equal(count, won.Count);
        Assert.All(won.Values, shards => Assert.InRange(shards, 0.7 * Shards / count, 1.3 * Shards / count));
    }

    [Theory]
    [MemberData(nameof(NodeCounts))]
    public void A_node_that_goes_moves_only_its_own_shards(int count)
    {
        var nodes = Names(count);
        var before = Winners(nodes);
        foreach (var gone in nodes)
        {
            var after = Winners(nodes.Where(node => node != gone));

            Assert.All(Enumerable.Range(0, Shards), shard => Assert.True(before[shard] == gone ? after[shard] != gone : after[shard] == before[shard]));
        }
    }

    [Theory]
    [MemberData(nameof(NodeCounts))]
    public void A_node_that_comes_moves_only_shards_to_itself(int count)
    {
        var before = Winners(Names(count));

        var after = Winners(Names(count).Append("new"));

        Assert.All(Enumerable.Range(0, Shards), shard => Assert.True(after[shard] == before[shard] || after[shard] == "new"));
        Assert.InRange(after.Count(static winner => winner == "new"), 0.7 * Shards / (count + 1), 1.3 * Shards / (count + 1));
    }

    [Fact]
    public void The_order_in_which_nodes_are_named_does_not_matter()
    {
        var nodes = Names(7);

        Assert.Equal(Winners(nodes), Winners(nodes.Reverse()));
    }

    [Fact]
    public void Nobody_wins_where_nobody_is() => Assert.Null(Rendezvous.Winner(3, []));

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(static number => $"node-{number}")];

    private static string?[] Winners(IEnumerable<string> nodes)
    {
        var names = nodes.ToList();
        return [.. Enumerable.Range(0, Shards).Select(shard => Rendezvous.Winner(shard, names))];
    }
}
