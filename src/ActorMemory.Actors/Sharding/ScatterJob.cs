namespace ActorMemory.Actors;

/// <summary>A command on its way through the entities of one shard.</summary>
internal sealed class ScatterJob<TCommand>(
    TCommand command, IReadOnlyList<string> persistenceIds, IReplyTo<IReadOnlyList<EntityReply>> replyTo)
{
    private readonly List<EntityReply> _replies = new(persistenceIds.Count);
    private int _next;

    /// <summary>Adds the next commands; false when every entity has been asked.</summary>
    public bool TryAddTo(List<EntityCommand<TCommand>> commands, int most)
    {
        var end = Math.Min(persistenceIds.Count, _next + most);
        for (; _next < end; _next++)
        {
            var persistenceId = persistenceIds[_next];
            commands.Add(new EntityCommand<TCommand>(persistenceId, command, new Collector(persistenceId, _replies)));
        }

        return _next < persistenceIds.Count;
    }

    public void Answer() => replyTo.Reply(_replies);

    public void Fail(Exception cause) => replyTo.Fail(cause);

    private sealed class Collector(string persistenceId, List<EntityReply> replies) : IReplyTo<object>
    {
        public void Reply(object reply) => replies.Add(new EntityReply(persistenceId, reply, null));

        public void Fail(Exception cause) => replies.Add(new EntityReply(persistenceId, null, cause));
    }
}
