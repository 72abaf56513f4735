namespace ActorMemory.Actors;

/// <summary>A living actor, for whoever looks after the system.</summary>
/// <param name="Path">Where it lives.</param>
/// <param name="Kind">The name of its class; empty before its first start.</param>
/// <param name="MailboxCount">How many messages wait.</param>
/// <param name="Restarts">How often it was restarted.</param>
public sealed record ActorDescription(string Path, string Kind, int MailboxCount, int Restarts);
