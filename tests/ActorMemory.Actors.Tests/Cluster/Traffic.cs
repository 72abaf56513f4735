using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>Clients of nodes that add a note to some entity, one after the other, and read it back.</summary>
internal sealed class Traffic(SimulationScheduler simulation, NotesCluster cluster, IReadOnlyList<ClusterMember> members)
{
    private readonly SplitMix64 _random = simulation.Random.Fork();
    private readonly List<(string Id, string Note, long Position)> _added = [];

    public List<Exception> Failures { get; } = [];

    public async Task RunAsync(TimeSpan time)
    {
        var end = simulation.Time.Elapsed + time;
        var clients = members.SelectMany((member, number) => Enumerable.Range(0, 2).Select(client => ClientAsync(member, $"{number}.{client}", end))).ToList();
        foreach (var client in clients)
            await client;
    }

    /// <summary>Each acknowledged note is there once, at the place that was named.</summary>
    public void Check()
    {
        Assert.True(_added.Count > 100, $"Only {_added.Count} notes were added.");
        foreach (var (id, note, position) in _added)
            Assert.Equal(note, cluster.Stored(id)[(int)position - 1]);
        foreach (var stored in _added.Select(static added => added.Id).Distinct().Select(cluster.Stored))
            Assert.Equal(stored.Count, stored.Distinct().Count());
    }

    private async Task ClientAsync(ClusterMember member, string name, TimeSpan end)
    {
        for (var n = 0; simulation.Time.Elapsed < end; n++)
        {
            var (id, note) = (cluster.IdIn(_random.Next(cluster.Shards), $"note-{_random.Next(3)}"), $"{name}.{n}");
            try
            {
                _added.Add((id, note, await member.AddAsync(id, note)));
                Assert.Contains(note, (await member.ReadAsync(id)).Split(' '));
            }
            catch (Exception cause)
            {
                Failures.Add(cause);
            }

            await simulation.DelayAsync(_random.UpTo(TimeSpan.FromMilliseconds(30)));
        }
    }
}
