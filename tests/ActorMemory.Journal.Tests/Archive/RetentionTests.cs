namespace ActorMemory.Journal.Tests;

public sealed class RetentionTests(ITestOutputHelper output)
{
    private static readonly string[] s_steps = ["page written", "file written", "file renamed", "read back", "listed"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Archives_and_what_is_left_are_the_full_history()
    {
        var first = Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + 25; seed++)
        {
            output.WriteLine($"seed {seed}");
            using var world = new ArchivedWorld(seed);
            var random = new Random(seed);
            for (var round = 0; round < 3; round++)
            {
                await using (var journal = await SqliteJournal.OpenAsync(world.Options))
                {
                    await world.AppendAsync(journal, 20 + random.Next(80));
                    var held = ArchivedWorld.Entity(random.Next(ArchivedWorld.Entities));
                    var upTo = await journal.FindArchivableAsync(null, random.Next(world.Events.Count + 1));
                    await world.RetainAsync(journal, upTo, id => id == held);
                    await world.CheckAsync(journal);
                }

                await using (var reader = await SqliteJournal.OpenReadOnlyAsync(world.Folder))
                    await world.CheckReadsAsync(reader);
                await using var again = await SqliteJournal.OpenAsync(world.Options);
                await world.CheckAsync(again);
            }
        }
    }

    [Fact]
    public async Task Everything_can_go_and_the_journal_goes_on()
    {
        using var world = new ArchivedWorld(1);
        await using (var journal = await SqliteJournal.OpenAsync(world.Options))
        {
            await world.AppendAsync(journal, 50);
            Assert.Equal(world.Events.Count, await world.RetainAsync(journal, world.Events.Count));
            Assert.Equal(0, CountRows(world));
        }

        await using (var reader = await SqliteJournal.OpenReadOnlyAsync(world.Folder))
            await world.CheckReadsAsync(reader);
        await using var again = await SqliteJournal.OpenAsync(world.Options);
        await world.CheckAsync(again);
        await world.AppendAsync(again, 20);
        await world.CheckAsync(again);
    }

    [Theory]
    [InlineData(null, 0L, 30L)]
    [InlineData(null, 7L, 23L)]
    [InlineData(null, 8L, 20L)]
    [InlineData(null, 1000L, 0L)]
    [InlineData(60L, null, 15L)]
    [InlineData(61L, null, 18L)]
    [InlineData(1L, null, 0L)]
    [InlineData(1_000L, null, 30L)]
    [InlineData(61L, 20L, 9L)]
    public async Task A_policy_lets_whole_batches_go(long? recordedBefore, long? keepEvents, long expected)
    {
        // Ten batches of three events, recorded at 10, 20, … 100, but the eighth has two and the last four.
        using var folder = new SqliteFolder();
        await using var journal = await SqliteJournal.OpenAsync(folder.Options);
        var next = 1;
        foreach (var (at, count) in (int[])[3, 3, 3, 3, 3, 3, 2, 3, 3, 4] is var counts ? counts.Select((count, i) => ((i + 1) * 10, count)) : [])
        {
            var batch = new AppendBatch(0) { RecordedAt = at };
            for (var i = 0; i < count; i++)
                Batches.Add(batch, "a", next++, "event.v1", [1]);
            await journal.AppendAsync(batch);
        }

        Assert.Equal(expected, await journal.FindArchivableAsync(recordedBefore, keepEvents));
    }

    [Fact]
    public async Task A_run_that_ends_at_any_step_loses_nothing_and_is_finished_by_the_next()
    {
        foreach (var step in s_steps)
        {
            foreach (var times in (int[])[1, 2, 3])
            {
                using var world = new ArchivedWorld(times);
                var left = times;
                var options = world.Options with { ArchiveEvents = 60, ArchiveFault = done => Stop(done == step && --left == 0) };
                await using (var journal = await SqliteJournal.OpenAsync(options))
                {
                    await world.AppendAsync(journal, 80);
                    await Assert.ThrowsAsync<InvalidOperationException>(() => world.RetainAsync(journal, 220));
                    await world.CheckAsync(journal);
                }

                await using var again = await SqliteJournal.OpenAsync(world.Options);
                await world.CheckAsync(again);
                var upTo = await again.FindArchivableAsync(null, 40);
                Assert.True(await world.RetainAsync(again, upTo) > 0);
                await world.CheckAsync(again);
                Assert.Equal(world.Events.Count - upTo, CountRows(world));
            }
        }
    }

    [Fact]
    public async Task A_process_that_ends_between_any_two_commits_of_a_run_leaves_the_full_history()
    {
        var images = new List<SqliteFolder>();
        using var world = new ArchivedWorld(3);
        var copying = false;
        var options = world.Options with { ArchiveEvents = 100, IndexTail = 1_000, CommitFault = Copy };
        await using (var journal = await SqliteJournal.OpenAsync(options))
        {
            await world.AppendAsync(journal, 100);
            copying = true;
            await world.RetainAsync(journal, await journal.FindArchivableAsync(null, 20), id => id == "e3");
            copying = false;
        }

        output.WriteLine($"{images.Count} images");
        Assert.True(images.Count > 4);
        foreach (var image in images)
        {
            using (image)
            {
                await using var journal = await SqliteJournal.OpenAsync(image.Options with { IndexTail = 50 });
                await world.CheckAsync(journal);
            }
        }

        int Copy()
        {
            if (copying)
                images.Add(world.CopyFiles());
            return 0;
        }
    }

    [Fact]
    public async Task A_hold_keeps_rows_and_when_it_is_lifted_the_next_run_removes_them()
    {
        using var world = new ArchivedWorld(4);
        await using var journal = await SqliteJournal.OpenAsync(world.Options);
        await world.AppendAsync(journal, 100);
        var upTo = await journal.FindArchivableAsync(null, 20);
        var ofHeld = world.Events.Count(e => e.Id == "e2" && e.Ordering <= upTo);

        await world.RetainAsync(journal, upTo, id => id == "e2");
        Assert.Equal(ofHeld, CountRows(world, $"WHERE ordering <= {upTo}"));
        await world.CheckAsync(journal);

        Assert.Equal(ofHeld, await world.RetainAsync(journal, upTo));
        await world.CheckAsync(journal);
    }

    [Fact]
    public async Task An_entity_without_a_sound_snapshot_keeps_its_events()
    {
        using var world = new ArchivedWorld(5);
        await using var journal = await SqliteJournal.OpenAsync(world.Options);
        await world.AppendAsync(journal, 100);
        await journal.ArchiveAsync(world.Events.Count, Cancel);
        await world.SnapshotAsync(journal, ["e0", "e1"]);
        await journal.ExecuteOnWriterAsync(database => database.Execute(
            "UPDATE snapshot SET payload = x'00' WHERE entity = (SELECT id FROM entity WHERE persistence_id = 'e1')"));

        var removal = await journal.BeginRemovalAsync(world.Events.Count);
        Assert.Equal(["e1", "e2", "e3", "e4", "e5", "e6"], removal.WithoutSnapshot.Order());
        while (!removal.IsComplete)
            await removal.RemoveSliceAsync(static _ => false);
        Assert.Equal(world.Events.Count(e => e.Id != "e0"), CountRows(world));
        await world.CheckAsync(journal);
    }

    [Fact]
    public async Task When_the_snapshot_on_which_recovery_depends_is_damaged_the_archive_recovers()
    {
        using var world = new ArchivedWorld(6);
        await using var journal = await SqliteJournal.OpenAsync(world.Options);
        await world.AppendAsync(journal, 100);
        await world.RetainAsync(journal, world.Events.Count);
        await journal.ExecuteOnWriterAsync(database => database.Execute("UPDATE snapshot SET payload = x'00'"));

        var target = await SqliteFolder.RecoverAsync(journal, "e1");

        Assert.Empty(target.Offered);
        Assert.Equal(world.Events.Where(e => e.Id == "e1").Select(e => e.Payload), target.Payloads);
    }

    [Fact]
    public async Task An_archive_that_is_not_there_is_named_and_what_does_not_need_it_goes_on()
    {
        using var world = new ArchivedWorld(7);
        await using (var journal = await SqliteJournal.OpenAsync(world.Options))
        {
            await world.AppendAsync(journal, 100);
            await world.RetainAsync(journal, await journal.FindArchivableAsync(null, 30));
        }

        Directory.Move(world.ArchiveFolder, world.ArchiveFolder + "-elsewhere");
        await using var again = await SqliteJournal.OpenAsync(world.Options);
        var status = await again.GetArchiveStatusAsync();
        Assert.Equal(status.Segments.Select(segment => segment.Name), status.MissingFiles);
        var error = await Assert.ThrowsAsync<JournalException>(() => again.ReadAllAsync(1, 10));
        Assert.Equal(JournalError.Archived, error.Error);
        Assert.Contains(status.Segments[0].Name, error.Message, StringComparison.Ordinal);
        Assert.Equal(world.Events[(int)status.ArchivedTo].Payload.Length, (await again.ReadAllAsync(status.ArchivedTo + 1, 1))[0].Payload.Length);
        foreach (var entity in Enumerable.Range(0, ArchivedWorld.Entities))
            Assert.Null((await SqliteFolder.RecoverAsync(again, ArchivedWorld.Entity(entity))).Failure);
        var whole = new RecordingTarget("e1", static _ => false);
        await again.RecoverAsync([whole]);
        Assert.Equal(JournalError.Archived, Assert.IsType<JournalException>(whole.Failure).Error);

        Directory.Move(world.ArchiveFolder + "-elsewhere", world.ArchiveFolder);
        await world.CheckAsync(again);
    }

    [Fact]
    public async Task Another_journals_archive_or_a_changed_one_is_never_served()
    {
        using var world = new ArchivedWorld(8);
        using var other = new ArchivedWorld(8);
        foreach (var one in (ArchivedWorld[])[world, other])
        {
            await using var journal = await SqliteJournal.OpenAsync(one.Options with { ArchiveEvents = 1_000 });
            await journal.AppendAsync(Batches.Of(0, ("e0", 1, one == world ? "mine" : "other")));
            await journal.SaveSnapshotAsync(new EntitySnapshot("e0", 0, 1, "state.v1", "state 1"u8.ToArray()));
            Assert.Equal(1, await one.RetainAsync(journal, 1));
        }

        var mine = Directory.GetFiles(world.ArchiveFolder).Single();
        File.Copy(Directory.GetFiles(other.ArchiveFolder).Single(), mine, overwrite: true);
        await using var again = await SqliteJournal.OpenAsync(world.Options);
        var error = await Assert.ThrowsAsync<JournalException>(() => again.ReadAllAsync(1, 10));
        Assert.Equal(JournalError.Corrupted, error.Error);
        Assert.Contains(mine, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_is_missing_behind_the_archives_is_damage()
    {
        using var world = new ArchivedWorld(9);
        await using var journal = await SqliteJournal.OpenAsync(world.Options with { IndexTail = 10_000 });
        await world.AppendAsync(journal, 100);
        var upTo = await journal.FindArchivableAsync(null, 60);
        await world.RetainAsync(journal, upTo);
        await journal.ExecuteOnWriterAsync(database => database.Execute($"DELETE FROM journal WHERE ordering = {upTo + 10}"));

        Assert.Equal(JournalError.Corrupted, (await Assert.ThrowsAsync<JournalException>(() => journal.ReadAllAsync(upTo, 100))).Error);
        var target = new RecordingTarget(world.Events[(int)upTo + 9].Id, static _ => false);
        await journal.RecoverAsync([target]);
        Assert.Equal(JournalError.Corrupted, Assert.IsType<JournalException>(target.Failure).Error);
    }

    [Fact]
    public async Task A_damaged_event_is_not_archived_and_nothing_from_it_on_is_removed()
    {
        using var world = new ArchivedWorld(10);
        await using var journal = await SqliteJournal.OpenAsync(world.Options with { ArchiveEvents = 20 });
        await world.AppendAsync(journal, 100);
        await journal.ExecuteOnWriterAsync(database => database.Execute("UPDATE journal SET payload = x'00' WHERE ordering = 70"));

        var error = await Assert.ThrowsAsync<JournalException>(() => journal.ArchiveAsync(world.Events.Count, Cancel));

        Assert.Equal(JournalError.Corrupted, error.Error);
        Assert.Contains("70", error.Message, StringComparison.Ordinal);
        Assert.InRange((await journal.GetArchiveStatusAsync()).ArchivedTo, 1, 69);
        await world.SnapshotAsync(journal, Enumerable.Range(0, ArchivedWorld.Entities).Select(ArchivedWorld.Entity));
        var removal = await journal.BeginRemovalAsync(world.Events.Count);
        while (!removal.IsComplete)
            await removal.RemoveSliceAsync(static _ => false);
        Assert.True(CountRows(world) >= world.Events.Count - 69);
    }

    [Fact]
    public async Task Retention_and_backups_go_on_while_others_write_and_recover()
    {
        using var world = new ArchivedWorld(11);
        using var stop = new CancellationTokenSource();
        await using var journal = await SqliteJournal.OpenAsync(world.Options with { IndexTail = 500, ArchiveEvents = 300 });
        await world.AppendAsync(journal, 300);
        var before = world.Events.Count;
        var writing = Task.Run(() => world.AppendAsync(journal, 2_000), Cancel);
        var reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var all = await ArchivedWorld.ReadAllAsync(journal);
                Assert.True(all.Count >= before);
                var whole = Enumerable.Range(0, ArchivedWorld.Entities).Select(i => new RecordingTarget(ArchivedWorld.Entity(i), static _ => false)).ToArray();
                await journal.RecoverAsync(whole);
                Assert.All(whole, target => Assert.True(target.Failure is null && target.CompletedAt == target.Events.Count, target.Failure?.Message));
            }
        }, Cancel);
        var removed = 0L;
        for (var round = 0; round < 12; round++)
            removed += await RetainByFirstSnapshotAsync(journal);
        await writing;
        await stop.CancelAsync();
        await reading;
        output.WriteLine($"{removed} events removed of {world.Events.Count}");
        Assert.True(removed > 0);
        await world.CheckAsync(journal);
    }

    // The model's snapshots would race with the writer of this test: these are of the first event, and so hold all but that back.
    private static async Task<long> RetainByFirstSnapshotAsync(SqliteJournal journal)
    {
        var upTo = await journal.FindArchivableAsync(null, 50);
        await journal.ArchiveAsync(upTo, Cancel);
        foreach (var id in (await journal.BeginRemovalAsync(upTo)).WithoutSnapshot)
        {
            var number = int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture);
            var events = (await journal.GetInfoAsync()).Events;
            var last = (await ArchivedWorld.ReadAllAsync(journal)).Where(e => e.Item2 == id && e.Item1 <= events).Max(e => e.Item3);
            await journal.SaveSnapshotAsync(new EntitySnapshot(id, number % 4, last, "state.v1", System.Text.Encoding.UTF8.GetBytes("state " + last)));
        }

        var removal = await journal.BeginRemovalAsync(upTo);
        long removed = 0;
        while (!removal.IsComplete)
            removed += await removal.RemoveSliceAsync(static _ => false);
        return removed;
    }

    private static void Stop(bool now)
    {
        if (now)
            throw new InvalidOperationException("the process ends here");
    }

    private static long CountRows(ArchivedWorld world, string where = "")
    {
        using var database = SqliteDatabase.OpenReader(world.File, 1 << 20);
        return database.QueryLong("SELECT count(*) FROM journal " + where);
    }
}
