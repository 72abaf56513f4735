namespace ActorMemory.Journal.Tests;

/// <summary>Edits of every kind, by somebody who may write the file, on a copy of a journal; some compute checksums and leaves again.</summary>
public sealed class TamperTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Seed = 20261121;
    private const int Edits = 1_260;

    private readonly SqliteFolder _folder = new();
    private readonly string _exported = Directory.CreateTempSubdirectory("actormemory-exported-").FullName;
    private byte[] _yesterday = [];
    private byte[] _today = [];
    private long _yesterdaysEnd;

    private string KeyPath => Path.Combine(_exported, "key.pem");

    public async ValueTask InitializeAsync()
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        await FillAsync(key, 0, 120);
        _yesterday = await File.ReadAllBytesAsync(_folder.File);
        await FillAsync(key, 120, 240);
        _today = await File.ReadAllBytesAsync(_folder.File);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        Directory.Delete(_exported, true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_untouched_journal_is_sound_whole_by_shard_and_by_key()
    {
        var whole = await VerifyAsync(_folder.Path, new VerificationOptions { CheckpointFolder = _exported });
        Assert.True(whole.IsSound, whole.Summary);
        Assert.Empty(whole.Remarks);
        Assert.Equal(240, whole.Batches);
        Assert.True(whole.Checkpoints >= 40, whole.Summary);
        Assert.Equal(whole.Events, whole.SignedUpTo);
        var shards = 0L;
        for (var shard = 0; shard < 4; shard++)
            shards += (await VerifyAsync(_folder.Path, new VerificationOptions { Shard = shard })).Events;
        Assert.Equal(whole.Events, shards);
        var key = await VerifyAsync(_folder.Path, new VerificationOptions { PersistenceId = "s1-e1" });
        Assert.True(key.IsSound, key.Summary);
        Assert.InRange(key.Events, 2, whole.Events / 5);
    }

    [Fact]
    public async Task Every_edit_is_found_and_the_first_event_named_is_one_that_was_edited()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var kinds = Tampering.All;
        var counts = new SortedDictionary<string, (int Edits, int Exact)>(StringComparer.Ordinal);
        for (var i = 0; i < Edits; i++)
        {
            var (name, edit) = kinds[i % kinds.Count];
            using var copy = new SqliteFolder();
            await File.WriteAllBytesAsync(copy.File, _today, TestContext.Current.CancellationToken);
            long first;
            using (var database = SqliteDatabase.Open(copy.File, false))
            using (var tampering = new Tampering(database, random))
                first = edit(tampering);
            var report = await VerifyAsync(copy.Path, new VerificationOptions { CheckpointFolder = _exported });

            Assert.False(report.IsSound, $"edit {i}, {name} at event {first}, was missed");
            var found = report.Findings[0];
            Assert.True(
                found.FirstOrdering <= first && first <= found.LastOrdering,
                $"edit {i}, {name} at event {first}, was taken for: {string.Join(" | ", report.Findings.Select(finding => finding.Message))}");
            var known = counts.GetValueOrDefault(name);
            counts[name] = (known.Edits + 1, known.Exact + (found.FirstOrdering == found.LastOrdering ? 1 : 0));
        }

        foreach (var (name, (edits, exact)) in counts)
            output.WriteLine($"{name}: {edits} edits, {exact} named exactly");
        Assert.All(Tampering.Exact, name => Assert.Equal(counts[name].Edits, counts[name].Exact));
    }

    [Fact]
    public async Task Yesterdays_file_in_place_of_todays_is_found_by_the_exported_checkpoints_alone()
    {
        using var copy = new SqliteFolder();
        await File.WriteAllBytesAsync(copy.File, _yesterday, TestContext.Current.CancellationToken);
        Assert.True((await VerifyAsync(copy.Path, new VerificationOptions())).IsSound);

        var report = await VerifyAsync(copy.Path, new VerificationOptions { CheckpointFolder = _exported });

        Assert.Equal((FindingKind.RolledBack, _yesterdaysEnd + 1), (report.Findings[0].Kind, report.Findings[0].FirstOrdering));

        // And so it is after somebody went on writing, even past the old end.
        await using (var journal = await SqliteJournal.OpenAsync(copy.Options))
        {
            for (var i = 0; i < 200; i++)
                await journal.AppendAsync(Batches.Of(i % 4, ($"other-{i}", 1, "x"), ($"more-{i}", 1, "y")));
        }

        var later = await VerifyAsync(copy.Path, new VerificationOptions { CheckpointFolder = _exported });
        Assert.False(later.IsSound);
        Assert.InRange(later.Findings[0].FirstOrdering, 1, _yesterdaysEnd + 10);
        Assert.InRange(_yesterdaysEnd + 1, later.Findings[0].FirstOrdering, later.Findings[0].LastOrdering);
    }

    [Fact]
    public async Task A_forged_checkpoint_and_one_of_another_key_are_told_and_a_missing_key_is_remarked()
    {
        using var copy = new SqliteFolder();
        await File.WriteAllBytesAsync(copy.File, _today, TestContext.Current.CancellationToken);
        using (var database = SqliteDatabase.Open(copy.File, false))
            database.Execute("UPDATE checkpoint SET note = replace(note, 'recorded-at ', 'recorded-at 9') WHERE shard = 2");
        var forged = await VerifyAsync(copy.Path, new VerificationOptions());
        Assert.Contains("shard 2", forged.Findings[0].Message, StringComparison.Ordinal);
        Assert.Contains("its signature does not fit", forged.Findings[0].Message, StringComparison.Ordinal);

        await using var journal = await SqliteJournal.OpenReadOnlyAsync(_folder.Path);
        using var other = CheckpointKey.ReadOrCreate(Path.Combine(copy.Path, "other.pem"));
        using var otherKeys = CheckpointPublicKeys.Of(other);
        var unknown = await JournalVerifier.VerifyAsync(journal, new VerificationOptions { Keys = otherKeys }, TestContext.Current.CancellationToken);
        Assert.Contains("another key", unknown.Findings[0].Message, StringComparison.Ordinal);
        var keyless = await JournalVerifier.VerifyAsync(journal, new VerificationOptions(), TestContext.Current.CancellationToken);
        Assert.True(keyless.IsSound);
        Assert.Contains("no public key", Assert.Single(keyless.Remarks), StringComparison.Ordinal);
    }

    private async Task<VerificationReport> VerifyAsync(string folder, VerificationOptions options)
    {
        using var keys = CheckpointPublicKeys.Read(CheckpointKey.PublicPathOf(KeyPath));
        await using var journal = await SqliteJournal.OpenReadOnlyAsync(folder);
        return await JournalVerifier.VerifyAsync(journal, options with { Keys = keys }, TestContext.Current.CancellationToken);
    }

    // Batches of one to six events, of one to five entities in each of four shards; a checkpoint now and then, and one at the end.
    private async Task FillAsync(CheckpointKey key, int fromBatch, int toBatch)
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 300 });
        await using var checkpointer = await Checkpointer.StartAsync(journal, key, new CheckpointerOptions { ExportFolder = _exported, Every = TimeSpan.FromHours(1), Batches = int.MaxValue });
        var numbers = new Dictionary<string, long>();
        foreach (var journaled in await journal.ReadAllAsync(1, 100_000))
            numbers[journaled.PersistenceId] = journaled.SequenceNumber;
        for (var i = fromBatch; i < toBatch; i++)
        {
            var shard = i * 7 % 4;
            var batch = new AppendBatch(shard) { RecordedAt = 1_000 + (i * 10) };
            for (var n = 0; n <= i * 5 % 6; n++)
            {
                var id = $"s{shard}-e{(i + (n * n)) % 5}";
                var number = numbers[id] = numbers.GetValueOrDefault(id) + 1;
                Batches.Add(batch, id, number, "event.v" + (1 + (i % 2)), System.Text.Encoding.UTF8.GetBytes($"{id}/{number}"));
            }

            await journal.AppendAsync(batch);
            if (i % 23 == 22)
                await checkpointer.CheckpointAsync();
        }

        _yesterdaysEnd = toBatch == 120 ? (await journal.GetInfoAsync()).Events : _yesterdaysEnd;
    }
}
