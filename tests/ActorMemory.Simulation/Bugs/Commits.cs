using ActorMemory.Actors;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Ledger;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Bugs;

/// <summary>A database that breaks a rule.</summary>
internal sealed record RulesBroken(Func<DatabaseRules, DatabaseRules> Break) : NodeParts
{
    public override DatabaseRules Rules { get; } = Break(DatabaseRules.All);
}

/// <summary>The sender is told before anything is durable.</summary>
internal sealed record ReplyBeforeCommit : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Eager(database, clock, trace);

    private sealed class Eager(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override Task AppendAsync(AppendBatch batch)
        {
            _ = IgnoreAsync(base.AppendAsync(StoredRequest.Copy(batch)));
            return Task.CompletedTask;
        }

        private static async Task IgnoreAsync(Task append)
        {
            try
            {
                await append;
            }
            catch (JournalException)
            {
                // That nobody is told is the bug.
            }
        }
    }
}

/// <summary>A commit of which nobody knows the outcome is taken for a success.</summary>
internal sealed record UnknownTakenForWritten : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Hopeful(database, clock, trace);

    private sealed class Hopeful(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override async Task AppendAsync(AppendBatch batch)
        {
            try
            {
                await base.AppendAsync(batch);
            }
            catch (JournalException failure) when (failure.Outcome == WriteOutcome.Unknown)
            {
                // Hopefully it was written.
            }
        }
    }
}

/// <summary>A commit of which nobody knows the outcome is tried again, behind whatever is there by now.</summary>
internal sealed record UnknownRetriedWithNewNumbers : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Insistent(database, clock, trace);

    private sealed class Insistent(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override async Task AppendAsync(AppendBatch batch)
        {
            try
            {
                await base.AppendAsync(batch);
            }
            catch (JournalException failure) when (failure.Outcome == WriteOutcome.Unknown)
            {
                await base.AppendAsync(Renumbered(batch));
            }
        }

        private AppendBatch Renumbered(AppendBatch batch)
        {
            var again = new AppendBatch(batch.Shard) { RecordedAt = batch.RecordedAt, Epoch = batch.Epoch };
            var next = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (ref readonly var entry in batch.Entries)
            {
                var number = next.GetValueOrDefault(entry.PersistenceId, Database.Store.EventsOf(entry.PersistenceId).Count) + 1;
                next[entry.PersistenceId] = number;
                var start = again.PayloadBytes;
                System.Buffers.BuffersExtensions.Write(again.Payload, batch.PayloadOf(entry));
                again.Add(entry.PersistenceId, number, entry.Manifest, start);
            }

            return again;
        }
    }
}

/// <summary>After a failed commit the state stays what the commit would have made it.</summary>
internal sealed record StateKeptAfterFailedCommit : NodeParts
{
    private readonly Dictionary<string, LedgerState> _kept = new(StringComparer.Ordinal);

    public override IEventSourcedBehavior<LedgerState, LedgerCommand, int> LedgerBehavior()
    {
        _kept.Clear();
        return new KeepingBehavior(_kept);
    }

    public override IEntityFormat<LedgerState, int> LedgerFormat() => new KeepingFormat(_kept);

    private sealed class KeepingBehavior(Dictionary<string, LedgerState> kept) : BehaviorWrapper
    {
        public override LedgerState Create(string persistenceId)
        {
            if (!kept.TryGetValue(persistenceId, out var state))
                kept.Add(persistenceId, state = base.Create(persistenceId));
            return state;
        }
    }

    private sealed class KeepingFormat(Dictionary<string, LedgerState> kept) : FormatWrapper
    {
        public override void ReplayEvent(LedgerState state, string manifest, ReadOnlySpan<byte> payload)
        {
            if (!state.Positions.ContainsKey(Ledger.LedgerFormat.ReadEvent(payload)))
                base.ReplayEvent(state, manifest, payload);
        }

        public override LedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
        {
            if (kept.TryGetValue(persistenceId, out var state) && state.Records.Count > 0)
                return state;
            return kept[persistenceId] = base.ReadSnapshot(persistenceId, manifest, payload);
        }
    }
}
