using System.Text;

namespace ActorMemory.Journal.Tests;

public sealed class SqliteDamageTests(ITestOutputHelper output) : IDisposable
{
    private const int Entities = 10;

    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(20261121, 16)]
    [InlineData(20261122, 100_000)]
    public async Task A_flipped_bit_is_detected_or_harmless(int seed, int indexTail)
    {
        output.WriteLine($"seed {seed}");
        var expected = await FillAsync(indexTail);
        var pristine = await File.ReadAllBytesAsync(_folder.File, TestContext.Current.CancellationToken);
        var random = new Random(seed);
        var detected = 0;
        for (var i = 0; i < 300; i++)
        {
            var place = random.Next(pristine.Length);
            var bit = 1 << random.Next(8);
            pristine[place] ^= (byte)bit;
            using var copy = new SqliteFolder();
            await File.WriteAllBytesAsync(copy.File, pristine, TestContext.Current.CancellationToken);
            pristine[place] ^= (byte)bit;
            detected += await IsDetectedAsync(copy, expected, $"byte {place}, bit {bit}") ? 1 : 0;
        }

        output.WriteLine($"{detected} of 300 flips in {pristine.Length} bytes detected, the others harmless");
        Assert.InRange(detected, 30, 300);
    }

    [Theory]
    [InlineData("UPDATE journal SET payload = x'00' WHERE ordering = 7", 2)]
    [InlineData("UPDATE journal SET recorded_at = recorded_at + 1 WHERE ordering = 7", 2)]
    [InlineData("UPDATE journal SET manifest = 1 WHERE ordering = 7", 2)]
    [InlineData("UPDATE journal SET entity = 1 WHERE ordering = 7", 2)]
    [InlineData("UPDATE journal SET sequence_number = 99 WHERE ordering = 7", 2)]
    [InlineData("UPDATE journal SET crc = crc + 1 WHERE ordering = 30", 5)]
    public async Task A_damaged_event_stops_its_entity_and_no_other(string damage, int entity)
    {
        foreach (var indexTail in (int[])[100_000, 1])
        {
            using var folder = new SqliteFolder();
            var options = folder.Options with { IndexTail = indexTail };
            await using (var journal = await SqliteJournal.OpenAsync(options))
            {
                // Orderings 1..30; entities take turns, so that entity n has the orderings n, n + 5, …
                for (var i = 0; i < 30; i++)
                    await journal.AppendAsync(Batches.Add(new AppendBatch(0), "e" + ((i % 5) + 1), (i / 5) + 1, "event.v" + ((i / 5 % 2) + 1), [1, 2]));
                await journal.ExecuteOnWriterAsync(database => database.Execute(damage));
            }

            await using var again = await SqliteJournal.OpenAsync(options);
            var targets = Enumerable.Range(1, 5).Select(i => new RecordingTarget("e" + i)).ToArray();
            await again.RecoverAsync(targets);
            foreach (var target in targets)
            {
                if (target.PersistenceId != "e" + entity)
                {
                    Assert.Equal(6, target.CompletedAt);
                    continue;
                }

                var error = Assert.IsType<JournalException>(target.Failure);
                Assert.Equal(JournalError.Corrupted, error.Error);
                Assert.Contains(folder.File, error.Message, StringComparison.Ordinal);
                Assert.Contains(target.PersistenceId, error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("DELETE FROM journal WHERE ordering = 30")]
    [InlineData("DELETE FROM journal WHERE ordering = 29")]
    [InlineData("DELETE FROM batch WHERE first_ordering = 29")]
    [InlineData("DELETE FROM batch WHERE first_ordering = 30")]
    [InlineData("DELETE FROM entity WHERE id = 3")]
    [InlineData("UPDATE entity SET persistence_id = 'mallory' WHERE id = 3")]
    [InlineData("UPDATE manifest SET name = 'event.v9' WHERE id = 1")]
    public async Task Missing_or_renamed_rows_keep_the_journal_from_opening(string damage)
    {
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            for (var i = 1; i <= 30; i++)
                await journal.AppendAsync(Batches.Of(0, ("e" + (i % 5), ((i - 1) / 5) + 1, "x")));
            await journal.ExecuteOnWriterAsync(database => database.Execute(damage));
        }

        var error = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(_folder.Options));
        Assert.Equal(JournalError.Corrupted, error.Error);
        Assert.Contains(_folder.File, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("payload = x'00'")]
    [InlineData("payload = NULL")]
    [InlineData("sha256 = zeroblob(32)")]
    [InlineData("sha256 = x'00'")]
    [InlineData("manifest = 'state.v2'")]
    [InlineData("created_at = created_at + 1")]
    public async Task A_damaged_snapshot_falls_back_to_the_older_one_and_then_to_all_events(string damage)
    {
        var skipped = new List<JournalIncident>();
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { OnIncident = skipped.Add });
        for (var i = 1; i <= 6; i++)
            await journal.AppendAsync(Batches.Of(0, ("a", i, "p" + i)));
        await journal.SaveSnapshotAsync(new EntitySnapshot("a", 0, 3, "state.v1", "at 3"u8.ToArray()));
        await journal.SaveSnapshotAsync(new EntitySnapshot("a", 0, 5, "state.v1", "at 5"u8.ToArray()));

        await journal.ExecuteOnWriterAsync(database => database.Execute($"UPDATE snapshot SET {damage} WHERE sequence_number = 5"));
        var older = await SqliteFolder.RecoverAsync(journal, "a");
        Assert.Equal([3], older.Offered.Select(offer => offer.SequenceNumber));
        Assert.Equal(["p4", "p5", "p6"], older.Payloads);

        await journal.ExecuteOnWriterAsync(database => database.Execute($"UPDATE snapshot SET {damage}"));
        var none = await SqliteFolder.RecoverAsync(journal, "a");
        Assert.Empty(none.Offered);
        Assert.Equal(6, none.Events.Count);
        Assert.Equal(3, journal.Metrics.SnapshotsSkipped);
        Assert.All(skipped, incident => Assert.Equal((JournalIncidentKind.SnapshotSkipped, "a"), (incident.Kind, incident.PersistenceId)));
    }

    private async Task<Dictionary<string, string[]>> FillAsync(int indexTail)
    {
        var expected = new Dictionary<string, string[]>(StringComparer.Ordinal);
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { PageSize = 1024, IndexTail = indexTail });
        for (var round = 1; round <= 30; round++)
        {
            var batch = new AppendBatch(0);
            for (var i = 0; i < Entities; i++)
                Batches.Add(batch, "entity-" + i, round, "event.v1", Encoding.UTF8.GetBytes($"{i}#{round}" + new string('.', round * i / 2)));
            await journal.AppendAsync(batch);
            if (round % 10 == 0)
                await journal.SaveSnapshotAsync(new EntitySnapshot("entity-" + (round / 10), 0, round - 3, "state.v1", Encoding.UTF8.GetBytes($"state {round - 3}")));
        }

        for (var i = 0; i < Entities; i++)
            expected["entity-" + i] = [.. Enumerable.Range(1, 30).Select(round => $"{i}#{round}" + new string('.', round * i / 2))];
        return expected;
    }

    /// <summary>True when something was reported; what was answered without a report must be what was written.</summary>
    private static async Task<bool> IsDetectedAsync(SqliteFolder folder, Dictionary<string, string[]> expected, string flip)
    {
        SqliteJournal journal;
        var incidents = 0;
        try
        {
            journal = await SqliteJournal.OpenAsync(folder.Options with { OnIncident = _ => Interlocked.Increment(ref incidents) });
        }
        catch (JournalException)
        {
            return true;
        }

        var detected = false;
        await using (journal)
        {
            var listed = await journal.ListEntitiesAsync(0);
            Assert.True(listed.SequenceEqual(expected.Keys), $"entities differ after {flip}");
            var targets = expected.Keys.Select(id => new RecordingTarget(id)).ToArray();
            await journal.RecoverAsync(targets);
            foreach (var target in targets)
            {
                detected |= target.Failure is not null;
                if (target.Failure is not null)
                    continue;
                var from = (int)(target.Snapshot?.SequenceNumber ?? 0);
                Assert.True(target.Snapshot is not { } snapshot || snapshot.Payload == "state " + from, $"snapshot differs after {flip}");
                Assert.True(target.CompletedAt == 30 && target.Payloads.SequenceEqual(expected[target.PersistenceId].Skip(from)), $"{target.PersistenceId} differs after {flip}");
            }

            foreach (var (id, payloads) in expected)
                detected |= await ReadsOtherwiseAsync(() => journal.ReadEntityAsync(id, 1, 1000), payloads, flip);
            var all = Enumerable.Range(0, 30).SelectMany(round => expected.Values.Select(payloads => payloads[round]));
            detected |= await ReadsOtherwiseAsync(() => journal.ReadAllAsync(1, 1000), [.. all], flip);
        }

        return detected || incidents > 0;
    }

    private static async Task<bool> ReadsOtherwiseAsync(Func<Task<IReadOnlyList<JournaledEvent>>> read, string[] expected, string flip)
    {
        try
        {
            var events = await read();
            Assert.True(events.Select(e => Encoding.UTF8.GetString(e.Payload.Span)).SequenceEqual(expected), $"a read differs after {flip}");
            return false;
        }
        catch (JournalException)
        {
            return true;
        }
    }
}
