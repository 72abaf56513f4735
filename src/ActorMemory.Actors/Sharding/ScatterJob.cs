namespace ActorMemory.Actors;

/// <summary>A command on its way through the entities of one shard.</summary>
internal sealed class ScatterJob<TCommand>(TCommand command, IReplyTo<IReadOnlyList<EntityReply>> replyTo)
{
    private string[] _persistenceIds = [];
    private EntityReply[] _replies = [];
    private int _next;

    public void Choose(IEnumerable<string> persistenceIds)
    {
        _persistenceIds = [.. persistenceIds];
        _replies = new EntityReply[_persistenceIds.Length];
    }

    /// <summary>Adds the next commands; false when every entity has been asked.</summary>
    public bool TryAddTo(List<EntityCommand<TCommand>> commands, int most)
    {
        var end = Math.Min(_persistenceIds.Length, _next + most);
        for (; _next < end; _next++)
            commands.Add(new EntityCommand<TCommand>(_persistenceIds[_next], command, new Collector(this, _next)));
        return _next < _persistenceIds.Length;
    }

    public void Answer() => replyTo.Reply(_replies);

    public void Fail(Exception cause) => replyTo.Fail(cause);

    /// <summary>Each answer has its place: failures are known before the commit, replies after it.</summary>
    private sealed class Collector(ScatterJob<TCommand> job, int place) : IReplyTo<object>
    {
        public void Reply(object reply) => job._replies[place] = new EntityReply(job._persistenceIds[place], reply, null);

        public void Fail(Exception cause) => job._replies[place] = new EntityReply(job._persistenceIds[place], null, cause);
    }
}
