namespace ActorMemory.Torture.Clients;

/// <summary>Where the nodes are at the moment.</summary>
internal sealed class NodeAddresses
{
    private volatile Uri[] _addresses = [new("http://127.0.0.1:9")];

    /// <summary>All nodes.</summary>
    public IReadOnlyList<Uri> All
    {
        set => _addresses = [.. value];
    }

    /// <summary>Where a client sends: to its own node, and after each failure to the next.</summary>
    public Uri Of(int client, int failures)
    {
        var addresses = _addresses;
        return addresses[(client + failures) % addresses.Length];
    }
}
