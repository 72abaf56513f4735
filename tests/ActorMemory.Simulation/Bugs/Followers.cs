using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Portfolio;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.World;
using ActorMemory.Wire;

namespace ActorMemory.Simulation.Bugs;

/// <summary>A provider does not store which trade counted last: what is scored again after it was recovered counts again.</summary>
internal sealed record ProviderScoredTwice : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Rewriting(database, clock, trace);

    private sealed class Rewriting(SimulatedDatabase database, TimeProvider clock, Trace? trace) : PayloadRewriter(database, clock, trace)
    {
        protected override void Rewrite(string persistenceId, string manifest, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
        {
            if (manifest != ProviderFormat.ScoredManifest)
            {
                output.Write(payload);
                return;
            }

            var scored = ProtobufMessage.Read(ProviderTotalsMessage.Parser, payload);
            scored.Cursor = 0;
            ProtobufMessage.Write(scored, output);
        }
    }
}

/// <summary>The weights store the cursor from before the event that they have taken: after a recovery they take it again.</summary>
internal sealed record WeightsTakeAgain : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Rewriting(database, clock, trace);

    private sealed class Rewriting(SimulatedDatabase database, TimeProvider clock, Trace? trace) : PayloadRewriter(database, clock, trace)
    {
        protected override void Rewrite(string persistenceId, string manifest, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
        {
            if (manifest != WeightsFormat.TakenManifest)
            {
                output.Write(payload);
                return;
            }

            var taken = ProtobufMessage.Read(BookTakenMessage.Parser, payload);
            taken.Cursor--;
            ProtobufMessage.Write(taken, output);
        }
    }
}

/// <summary>The snapshot of a book does not hold the ids that are known.</summary>
internal sealed record BookForgetsIds : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Forgetful(database, clock, trace);

    private sealed class Forgetful(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override Task SaveSnapshotAsync(EntitySnapshot snapshot)
        {
            if (!BookBehavior.IsBook(snapshot.PersistenceId))
                return base.SaveSnapshotAsync(snapshot);
            var state = ProtobufMessage.Read(BookStateMessage.Parser, snapshot.Payload.Span);
            state.Known = null;
            var payload = new ArrayBufferWriter<byte>();
            ProtobufMessage.Write(state, payload);
            return base.SaveSnapshotAsync(snapshot with { Payload = payload.WrittenMemory });
        }
    }
}

/// <summary>The indexer does not wait until vectors are stored before it says that it is further.</summary>
internal sealed record IndexedBeforeStored : NodeParts
{
    public override DatabaseConnection Connect(SimulatedDatabase database, TimeProvider clock, Trace? trace) => new Hasty(database, clock, trace);

    private sealed class Hasty(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
    {
        public override Task AppendAsync(AppendBatch batch)
        {
            foreach (ref readonly var entry in batch.Entries)
            {
                if (!entry.PersistenceId.StartsWith("vectors|", StringComparison.Ordinal))
                    return base.AppendAsync(batch);
            }

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
