namespace ActorMemory.Actors;

/// <summary>What the members of a cluster tell.</summary>
internal abstract record MembersMessage
{
    public sealed record Tick : MembersMessage;

    public sealed record Announced(NodeAnnouncement Announcement) : MembersMessage;

    /// <summary>What this node owns has changed: the others should know soon.</summary>
    public sealed record Changed : MembersMessage;

    public sealed record AnnounceNow : MembersMessage;
}

/// <summary>
/// Knows the nodes by their announcements, and claims the shards that this node should own. When the nodes agree on who is there, they agree on who
/// should own what; until then a shard may move once too often, which costs milliseconds and loses nothing.
/// </summary>
internal sealed class ClusterMembers(ClusterNode node) : Actor<MembersMessage>
{
    private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, (NodeAnnouncement Announcement, TimeSpan HeardAt)> _nodes = new(StringComparer.Ordinal);
    private readonly TimeSpan?[] _claimedAt = new TimeSpan?[node.ShardCount];
    private string _view = "";
    private TimeSpan _changedAt;

    protected internal override ValueTask PreStartAsync()
    {
        _changedAt = Now;
        Context.Timers.StartPeriodic("tick", new MembersMessage.Tick(), node.Settings.AnnounceEvery / 4);
        Context.Timers.StartPeriodic("announce", new MembersMessage.AnnounceNow(), node.Settings.AnnounceEvery);
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask ReceiveAsync(MembersMessage message)
    {
        switch (message)
        {
            case MembersMessage.Announced announced:
                Heard(announced.Announcement);
                break;
            case MembersMessage.Tick:
                Forget();
                Claim();
                break;
            case MembersMessage.Changed:
                if (!Context.Timers.IsActive("soon"))
                    Context.Timers.StartSingle("soon", new MembersMessage.AnnounceNow(), s_soon);
                break;
            case MembersMessage.AnnounceNow:
                node.Broker.Announce(node.Self);
                break;
        }

        return ValueTask.CompletedTask;
    }

    private void Heard(NodeAnnouncement announcement)
    {
        _nodes[announcement.Node] = (announcement, Now);
        Publish();
    }

    private void Forget()
    {
        var oldest = Now - node.Settings.NodeTimeout;
        var silent = _nodes.Where(pair => pair.Value.HeardAt < oldest).Select(static pair => pair.Key).ToList();
        foreach (var name in silent)
        {
            _nodes.Remove(name);
            Context.System.Log(LogLevel.Warning, Context.Self.Path, $"Node {name} was not heard of for {node.Settings.NodeTimeout.TotalSeconds:0.#} s.");
        }

        if (silent.Count > 0)
            Publish();
    }

    private void Publish()
    {
        node.Publish([.. _nodes.Values.Select(static seen => seen.Announcement).OrderBy(static known => known.Node, StringComparer.Ordinal)]);
        var view = string.Join('\n', Candidates());
        if (view == _view)
            return;
        (_view, _changedAt) = (view, Now);
        Context.System.Log(LogLevel.Information, Context.Self.Path, $"The nodes are now: {view.Replace("\n", ", ", StringComparison.Ordinal)}.");
    }

    private IEnumerable<string> Candidates() =>
        _nodes.Values.Where(static seen => !seen.Announcement.IsLeaving).Select(static seen => seen.Announcement.Node).Order(StringComparer.Ordinal);

    private void Claim()
    {
        var now = Now;
        if (node.IsLeaving || !node.IsConnected || now - _changedAt < node.Settings.Settle || !_nodes.ContainsKey(node.Name))
            return;
        var candidates = Candidates().ToList();
        for (var shard = 0; shard < _claimedAt.Length; shard++)
        {
            if (node.Owns(shard) || now - _claimedAt[shard] < node.Settings.ClaimAgainAfter || Rendezvous.Winner(shard, candidates) != node.Name)
                continue;
            _claimedAt[shard] = now;
            _ = ClaimAsync(shard);
        }
    }

    private async Task ClaimAsync(int shard)
    {
        try
        {
            await node.Broker.PublishAsync(shard, new ShardClaim(shard, node.Name));
        }
        catch (BrokerException)
        {
            // It is made again.
        }
    }

    /// <summary>Not the wall clock, which jumps: all nodes would be gone, or none ever.</summary>
    private TimeSpan Now => Context.System.TimeProvider.GetElapsedTime(0);
}
