namespace ActorMemory.Actors;

/// <summary>Bringing entities into memory: those that a batch misses together, in one read.</summary>
internal sealed partial class Shard<TState, TCommand, TEvent>
{
    private async ValueTask RecoverMissingAsync()
    {
        List<RecoveringEntity<TState, TCommand, TEvent>>? missing = null;
        HashSet<string>? seen = null;
        foreach (var command in _waiting)
        {
            if (_entities.Contains(command.PersistenceId) || !(seen ??= new(StringComparer.Ordinal)).Add(command.PersistenceId))
                continue;
            try
            {
                (missing ??= []).Add(new RecoveringEntity<TState, TCommand, TEvent>(command.PersistenceId, host.Behavior, host.Format));
            }
            catch (Exception cause)
            {
                NotRecovered(command.PersistenceId, cause);
            }
        }

        for (var start = 0; start < missing?.Count; start += host.Settings.RecoveryBatch)
            await RecoverAsync(missing.GetRange(start, Math.Min(host.Settings.RecoveryBatch, missing.Count - start)));
    }

    private async ValueTask RecoverAsync(List<RecoveringEntity<TState, TCommand, TEvent>> missing)
    {
        Exception? failure = null;
        try
        {
            await host.Journal.RecoverAsync(missing).OrTimeout(host.Settings.RecoveryTimeout, Context.System.TimeProvider);
        }
        catch (Exception cause)
        {
            failure = cause;
        }

        foreach (var recovering in missing)
        {
            if (failure is null && recovering.ToEntity() is { } entity)
                Recovered(recovering, entity);
            else
                NotRecovered(recovering.PersistenceId, failure ?? recovering.Failure ?? new InvalidOperationException("no cause given"));
        }
    }

    private void Recovered(RecoveringEntity<TState, TCommand, TEvent> recovering, Entity<TState> entity)
    {
        if (recovering.UnreadableSnapshot is not null)
            Context.System.Log(LogLevel.Warning, Context.Self.Path, recovering.UnreadableSnapshot);
        _entities.Add(entity, host.Behavior.SizeOf(entity.State), Context.Now);
        host.Metrics.Recoveries.Add(1);
        host.Metrics.EntitiesChanged(1, entity.Size);
    }

    private void NotRecovered(string persistenceId, Exception cause)
    {
        host.Metrics.FailedRecoveries.Add(1);
        Context.System.Log(LogLevel.Error, Context.Self.Path, $"{persistenceId} was not recovered: {cause.Message}", cause);
        _unrecoverable[persistenceId] =
            cause as JournalException ?? (Exception)new EntityFailedException(persistenceId, "recovery failed", cause);
    }
}
