namespace ActorMemory.Actors;

/// <summary>An entity type's part in a cluster.</summary>
/// <param name="Node">The node.</param>
/// <param name="Format">How commands and replies of the type travel.</param>
public sealed record ClusterMembership<TCommand>(ClusterNode Node, ICommandFormat<TCommand> Format);
