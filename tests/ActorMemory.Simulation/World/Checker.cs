using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;

namespace ActorMemory.Simulation.World;

/// <summary>
/// Compares what the clients saw with what the journal holds. A list that is only appended to allows one order of its operations alone (the append
/// at 1, reads of length 1, the append at 2, …), so a single pass decides whether the history is linearizable.
/// </summary>
internal sealed class Checker(Plan plan, IWorld world, DatabaseStore store, History history)
{
    /// <param name="living">What the nodes said that went through everything.</param>
    /// <param name="anew">What a node says that knows nothing but what is durable.</param>
    public void Check(FinalAnswers living, FinalAnswers anew)
    {
        CheckKnownTime();
        for (var key = 0; key < plan.Keys; key++)
        {
            var replay = world.Replay(key, store.EventsOf(world.PersistenceIdOf(key)), plan);
            CheckRecords(key, replay.Records);
            CheckAcknowledged(key, replay.Records);
            CheckPosted(key, replay.Records);
            CheckClientOrder(key, replay.Records);
            var reads = ReadsOf(key, replay);
            CheckOrder(key, replay.Records, reads);
            CheckFinal(key, replay, living, "the node that went through everything");
            CheckFinal(key, replay, anew, "a node that starts anew");
            CheckRecovery(key);
        }

        CheckTogether();
        CheckSummary(living.Summary);
        CheckSummary(anew.Summary);
    }

    private void CheckKnownTime()
    {
        for (var index = 1; index < store.Events.Count; index++)
        {
            var (before, after) = (store.Events[index - 1], store.Events[index]);
            Require.That(
                after.RecordedAt >= before.RecordedAt, Promise.KnownTime,
                () => $"event {after.Ordering} was known {before.RecordedAt - after.RecordedAt} ns before the event before it");
        }
    }

    private void CheckRecords(int key, IReadOnlyList<int> records)
    {
        var seen = new HashSet<int>();
        foreach (var number in records)
        {
            Require.That(seen.Add(number), Promise.Once, () => $"key {key} holds record {number} twice: [{string.Join(' ', records)}]");
            Require.That(
                history.Sent.TryGetValue(number, out var sent) && sent.Key == key, Promise.Refused, () => $"key {key} holds record {number}, which nobody sent there");
            Require.That(
                sent.MayBeStored > 0, Promise.Refused, () => $"key {key} holds record {number}, although every node that got it has refused it");
        }
    }

    private void CheckAcknowledged(int key, IReadOnlyList<int> records)
    {
        foreach (var (record, position, _) in history.Acknowledgements)
        {
            if (record.Key != key)
                continue;
            Require.That(
                position == 0 ? records.Contains(record.Number) : position <= records.Count && records[(int)position - 1] == record.Number,
                Promise.Durable,
                () => $"record {record.Number} was acknowledged at {position} of key {key}, but the key holds [{string.Join(' ', records)}]");
        }
    }

    private void CheckPosted(int key, IReadOnlyList<int> records)
    {
        foreach (var record in history.Posted.Where(record => record.Key == key))
        {
            Require.That(
                records.Contains(record.Number), Promise.Durable,
                () => $"record {record.Number} was confirmed by the broker, but key {key} holds [{string.Join(' ', records)}]");
        }
    }

    /// <summary>Copies of a record that its client gave up may arrive at any time later; all others keep the client's order.</summary>
    private void CheckClientOrder(int key, IReadOnlyList<int> records)
    {
        var latest = new Dictionary<int, int>();
        foreach (var number in records)
        {
            var sent = history.Sent[number];
            if (!sent.IsConfirmed)
                continue;
            Require.That(
                latest.GetValueOrDefault(sent.Client, -1) < number, Promise.InOrder,
                () => $"in key {key}, record {number} stands behind {latest[sent.Client]}, which client {sent.Client} sent later");
            latest[sent.Client] = number;
        }
    }

    private void CheckTogether()
    {
        var stored = history.Sent.Values.Select(static sent => sent.Key).Distinct()
            .SelectMany(key => world.Replay(key, store.EventsOf(world.PersistenceIdOf(key)), plan).Records).ToHashSet();
        foreach (var together in history.Together)
        {
            var count = together.Count(record => stored.Contains(record.Number));
            Require.That(
                count == 0 || count == together.Length, Promise.AllOrNone,
                () => $"of the records [{string.Join(' ', together.Select(static record => record.Number))}], which were sent together, {count} are stored");
        }
    }

    /// <summary>The reads of a key with the number of records that each saw; what else they saw is checked here.</summary>
    private List<(int Length, CompletedRead Read)> ReadsOf(int key, KeyReplay replay)
    {
        var reads = new List<(int Length, CompletedRead Read)>();
        foreach (var read in history.Reads)
        {
            if (read.Sight.Key == key)
                reads.Add((LengthOf(read.Sight, replay), read));
        }

        return reads;
    }

    private static int LengthOf(KeySight sight, KeyReplay replay)
    {
        var records = replay.Records;
        var length = sight.Total >= 0 ? sight.Total : sight.Records.Length == 0 ? 0 : IndexOf(records, sight.Records[^1]) + 1;
        var first = length - sight.Records.Length;
        Require.That(
            first >= 0 && length <= records.Count && records.Skip(first).Take(sight.Records.Length).SequenceEqual(sight.Records), Promise.TrueReads,
            () => $"a read showed that {sight}, but the key holds [{string.Join(' ', records)}]");
        Require.That(
            replay.Moments.Any(moment => moment.Total == length && Math.Min(moment.Retained, sight.Window) == sight.Records.Length), Promise.TrueReads,
            () => $"a read showed that {sight}, but the key never retained so many when it had {length} records");
        sight.Details?.Check(replay, length);
        return length;
    }

    private static int IndexOf(IReadOnlyList<int> records, int number)
    {
        for (var index = 0; index < records.Count; index++)
        {
            if (records[index] == number)
                return index;
        }

        return -1;
    }

    /// <summary>No operation may have ended before one began that comes before it.</summary>
    private void CheckOrder(int key, IReadOnlyList<int> records, List<(int Length, CompletedRead Read)> reads)
    {
        var places = new Dictionary<int, int>();
        for (var index = 0; index < records.Count; index++)
            places[records[index]] = index + 1;
        var operations = history.Acknowledgements.Where(ack => ack.Record.Key == key)
            .GroupBy(static ack => ack.Record)
            .Select(acks => (
                Order: 2 * places[acks.Key.Number], acks.Key.Start, End: acks.Min(static ack => ack.End), What: $"the adding of record {acks.Key.Number}"))
            .Concat(reads.Select(static read => (Order: (2 * read.Length) + 1, read.Read.Start, read.Read.End, What: $"a read of {read.Length} records")))
            .GroupBy(static operation => operation.Order)
            .OrderBy(static group => group.Key);
        var (latestStart, latest) = (long.MinValue, "nothing");
        foreach (var group in operations)
        {
            foreach (var operation in group)
            {
                Require.That(
                    operation.End >= latestStart, Promise.FreshReads,
                    () => $"key {key}: {operation.What} ended before {latest} began, which it must have followed");
            }

            foreach (var operation in group.Where(operation => operation.Start > latestStart))
                (latestStart, latest) = (operation.Start, operation.What);
        }
    }

    private void CheckFinal(int key, KeyReplay replay, FinalAnswers answers, string who)
    {
        foreach (var sight in answers.Sights.Where(sight => sight.Key == key))
        {
            var length = LengthOf(sight, replay);
            // A schedule prunes on, and LengthOf has found a moment at which so many were retained.
            Require.That(
                length == replay.Records.Count
                && (plan.PruningSchedule is not null || sight.Records.Length == Math.Min(sight.Window, replay.Moments[^1].Retained)),
                Promise.Replay,
                () => $"{who} says that {sight}, but the replay makes {replay.Records.Count} of it, {replay.Moments[^1].Retained} of them retained");
        }
    }

    private void CheckRecovery(int key)
    {
        var (replayed, continued) = world.Recover(key, store);
        Require.That(replayed.AsSpan().SequenceEqual(continued), Promise.Replay, () => $"key {key} from its snapshot is not what replay makes of it");
    }

    private void CheckSummary(Summary summary)
    {
        Require.That(
            summary.PruningRuns >= Math.Min(history.PruningRuns, 100), Promise.Durable,
            () => $"{history.PruningRuns} runs of pruning were acknowledged, {summary.PruningRuns} are known");
        foreach (var source in history.Sources)
            Require.That(summary.Sources.Contains(source), Promise.Durable, () => $"the import of file {source} was acknowledged, but is not known");
    }
}
