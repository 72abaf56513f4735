using ActorMemory.Testing;

namespace ActorMemory.Torture.Cluster;

/// <summary>What stands between each node and the broker where nodes are to be cut off from it.</summary>
internal sealed class BrokerProxies(int brokerPort, int count) : IAsyncDisposable
{
    private readonly LoopbackProxy[] _proxies = [.. Enumerable.Range(0, count).Select(_ => new LoopbackProxy(brokerPort))];

    /// <summary>Where each node reaches the broker.</summary>
    public IReadOnlyList<int> PortsOr(int direct, int nodes) =>
        _proxies.Length > 0 ? [.. _proxies.Select(static proxy => proxy.Port)] : [.. Enumerable.Repeat(direct, nodes)];

    /// <summary>Nothing gets through any more, and nobody is told: as when a network is parted.</summary>
    public void Part(int node) => _proxies[node].Set(ProxyFault.Parted);

    public void Heal(int node)
    {
        // What stood still in a parted network does not arrive when it is whole again: the connections are dead.
        _proxies[node].CutAll();
        _proxies[node].Set(ProxyFault.None);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
    }
}
