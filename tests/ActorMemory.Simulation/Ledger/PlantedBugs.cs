using System.Buffers;
using System.Text;
using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>The sender is told before anything is durable.</summary>
internal sealed record ReplyBeforeCommit : NodeParts
{
    public override IJournal Journal(FaultyJournal journal) => new EagerJournal(journal);

    private sealed class EagerJournal(FaultyJournal journal) : JournalWrapper(journal)
    {
        public override Task AppendAsync(AppendBatch batch)
        {
            var copy = new AppendBatch(batch.Shard) { RecordedAt = batch.RecordedAt };
            foreach (var entry in batch.Entries)
            {
                var start = copy.PayloadBytes;
                copy.Payload.Write(batch.PayloadOf(entry));
                copy.Add(entry.PersistenceId, entry.SequenceNumber, entry.Manifest, start);
            }

            _ = IgnoreAsync(base.AppendAsync(copy));
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
    public override IJournal Journal(FaultyJournal journal) => new HopefulJournal(journal);

    private sealed class HopefulJournal(FaultyJournal journal) : JournalWrapper(journal)
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

/// <summary>A record that is sent again is stored again.</summary>
internal sealed record NoDedupe : NodeParts
{
    public override IEventSourcedBehavior<LedgerState, LedgerCommand, string> Behavior() => new ForgetfulBehavior();

    private sealed class ForgetfulBehavior : BehaviorWrapper
    {
        public override Decision<string> Decide(LedgerState state, LedgerCommand command, in CommandContext context) =>
            command is LedgerCommand.Append append
                ? Decision.Persist(append.RecordId, state.Records.Count + 1L)
                : base.Decide(state, command, context);
    }
}

/// <summary>A snapshot holds the records but not the ids that are known.</summary>
internal sealed record IdsNotInSnapshot : NodeParts
{
    public override IEntityFormat<LedgerState, string> Format() => new FormatWithoutIds();

    private sealed class FormatWithoutIds : FormatWrapper
    {
        public override string WriteSnapshot(LedgerState state, IBufferWriter<byte> output)
        {
            output.Write(Encoding.UTF8.GetBytes(string.Join('\n', state.Records)));
            return "ledger.v1";
        }
    }
}

/// <summary>After a failed commit the state stays what the commit would have made it.</summary>
internal sealed record StateKeptAfterFailedCommit : NodeParts
{
    private readonly Dictionary<string, LedgerState> _kept = new(StringComparer.Ordinal);

    public override IEventSourcedBehavior<LedgerState, LedgerCommand, string> Behavior()
    {
        _kept.Clear();
        return new KeepingBehavior(_kept);
    }

    public override IEntityFormat<LedgerState, string> Format() => new KeepingFormat(_kept);

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
            if (!state.Positions.ContainsKey(Encoding.UTF8.GetString(payload)))
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

/// <summary>A torn snapshot is trusted, since its checksum is made of what was written and not of what was meant.</summary>
internal sealed record SnapshotWithoutChecksum : NodeParts
{
    public override ISnapshotStore Snapshots(FaultyJournal journal) => new TornSnapshots(journal);

    private sealed class TornSnapshots(FaultyJournal journal) : ISnapshotStore
    {
        private int _saved;

        public Task SaveSnapshotAsync(EntitySnapshot snapshot) => journal.Store.SaveSnapshotAsync(
            ++_saved % 3 > 0 ? snapshot : snapshot with { Payload = snapshot.Payload[..(snapshot.Payload.Length / 2)] });
    }
}

internal abstract class JournalWrapper(FaultyJournal journal) : IJournal
{
    public virtual Task<long> AcquireAsync(int shard) => journal.AcquireAsync(shard);

    public virtual Task AppendAsync(AppendBatch batch) => journal.AppendAsync(batch);

    public Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets) => journal.RecoverAsync(targets);

    public Task<IReadOnlyList<string>> ListEntitiesAsync(int shard) => journal.ListEntitiesAsync(shard);
}

internal abstract class BehaviorWrapper : IEventSourcedBehavior<LedgerState, LedgerCommand, string>
{
    private readonly LedgerBehavior _behavior = new();

    public virtual LedgerState Create(string persistenceId) => _behavior.Create(persistenceId);

    public virtual Decision<string> Decide(LedgerState state, LedgerCommand command, in CommandContext context) =>
        _behavior.Decide(state, command, context);

    public void Apply(LedgerState state, string @event) => _behavior.Apply(state, @event);

    public long SizeOf(LedgerState state) => _behavior.SizeOf(state);
}

internal abstract class FormatWrapper : IEntityFormat<LedgerState, string>
{
    private readonly LedgerFormat _format = new();

    public string WriteEvent(string @event, IBufferWriter<byte> output) => _format.WriteEvent(@event, output);

    public virtual void ReplayEvent(LedgerState state, string manifest, ReadOnlySpan<byte> payload) => _format.ReplayEvent(state, manifest, payload);

    public virtual string WriteSnapshot(LedgerState state, IBufferWriter<byte> output) => _format.WriteSnapshot(state, output);

    public virtual LedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload) =>
        _format.ReadSnapshot(persistenceId, manifest, payload);
}
