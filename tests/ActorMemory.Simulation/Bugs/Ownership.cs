using ActorMemory.Actors;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Ledger;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Bugs;

/// <summary>After an outcome that nobody knows, the owner goes on in its old epoch, which lets its late batch through.</summary>
internal sealed record EpochNotTakenAgain : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Holding(database, clock, trace);

    private sealed class Holding(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        private readonly Dictionary<int, long> _taken = [];

        public override async Task<long> AcquireAsync(int shard)
        {
            // Whoever was replaced takes the shard; whoever only does not know goes on.
            var current = Database.Store.EpochOf(shard);
            return _taken.TryGetValue(shard, out var mine) && mine == current ? mine : _taken[shard] = await base.AcquireAsync(shard);
        }
    }
}

/// <summary>A node answers reads from memory without asking whether it still owns the shard.</summary>
internal sealed record ReadsWithoutEpoch : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Trusting(database, clock, trace);

    private sealed class Trusting(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override Task AppendAsync(AppendBatch batch) => batch.Count == 0 ? Task.CompletedTask : base.AppendAsync(batch);
    }
}

/// <summary>A snapshot is taken of what is going to be committed, and the store takes it.</summary>
internal sealed record SnapshotOfUncommittedState : NodeParts
{
    public override DatabaseRules Rules => DatabaseRules.All with { SnapshotsFollowTheJournal = false };

    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Hasty(database, clock, trace);

    private sealed class Hasty(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override async Task AppendAsync(AppendBatch batch)
        {
            foreach (var persistenceId in IdsOf(batch))
            {
                var snapshot = SnapshotAfter(persistenceId, batch);
                Database.Store.SaveSnapshot(snapshot, snapshot.Payload.ToArray());
            }

            await base.AppendAsync(batch);
        }

        private EntitySnapshot SnapshotAfter(string persistenceId, AppendBatch batch)
        {
            var format = new LedgerFormat();
            var state = new LedgerState();
            foreach (var stored in Database.Store.EventsOf(persistenceId))
                format.ReplayEvent(state, stored.Manifest, stored.Payload.Span);
            var sequenceNumber = 0L;
            foreach (ref readonly var entry in batch.Entries)
            {
                if (entry.PersistenceId != persistenceId)
                    continue;
                format.ReplayEvent(state, entry.Manifest, batch.PayloadOf(entry));
                sequenceNumber = entry.SequenceNumber;
            }

            var payload = new System.Buffers.ArrayBufferWriter<byte>();
            var manifest = format.WriteSnapshot(state, payload);
            return new EntitySnapshot(persistenceId, batch.Shard, sequenceNumber, manifest, payload.WrittenMemory);
        }

        private static HashSet<string> IdsOf(AppendBatch batch)
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            foreach (ref readonly var entry in batch.Entries)
                ids.Add(entry.PersistenceId);
            return ids;
        }
    }
}
