using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Ledger;

namespace ActorMemory.Simulation.Bugs;

internal abstract class BehaviorWrapper : IEventSourcedBehavior<LedgerState, LedgerCommand, int>
{
    private readonly LedgerBehavior _behavior = new();

    public virtual LedgerState Create(string persistenceId) => _behavior.Create(persistenceId);

    public virtual Decision<int> Decide(LedgerState state, LedgerCommand command, in CommandContext context) =>
        _behavior.Decide(state, command, context);

    public virtual void Apply(LedgerState state, int @event) => _behavior.Apply(state, @event);

    public long SizeOf(LedgerState state) => _behavior.SizeOf(state);
}

internal abstract class FormatWrapper : IEntityFormat<LedgerState, int>
{
    private readonly LedgerFormat _format = new();

    public string WriteEvent(int @event, IBufferWriter<byte> output) => _format.WriteEvent(@event, output);

    public virtual void ReplayEvent(LedgerState state, string manifest, ReadOnlySpan<byte> payload) => _format.ReplayEvent(state, manifest, payload);

    public virtual string WriteSnapshot(LedgerState state, IBufferWriter<byte> output) => _format.WriteSnapshot(state, output);

    public virtual LedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload) =>
        _format.ReadSnapshot(persistenceId, manifest, payload);
}

/// <summary>Writes other events than those that were decided: what a memory with a defect would have written.</summary>
internal abstract class PayloadRewriter(SimulatedDatabase database, TimeProvider clock, Trace? trace) : DatabaseConnection(database, clock, trace)
{
    public override Task AppendAsync(AppendBatch batch)
    {
        var rewritten = new AppendBatch(batch.Shard) { RecordedAt = batch.RecordedAt, Epoch = batch.Epoch };
        foreach (ref readonly var entry in batch.Entries)
        {
            var start = rewritten.PayloadBytes;
            Rewrite(entry.PersistenceId, entry.Manifest, batch.PayloadOf(entry), rewritten.Payload);
            rewritten.Add(entry.PersistenceId, entry.SequenceNumber, entry.Manifest, start);
        }

        return base.AppendAsync(rewritten);
    }

    protected abstract void Rewrite(string persistenceId, string manifest, ReadOnlySpan<byte> payload, IBufferWriter<byte> output);
}

/// <summary>The same for the events of the performance memory.</summary>
internal abstract class EventRewriter(SimulatedDatabase database, TimeProvider clock, Trace? trace) : PayloadRewriter(database, clock, trace)
{
    protected override void Rewrite(string persistenceId, string manifest, ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        if (PerformanceKey.TryFromPersistenceId(persistenceId, out var key))
            new PerformanceFormat().WriteEvent(Rewrite(persistenceId, PerformanceFormat.ReadEvent(key, manifest, payload)), output);
        else
            output.Write(payload);
    }

    protected abstract PerformanceEvent Rewrite(string persistenceId, PerformanceEvent @event);
}
