using System.Text.Json;

namespace ActorMemory.Torture.Cluster;

/// <summary>What a node says about its cluster.</summary>
internal static class ClusterView
{
    /// <summary>Whether a node sees so many nodes that all own shards, and no shard without an owner.</summary>
    public static async Task<bool> IsBalancedAsync(HttpClient http, Uri address, int nodes, CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync(new Uri(address, "/v1/cluster"), cancellationToken));
        var owning = json.RootElement.GetProperty("nodes").EnumerateArray()
            .Count(static node => !node.GetProperty("leaving").GetBoolean() && node.GetProperty("shards").GetArrayLength() > 0);
        return owning == nodes && json.RootElement.GetProperty("shards_without_owner").GetArrayLength() == 0;
    }
}
