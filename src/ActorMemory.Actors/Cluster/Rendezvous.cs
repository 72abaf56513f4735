namespace ActorMemory.Actors;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar, 1998): every node that knows the same names comes to the same owner without talking to the others,
/// and a node that comes or goes moves only the shards that it gains or leaves.
/// </summary>
public static class Rendezvous
{
    /// <summary>The node that should own a shard: the one with the highest hash together with it; null when there is none.</summary>
    public static string? Winner(int shard, IEnumerable<string> nodes)
    {
        string? winner = null;
        ulong highest = 0;
        foreach (var node in nodes)
        {
            var weight = StableHash.Of($"{node}#{shard}");
            if (winner is not null && (weight < highest || (weight == highest && string.CompareOrdinal(node, winner) > 0)))
                continue;
            (winner, highest) = (node, weight);
        }

        return winner;
    }
}
