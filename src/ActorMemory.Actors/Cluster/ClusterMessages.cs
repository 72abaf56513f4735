namespace ActorMemory.Actors;

/// <summary>What nodes send each other. The broker's adapter writes it as a versioned Protobuf envelope.</summary>
public abstract record ShardMessageBody;

/// <summary>Commands for entities of one shard, gathered by their sender; decided in this order.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="CorrelationId">Comes back with the answer.</param>
/// <param name="ReplyTo">Where the answer goes; null where nobody waits. The adapter fills it in when the request is delivered.</param>
/// <param name="Sender">The node that asks.</param>
/// <param name="Commands">The commands.</param>
public sealed record ShardRequest(int Shard, long CorrelationId, string? ReplyTo, string Sender, IReadOnlyList<RemoteCommand> Commands)
    : ShardMessageBody;

/// <summary>A command for one entity, as bytes.</summary>
/// <param name="TypeName">The entity type, such as <c>performance</c>.</param>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Manifest">Names the command's type and version.</param>
/// <param name="Payload">The command.</param>
public sealed record RemoteCommand(string TypeName, string PersistenceId, string Manifest, ReadOnlyMemory<byte> Payload);

/// <summary>The answers to the commands of a request, in their order.</summary>
/// <param name="CorrelationId">That of the request.</param>
/// <param name="Responder">The node that answers.</param>
/// <param name="Replies">One for each command.</param>
public sealed record ShardReply(long CorrelationId, string Responder, IReadOnlyList<RemoteReply> Replies) : ShardMessageBody;

/// <summary>What became of one command: the entity's answer, or a failure.</summary>
/// <param name="Manifest">Names the answer's type and version; empty for a failure.</param>
/// <param name="Payload">The answer.</param>
/// <param name="Failure">The failure; null when the entity answered.</param>
public sealed record RemoteReply(string Manifest, ReadOnlyMemory<byte> Payload, RemoteFailure? Failure = null);

/// <summary>Why a command was not answered by its entity.</summary>
/// <param name="Kind">What kind of failure.</param>
/// <param name="Error">The error of a <see cref="RemoteFailureKind.Journal"/> failure; why an entity could not be recovered.</param>
/// <param name="Outcome">Whether something may be written.</param>
/// <param name="Message">For people.</param>
public sealed record RemoteFailure(RemoteFailureKind Kind, JournalError Error, WriteOutcome Outcome, string Message);

/// <summary>Kinds of failures that travel between nodes; numbers are never used again.</summary>
public enum RemoteFailureKind
{
    /// <summary>Anything else.</summary>
    Other = 0,

    /// <summary>A <see cref="JournalException"/>.</summary>
    Journal = 1,

    /// <summary>An <see cref="EntityFailedException"/>.</summary>
    Entity = 2,

    /// <summary>An <see cref="EntityLimitException"/>.</summary>
    EntityLimit = 3,

    /// <summary>The node that was asked directly does not own the shard: ask its queue.</summary>
    NotOwner = 4,

    /// <summary>The owner does not know the entity type, command or version.</summary>
    NotUnderstood = 5,
}

/// <summary>
/// A node wants a shard. Whoever is the shard's active consumer gets it: the node itself then knows that it is the owner; another one hands over.
/// </summary>
/// <param name="Shard">The shard.</param>
/// <param name="Node">The node that wants it.</param>
public sealed record ShardClaim(int Shard, string Node) : ShardMessageBody;

/// <summary>What a node tells all others every second, and when something changes.</summary>
/// <param name="Node">Its name, unique in the cluster.</param>
/// <param name="Address">Where messages to it go.</param>
/// <param name="Version">The version of its envelope.</param>
/// <param name="IsLeaving">It wants no shards: it stops, or only sends commands.</param>
/// <param name="Shards">The shards that it owns.</param>
/// <param name="Waiting">Commands that wait in front of its shards.</param>
/// <param name="HandedOver">How many shards it has handed over in order since its start.</param>
/// <param name="Lost">How many shards it has lost (fenced, or the connection went) since its start.</param>
public sealed record NodeAnnouncement(
    string Node, string Address, int Version, bool IsLeaving, IReadOnlyList<int> Shards, long Waiting, long HandedOver, long Lost);
