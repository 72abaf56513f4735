using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>
/// Compares what the clients saw with what is there in the end. A list that is only appended to allows one order of its operations alone (the append
/// at 1, reads of length 1, the append at 2, …), so a single pass decides whether the history is linearizable.
/// </summary>
internal static class Checker
{
    public static void Check(History history, IReadOnlyDictionary<string, string[]> final, InMemoryJournal store)
    {
        foreach (var (entity, records) in final)
        {
            CheckRecords(entity, records, history);
            CheckReads(entity, records, history);
            CheckOrder(entity, history);
            CheckStored(entity, records, store);
        }

        CheckAcknowledged(history, final);
    }

    private static void CheckRecords(string entity, string[] records, History history)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in records)
        {
            Require(seen.Add(id), $"{entity} holds {id} twice");
            Require(history.Sent.TryGetValue(id, out var sent) && sent.Entity == entity, $"{entity} holds {id}, which nobody sent there");
        }

        var acknowledged = history.Acknowledgements.Select(ack => ack.Record.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in records)
        {
            if (history.Sent.TryGetValue(id, out var sent))
                Require(acknowledged.Contains(id) || sent.MayBeStored, $"{entity} holds {id}, of which its client was told that it was not stored");
        }
    }

    private static void CheckAcknowledged(History history, IReadOnlyDictionary<string, string[]> final)
    {
        foreach (var (record, position, _, _) in history.Acknowledgements)
        {
            var records = final[record.Entity];
            Require(
                position <= records.Length && records[position - 1] == record.Id,
                $"{record.Id} was acknowledged at {position} of {record.Entity} but is not there");
        }

        // Copies of a record that its client gave up may arrive at any time later; all others keep the client's order.
        foreach (var client in history.Acknowledgements.Where(ack => ack.Record.IsConfirmed).GroupBy(ack => (ack.Record.Client, ack.Record.Entity)))
        {
            var last = 0L;
            foreach (var ack in client.OrderBy(ack => ack.Record.Number).DistinctBy(ack => ack.Record.Number))
            {
                Require(ack.Position > last, $"{ack.Record.Id} stands before an earlier record of its client");
                last = ack.Position;
            }
        }
    }

    private static void CheckReads(string entity, string[] records, History history)
    {
        foreach (var read in history.Reads.Where(read => read.Entity == entity))
        {
            Require(
                read.Records.Length <= records.Length && read.Records.AsSpan().SequenceEqual(records.AsSpan(0, read.Records.Length)),
                $"a read of {entity} saw [{string.Join(' ', read.Records)}], which is no beginning of [{string.Join(' ', records)}]");
        }
    }

    /// <summary>No operation may have ended before one began that comes before it.</summary>
    private static void CheckOrder(string entity, History history)
    {
        var operations = history.Acknowledgements.Where(ack => ack.Record.Entity == entity)
            .GroupBy(ack => ack.Position)
            .Select(acks => (Key: 2 * acks.Key, Start: acks.First().Record.Start, End: acks.Min(ack => ack.End), What: $"the append at {acks.Key}"))
            .Concat(history.Reads.Where(read => read.Entity == entity)
                .Select(read => (Key: (2L * read.Records.Length) + 1, read.Start, read.End, What: $"a read of {read.Records.Length} records")))
            .GroupBy(operation => operation.Key)
            .OrderBy(group => group.Key);
        var (latestStart, latest) = (long.MinValue, "nothing");
        foreach (var group in operations)
        {
            foreach (var operation in group)
                Require(operation.End >= latestStart, $"{entity}: {operation.What} ended before {latest} began, which it must have followed");
            foreach (var operation in group.Where(operation => operation.Start > latestStart))
                (latestStart, latest) = (operation.Start, operation.What);
        }
    }

    private static void CheckStored(string entity, string[] records, InMemoryJournal store)
    {
        var replayed = Recovered(entity, store, withSnapshots: false);
        var continued = Recovered(entity, store, withSnapshots: true);
        Require(replayed.Records.SequenceEqual(records), $"the replay of {entity} is not what its node answers");
        Require(BytesOf(replayed).SequenceEqual(BytesOf(continued)), $"{entity} from its snapshot is not what replay makes of it");
        var events = store.EventsOf(entity);
        for (var index = 0; index < events.Count; index++)
        {
            Require(events[index].SequenceNumber == index + 1, $"{entity} has a hole before {events[index].SequenceNumber}");
            Require(index == 0 || events[index].RecordedAt >= events[index - 1].RecordedAt, $"the known time of {entity} runs backwards");
        }
    }

    private static LedgerState Recovered(string entity, InMemoryJournal store, bool withSnapshots)
    {
        var target = new Target(entity, withSnapshots);
        var recovery = store.RecoverAsync([target]);
        Require(recovery.IsCompletedSuccessfully, "the store in memory completes at once");
        return target.State;
    }

    private static byte[] BytesOf(LedgerState state)
    {
        var output = new ArrayBufferWriter<byte>();
        new LedgerFormat().WriteSnapshot(state, output);
        return output.WrittenSpan.ToArray();
    }

    private static void Require(bool condition, string violation)
    {
        if (!condition)
            throw new ViolationException(violation);
    }

    private sealed class Target(string persistenceId, bool withSnapshots) : IRecoveryTarget
    {
        private readonly LedgerFormat _format = new();

        public string PersistenceId { get; } = persistenceId;

        public LedgerState State { get; private set; } = new();

        public bool OfferSnapshot(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
        {
            if (withSnapshots)
                State = _format.ReadSnapshot(PersistenceId, manifest, payload);
            return withSnapshots;
        }

        public void ReplayEvent(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload) => _format.ReplayEvent(State, manifest, payload);

        public void RecoveryCompleted(long sequenceNumber)
        {
            // What was replayed is compared by its content.
        }

        public void RecoveryFailed(Exception cause) => throw new ViolationException($"{PersistenceId} cannot be recovered: {cause.Message}");
    }
}

/// <summary>A promise was broken.</summary>
internal sealed class ViolationException(string message) : Exception(message);
