namespace ActorMemory.Journal.Tests;

/// <summary>Random histories against a model in memory: a list of payloads for each entity and its newest snapshots.</summary>
public abstract class JournalModelConformance(ITestOutputHelper output)
{
    private const int Shards = 4;

    private readonly Dictionary<string, List<string>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<long>> _snapshots = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Opens the store; later calls open the same one again after it was disposed.</summary>
    protected abstract Task<JournalUnderTest> OpenAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_random_history_is_answered_as_the_model_says(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = await OpenAsync();
        try
        {
            for (var step = 0; step < 250; step++)
            {
                switch (random.Next(12))
                {
                    case < 6:
                        await AppendAsync(store, random);
                        break;
                    case 6:
                        await ConflictAsync(store, random);
                        break;
                    case 7:
                        await SaveAsync(store, random);
                        break;
                    case 8 or 9:
                        await RecoverAsync(store, random);
                        break;
                    case 10:
                        await ReadAsync(store, random);
                        break;
                    default:
                        await store.DisposeAsync();
                        store = await OpenAsync();
                        break;
                }
            }

            await RecoverAsync(store, random);
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private async Task AppendAsync(JournalUnderTest store, Random random)
    {
        var batches = new List<AppendBatch>();
        for (var shard = 0; shard < Shards; shard++)
        {
            var batch = new AppendBatch(shard) { RecordedAt = random.Next(1_000_000) };
            for (var i = random.Next(12); i > 0; i--)
                Batches.Add(batch, IdIn(shard, random), 0, "", []);
            batches.Add(Numbered(batch, random));
        }

        await Task.WhenAll(batches.Select(store.Journal.AppendAsync));
        foreach (var batch in batches)
        {
            foreach (var entry in batch.Entries)
            {
                if (!_events.TryGetValue(entry.PersistenceId, out var events))
                    _events[entry.PersistenceId] = events = [];
                events.Add(System.Text.Encoding.UTF8.GetString(batch.PayloadOf(entry)));
            }
        }
    }

    private AppendBatch Numbered(AppendBatch template, Random random)
    {
        var batch = new AppendBatch(template.Shard) { RecordedAt = template.RecordedAt };
        var added = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in template.Entries)
        {
            var number = added[entry.PersistenceId] = added.GetValueOrDefault(entry.PersistenceId, Count(entry.PersistenceId)) + 1;
            var payload = $"{entry.PersistenceId}#{number}" + new string('.', random.Next(random.Next(8) == 0 ? 20_000 : 60));
            Batches.Add(batch, entry.PersistenceId, number, "event.v" + random.Next(3), System.Text.Encoding.UTF8.GetBytes(payload));
        }

        return batch;
    }

    private async Task ConflictAsync(JournalUnderTest store, Random random)
    {
        var shard = random.Next(Shards);
        var id = IdIn(shard, random);
        var wrong = Count(id) + (random.Next(2) == 0 ? 0 : 2);
        var error = await Assert.ThrowsAsync<JournalException>(() => store.Journal.AppendAsync(Batches.Of(shard, (id, wrong, "wrong"))));
        Assert.Equal(JournalError.Conflict, error.Error);
    }

    private async Task SaveAsync(JournalUnderTest store, Random random)
    {
        var known = _events.Keys.Order(StringComparer.Ordinal).ToArray();
        if (known.Length == 0)
            return;
        var id = known[random.Next(known.Length)];
        var number = random.NextInt64(1, Count(id) + 1);
        var snapshot = new EntitySnapshot(id, ShardOf(id), number, "state.v1", System.Text.Encoding.UTF8.GetBytes($"{id}@{number}"));
        await store.Snapshots.SaveSnapshotAsync(snapshot);
        if (!_snapshots.TryGetValue(id, out var kept))
            _snapshots[id] = kept = [];
        kept.Add(number);
        if (kept.Count > 2)
            kept.Remove(kept.Min);
    }

    private async Task RecoverAsync(JournalUnderTest store, Random random)
    {
        var share = random.Next(1, 10);
        var trusting = random.Next(3) > 0;
        var ids = Enumerable.Range(0, Shards).SelectMany(shard => Enumerable.Range(0, 6).Select(i => $"{shard}/{i}"));
        var targets = ids.Where(_ => random.Next(10) < share).Select(id => new RecordingTarget(id, _ => trusting)).ToArray();
        await Task.WhenAll(targets.Chunk(5).Select(chunk => store.Journal.RecoverAsync(chunk)));
        foreach (var target in targets)
        {
            Assert.Null(target.Failure);
            Assert.Equal(Count(target.PersistenceId), target.CompletedAt);
            var snapshots = _snapshots.TryGetValue(target.PersistenceId, out var kept) ? kept.Reverse().ToArray() : [];
            Assert.Equal(trusting ? [.. snapshots.Take(1)] : snapshots, target.Offered.Select(offer => offer.SequenceNumber));
            Assert.All(target.Offered, offer => Assert.Equal($"{target.PersistenceId}@{offer.SequenceNumber}", offer.Payload));
            var from = trusting && snapshots.Length > 0 ? (int)snapshots[0] : 0;
            Assert.Equal(_events.GetValueOrDefault(target.PersistenceId, []).Skip(from), target.Payloads);
        }
    }

    private async Task ReadAsync(JournalUnderTest store, Random random)
    {
        if (store.Reader is not { } reader)
            return;
        var id = IdIn(random.Next(Shards), random);
        var from = random.Next(20);
        var limit = random.Next(1, 40);
        var page = await reader.ReadEntityAsync(id, from, limit);
        var expected = _events.GetValueOrDefault(id, []).Skip(Math.Max(0, from - 1)).Take(limit).ToArray();
        Assert.Equal(expected, page.Select(read => System.Text.Encoding.UTF8.GetString(read.Payload.Span)));

        // The order among shards is the store's choice; once chosen it stays.
        var all = new List<string>();
        IReadOnlyList<JournaledEvent> events;
        while ((events = await reader.ReadAllAsync(all.Count + 1, 100)).Count > 0)
            all.AddRange(events.Select(read => $"{read.PersistenceId}#{read.SequenceNumber}"));
        Assert.Equal(_order, all.Take(_order.Count));
        Assert.Equal(_events.Values.Sum(list => list.Count), all.Count);
        _order.Clear();
        _order.AddRange(all);
    }

    private long Count(string id) => _events.TryGetValue(id, out var events) ? events.Count : 0;

    private static int ShardOf(string id) => id[0] - '0';

    private static string IdIn(int shard, Random random) => $"{shard}/{random.Next(6)}";
}
