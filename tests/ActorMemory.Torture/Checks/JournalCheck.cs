using ActorMemory.Journal;
using ActorMemory.Tests.Performance.Wire;
using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Checks;

/// <summary>Reads a whole journal, event by event, and holds it against what the clients were told.</summary>
internal sealed class JournalCheck(int clients, Verdict verdict)
{
    private const int Page = 5_000;
    private const string Added = "performance.records-added.v1";
    private const string Pruned = "performance.records-pruned.v1";

    private readonly SeenRecords _seen = new(clients, verdict);
    private readonly Dictionary<string, long> _sequenceNumbers = [];
    private readonly Dictionary<string, int> _keys = Enumerable.Range(0, Workload.Keys).ToDictionary(Workload.PersistenceIdOf);

    /// <summary>What each key comes to, by the journal alone.</summary>
    public KeyReplay[] Replays { get; } = [.. Enumerable.Range(0, Workload.Keys).Select(static _ => new KeyReplay())];

    public long Events { get; private set; }

    /// <summary>Reads the journal to its end.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="acknowledged">What has to be in it: the number of records of each client and key.</param>
    public async Task RunAsync(IJournalReader journal, long[,] acknowledged)
    {
        var last = 0L;
        var recordedAt = long.MinValue;
        while (await journal.ReadAllAsync(last + 1, Page) is { Count: > 0 } page)
        {
            foreach (var one in page)
            {
                if (one.Ordering != last + 1)
                    verdict.AddOther($"the journal goes from ordering {last} to {one.Ordering}");
                if (one.RecordedAt < recordedAt)
                    verdict.AddOther($"ordering {one.Ordering} was recorded before the one in front of it");
                (last, recordedAt) = (one.Ordering, one.RecordedAt);
                Take(one);
            }
        }

        Events = last;
        _seen.CountLost(acknowledged, "in the journal");
    }

    private void Take(JournaledEvent one)
    {
        var expected = _sequenceNumbers.GetValueOrDefault(one.PersistenceId) + 1;
        if (one.SequenceNumber != expected)
            verdict.AddOther($"{one.PersistenceId} has event {one.SequenceNumber} instead of {expected}");
        _sequenceNumbers[one.PersistenceId] = one.SequenceNumber;
        if (!_keys.TryGetValue(one.PersistenceId, out var key))
            return;

        if (one.Manifest == Added)
            TakeRecords(key, RecordsAdded.Parser.ParseFrom(one.Payload.Span), one.Ordering);
        else if (one.Manifest == Pruned)
            Replays[key].RetainFrom = (long)RecordsPruned.Parser.ParseFrom(one.Payload.Span).RetainFrom;
        else
            verdict.AddOther($"ordering {one.Ordering} is a {one.Manifest}");
    }

    private void TakeRecords(int key, RecordsAdded added, long ordering)
    {
        var replay = Replays[key];
        if ((long)added.FirstRecordNumber != replay.Count + 1 && added.ReturnValue.Count > 0)
            verdict.AddOther($"ordering {ordering} begins with record {added.FirstRecordNumber} of s{key}, which has {replay.Count}");
        if (added.TextIds.Count != added.ReturnValue.Count)
        {
            verdict.AddOther($"ordering {ordering} has {added.ReturnValue.Count} records and {added.TextIds.Count} ids");
            return;
        }

        for (var i = 0; i < added.ReturnValue.Count; i++)
        {
            var win = (added.Flags[i] & 1) != 0;
            _seen.Add(key, added.TextIds[i], added.ReturnValue[i], win, $"ordering {ordering}");
            replay.Add(added.ReturnValue[i], win);
        }

        replay.RetainFrom = Math.Max(replay.RetainFrom, (long)added.RetainFrom);
    }
}

/// <summary>The returns of a key, in order.</summary>
internal sealed class KeyReplay
{
    private readonly List<double> _returns = [];
    private readonly List<bool> _wins = [];

    public long Count => _returns.Count;

    /// <summary>The number of the oldest record that is still retained, from 1.</summary>
    public long RetainFrom { get; set; } = 1;

    public IReadOnlyList<double> Retained => [.. _returns.Skip((int)RetainFrom - 1)];

    public IReadOnlyList<bool> RetainedWins => [.. _wins.Skip((int)RetainFrom - 1)];

    public void Add(double @return, bool win)
    {
        _returns.Add(@return);
        _wins.Add(win);
    }
}
