namespace ActorMemory.Actors;

/// <summary>The region of one entity type, for commands that come from other nodes.</summary>
internal interface IRemoteCommands
{
    /// <summary>
    /// Gives a command to its entity. Commands that are given one after the other are decided in this order. Never fails: a failure is a reply.
    /// </summary>
    Task<RemoteReply> ExecuteAsync(int shard, RemoteCommand command);

    /// <summary>Commands that wait in front of the shards of this node.</summary>
    int Waiting { get; }

    /// <summary>The shard goes to another node: its entities leave memory.</summary>
    void Release(int shard);
}
