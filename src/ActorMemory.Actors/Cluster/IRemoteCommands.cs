namespace ActorMemory.Actors;

/// <summary>The region of one entity type, for commands that come from other nodes.</summary>
internal interface IRemoteCommands
{
    /// <summary>
    /// Gives a command to its entity. Commands that are given one after the other are decided in this order.
    /// </summary>
    /// <param name="shard">The shard to which it was sent.</param>
    /// <param name="command">The command.</param>
    /// <param name="mayBeDone">It may have been given to its entity before: what must not be done twice is not done.</param>
    /// <returns>The entity's answer, or a <see cref="RemoteReply"/> that says why it was not asked.</returns>
    Task<object> ExecuteAsync(int shard, RemoteCommand command, bool mayBeDone);

    /// <summary>Writes an entity's answer.</summary>
    RemoteReply Write(object answer);

    /// <summary>Answers a command that is not done because it comes late: only its sender knows whether it is still wanted, and sends it again if it is.</summary>
    RemoteReply AskBack(RemoteCommand command);

    /// <summary>Commands that wait in front of the shards of this node.</summary>
    int Waiting { get; }

    /// <summary>The shard goes to another node: its entities leave memory.</summary>
    void Release(int shard);
}
