using System.Text;

namespace ActorMemory.Journal.Tests;

/// <summary>A journal with random events of a few entities, and what it must say about them whatever is archived.</summary>
internal sealed class ArchivedWorld : IDisposable
{
    public const int Entities = 7;

    private readonly SqliteFolder _folder = new();
    private readonly Random _random;
    private readonly long[] _sequenceNumbers = new long[Entities];
    private long _now = 1_000;

    public ArchivedWorld(int seed) => _random = new Random(seed);

    public List<(long Ordering, string Id, long SequenceNumber, string Payload, long RecordedAt)> Events { get; } = [];

    public string Folder => _folder.Path;

    public string File => _folder.File;

    public string ArchiveFolder => Path.Combine(_folder.Path, "archive");

    public SqliteJournalOptions Options => _folder.Options with
    {
        IndexTail = 1 + _random.Next(300),
        Synchronous = SqliteSynchronous.Normal,
        ArchiveEvents = 1 + _random.Next(200),
    };

    public void Dispose() => _folder.Dispose();

    public static string Entity(int number) => "e" + number;

    public SqliteFolder CopyFiles()
    {
        var copy = _folder.CopyFiles();
        if (Directory.Exists(ArchiveFolder))
        {
            var target = Directory.CreateDirectory(Path.Combine(copy.Path, "archive")).FullName;
            foreach (var file in Directory.GetFiles(ArchiveFolder))
                System.IO.File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return copy;
    }

    public async Task AppendAsync(SqliteJournal journal, int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            var shard = _random.Next(4);
            var batch = new AppendBatch(shard) { RecordedAt = _now += _random.Next(3) };
            var owned = Enumerable.Range(0, Entities).Where(entity => entity % 4 == shard).ToArray();
            for (var count = 1 + _random.Next(6); count > 0; count--)
            {
                var entity = owned[_random.Next(owned.Length)];
                var payload = $"{entity}#{_sequenceNumbers[entity] + 1}" + new string('.', _random.Next(200));
                Batches.Add(batch, Entity(entity), ++_sequenceNumbers[entity], "event.v" + (1 + (entity % 2)), Encoding.UTF8.GetBytes(payload));
                Events.Add((Events.Count + 1, Entity(entity), _sequenceNumbers[entity], payload, _now));
            }

            await journal.AppendAsync(batch);
        }
    }

    /// <summary>Saves snapshots of entities as a node would: their newest state.</summary>
    public async Task SnapshotAsync(SqliteJournal journal, IEnumerable<string> entities)
    {
        foreach (var id in entities)
        {
            var number = int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture);
            if (_sequenceNumbers[number] > 0)
            {
                await journal.SaveSnapshotAsync(new EntitySnapshot(
                    id, number % 4, _sequenceNumbers[number], "state.v1", Encoding.UTF8.GetBytes("state " + _sequenceNumbers[number])));
            }
        }
    }

    /// <summary>Archives and removes up to an event, as a retention run does.</summary>
    public async Task<long> RetainAsync(SqliteJournal journal, long upTo, Func<string, bool>? isHeld = null)
    {
        await journal.ArchiveAsync(upTo, TestContext.Current.CancellationToken);
        await SnapshotAsync(journal, (await journal.BeginRemovalAsync(upTo)).WithoutSnapshot);
        var removal = await journal.BeginRemovalAsync(upTo);
        long removed = 0;
        while (!removal.IsComplete)
            removed += await removal.RemoveSliceAsync(isHeld ?? (static _ => false));
        return removed;
    }

    /// <summary>Asks for everything in every way, and holds it against what was written.</summary>
    public async Task CheckAsync(SqliteJournal journal)
    {
        await CheckReadsAsync(journal);
        var targets = Enumerable.Range(0, Entities).Select(entity => new RecordingTarget(Entity(entity))).ToArray();
        await journal.RecoverAsync(targets);
        targets.ToList().ForEach(CheckRecovered);
        foreach (var target in targets)
            CheckRecovered(await SqliteFolder.RecoverAsync(journal, target.PersistenceId));

        // Without snapshots everything comes from the archives and the journal.
        var all = Enumerable.Range(0, Entities).Select(entity => new RecordingTarget(Entity(entity), static _ => false)).ToArray();
        await journal.RecoverAsync(all);
        foreach (var target in all)
        {
            Assert.Equal(EventsOf(target.PersistenceId), target.Payloads);
            var alone = new RecordingTarget(target.PersistenceId, static _ => false);
            await journal.RecoverAsync([alone]);
            Assert.Equal(target.Payloads, alone.Payloads);
        }
    }

    public async Task CheckReadsAsync(IJournalSource journal)
    {
        Assert.Equal(Events, await ReadAllAsync(journal, 1 + _random.Next(100)));
        Assert.Equal((Events.Count, Events[^1].RecordedAt), (await InfoAsync(journal)));
        for (var entity = 0; entity < Entities; entity++)
        {
            var read = new List<string>();
            IReadOnlyList<JournaledEvent> page;
            while ((page = await journal.ReadEntityAsync(Entity(entity), read.Count + 1, 1 + _random.Next(50))).Count > 0)
                read.AddRange(page.Select(Text));
            Assert.Equal(EventsOf(Entity(entity)), read);
        }

        await CheckStoredAsync(journal);
    }

    public static async Task<List<(long, string, long, string, long)>> ReadAllAsync(IJournalReader journal, int limit = 500)
    {
        var all = new List<(long, string, long, string, long)>();
        IReadOnlyList<JournaledEvent> page;
        while ((page = await journal.ReadAllAsync(all.Count + 1, limit)).Count > 0)
            all.AddRange(page.Select(e => (e.Ordering, e.PersistenceId, e.SequenceNumber, Text(e), e.RecordedAt)));
        return all;
    }

    private string[] EventsOf(string id) => [.. Events.Where(e => e.Id == id).Select(e => e.Payload)];

    private void CheckRecovered(RecordingTarget target)
    {
        Assert.Null(target.Failure);
        var expected = EventsOf(target.PersistenceId);
        var from = (int)(target.Snapshot?.SequenceNumber ?? 0);
        Assert.True(target.Snapshot is not { } snapshot || snapshot.Payload == "state " + from);
        Assert.Equal(expected[from..], target.Payloads);
        Assert.Equal(expected.Length, target.CompletedAt);
    }

    // Every leaf is computed again from what lies on the disk, here or in an archive.
    private async Task CheckStoredAsync(IJournalSource journal)
    {
        using var hash = new CanonicalRowsHash();
        long next = 1;
        while (next <= Events.Count)
        {
            var page = await journal.ReadStoredAsync(next, 100);
            Assert.Empty(page.Strays);
            foreach (var batch in page.Batches)
            {
                Assert.Equal(next, batch.FirstOrdering);
                foreach (var row in batch.Rows)
                {
                    Assert.Null(row.Fault);
                    hash.Add(row.PersistenceId, row.SequenceNumber, row.Manifest, row.Payload.Span);
                }

                var leaf = CanonicalBatch.Leaf(
                    batch.Shard, batch.Number, batch.FirstOrdering, batch.Rows.Count, batch.Rows[0].RecordedAt, hash.Finish());
                Assert.Equal(leaf, batch.Leaf.ToArray());
                next = batch.LastOrdering + 1;
            }
        }
    }

    private static async Task<(long, long?)> InfoAsync(IJournalReader journal)
    {
        var info = await journal.GetInfoAsync();
        return (info.Events, info.LastRecordedAt);
    }

    private static string Text(JournaledEvent read) => Encoding.UTF8.GetString(read.Payload.Span);
}
