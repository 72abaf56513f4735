namespace ActorMemory.Actors;

/// <summary>An entity type's part in a cluster.</summary>
/// <param name="Node">The node.</param>
/// <param name="Format">How commands and replies of the type travel.</param>
public sealed record ClusterMembership<TCommand>(ClusterNode Node, ICommandFormat<TCommand> Format);

/// <summary>Ways into a cluster.</summary>
public static class ClusterMemberships
{
    /// <summary>The part of an entity type in a cluster; null when the node is alone.</summary>
    public static ClusterMembership<TCommand>? Join<TCommand>(this ClusterNode? node, ICommandFormat<TCommand> format) =>
        node is null ? null : new ClusterMembership<TCommand>(node, format);
}
