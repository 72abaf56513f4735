namespace ActorMemory.Journal.Tests;

/// <summary>One edit of a journal through SQL; returns the first event that was changed, removed, inserted or moved.</summary>
internal sealed class Tampering : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly Random _random;
    private readonly StoredNames _names;

    public Tampering(SqliteDatabase database, Random random)
    {
        (_database, _random) = (database, random);
        database.Execute("PRAGMA synchronous = OFF; BEGIN");
        _names = new StoredNames(database);
        Last = database.QueryLong("SELECT max(ordering) FROM journal");
    }

    public static IReadOnlyList<(string Name, Func<Tampering, long> Edit)> All { get; } =
    [
        ("flip a bit of a payload", t => t.FlipPayload(false, false)),
        ("flip a bit and fix the checksum", t => t.FlipPayload(true, false)),
        ("flip a bit, fix checksum and leaf", t => t.FlipPayload(true, true)),
        ("swap two rows", t => t.Swap(false, false)),
        ("swap two rows and fix the checksums", t => t.Swap(true, false)),
        ("swap two rows, fix checksums and leaves", t => t.Swap(true, true)),
        ("delete a row", t => t.DeleteRow(false)),
        ("delete a row and fix the leaf", t => t.DeleteRow(true)),
        ("delete a batch", t => t.DeleteBatch(true)),
        ("delete the row of a batch", t => t.DeleteBatch(false)),
        ("cut off the tail", t => t.CutTail()),
        ("delete an entity", t => t.DeleteEntity(false)),
        ("delete an entity and close the ranks", t => t.DeleteEntity(true)),
        ("append a copy of a row", t => t.Insert(false, false)),
        ("append a row with a sound checksum", t => t.Insert(true, false)),
        ("append a row with checksum, leaf and batch", t => t.Insert(true, true)),
        ("change a time", t => t.ChangeTime(false, false)),
        ("change a time and fix the checksum", t => t.ChangeTime(true, false)),
        ("change the time of a batch, fix checksums and leaf", t => t.ChangeTime(true, true)),
        ("rename an entity", t => t.RenameEntity(false)),
        ("rename an entity and fix its checksum", t => t.RenameEntity(true)),
    ];

    /// <summary>The edits after which the one event is named, and not only a range.</summary>
    public static string[] Exact { get; } =
    [
        "flip a bit of a payload", "swap two rows", "delete a row", "append a copy of a row", "append a row with a sound checksum",
        "change a time", "rename an entity",
    ];

    private long Last { get; }

    public void Dispose()
    {
        _names.Dispose();
        _database.Execute("COMMIT");
    }

    private long FlipPayload(bool fixChecksum, bool fixLeaf)
    {
        var ordering = Any();
        using (var payload = _database.Prepare("SELECT payload FROM journal WHERE ordering = ?"))
        {
            payload.Bind(1, ordering).Step();
            var bytes = payload.Bytes(0).ToArray();
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
            payload.Reset();
            using var update = _database.Prepare("UPDATE journal SET payload = ? WHERE ordering = ?");
            update.Bind(1, bytes).Bind(2, ordering).Run();
        }

        Fix(fixChecksum, fixLeaf, ordering);
        return ordering;
    }

    private long Swap(bool fixChecksum, bool fixLeaf)
    {
        var (a, b) = (Any(), Any());
        while (a == b)
            b = Any();
        _database.Execute($"UPDATE journal SET ordering = -1 WHERE ordering = {a}; UPDATE journal SET ordering = {a} WHERE ordering = {b}; UPDATE journal SET ordering = {b} WHERE ordering = -1;");
        if (fixChecksum)
            SwapTimes(a, b);
        Fix(fixChecksum, fixLeaf, a);
        Fix(fixChecksum, fixLeaf, b);
        return Math.Min(a, b);
    }

    // Who moves an event carefully leaves each batch its time.
    private void SwapTimes(long a, long b)
    {
        var (timeA, timeB) = (Number($"SELECT recorded_at FROM journal WHERE ordering = {a}"), Number($"SELECT recorded_at FROM journal WHERE ordering = {b}"));
        _database.Execute($"UPDATE journal SET recorded_at = {timeB} WHERE ordering = {a}; UPDATE journal SET recorded_at = {timeA} WHERE ordering = {b};");
    }

    private long DeleteRow(bool fixLeaf)
    {
        var ordering = Any();
        _database.Execute($"DELETE FROM journal WHERE ordering = {ordering}");
        Fix(false, fixLeaf, ordering);
        return ordering;
    }

    private long DeleteBatch(bool withRows)
    {
        var (first, last) = BatchOf(Any());
        _database.Execute($"DELETE FROM batch WHERE first_ordering = {first}");
        if (withRows)
            _database.Execute($"DELETE FROM journal WHERE ordering BETWEEN {first} AND {last}");
        return first;
    }

    private long CutTail()
    {
        var (first, _) = BatchOf(Any());
        _database.Execute($"DELETE FROM batch WHERE first_ordering >= {first}; DELETE FROM journal WHERE ordering >= {first}; DELETE FROM checkpoint WHERE last_ordering >= {first};");
        return first;
    }

    private long DeleteEntity(bool closeRanks)
    {
        var entity = Number($"SELECT entity FROM journal WHERE ordering = {Any()}");
        var first = Number($"SELECT min(ordering) FROM journal WHERE entity = {entity}");
        _database.Execute($"DELETE FROM journal WHERE entity = {entity}");
        if (closeRanks)
            CloseRanks();
        return first;
    }

    // The rows that are left are numbered anew, in batches that hold what is left of them, everything computed again.
    private void CloseRanks()
    {
        _database.Execute("CREATE TEMP TABLE old_batch AS SELECT * FROM batch; DELETE FROM batch; CREATE TEMP TABLE old_row AS SELECT * FROM journal; DELETE FROM journal;");
        var (ordering, numbers) = (0L, new Dictionary<long, long>());
        foreach (var (first, last, shard) in Rows("SELECT first_ordering, last_ordering, shard FROM old_batch ORDER BY first_ordering"))
        {
            var start = ordering + 1;
            foreach (var (old, _, _) in Rows($"SELECT ordering, 0, 0 FROM old_row WHERE ordering BETWEEN {first} AND {last} ORDER BY ordering"))
                _database.Execute($"INSERT INTO journal SELECT {++ordering}, entity, sequence_number, manifest, recorded_at, crc, payload FROM old_row WHERE ordering = {old}");
            if (ordering < start)
                continue;
            var number = numbers[shard] = numbers.GetValueOrDefault(shard, -1) + 1;
            _database.Execute($"INSERT INTO batch VALUES ({start}, {ordering}, {shard}, {number}, x'')");
            for (var row = start; row <= ordering; row++)
                FixChecksum(row);
            FixLeaf(start);
        }
    }

    private long Insert(bool soundChecksum, bool withBatch)
    {
        var added = Last + 1;
        var source = Any();
        var entity = Number($"SELECT entity FROM journal WHERE ordering = {source}");
        var number = withBatch
            ? Number($"SELECT max(sequence_number) + 1 FROM journal WHERE entity = {entity}")
            : Number($"SELECT sequence_number FROM journal WHERE ordering = {source}");
        var time = Number($"SELECT recorded_at FROM journal WHERE ordering = {Last}");
        if (withBatch)
        {
            // In the middle: all that follows moves on by one.
            added = BatchOf(source).First;
            return InsertInTheMiddle(source, added);
        }

        _database.Execute($"INSERT INTO journal SELECT {added}, entity, {number}, manifest, {time}, crc, payload FROM journal WHERE ordering = {source}");
        if (soundChecksum)
            FixChecksum(added);
        return added;
    }

    private long InsertInTheMiddle(long source, long at)
    {
        var (entity, number, shard) = Rows($"SELECT entity, sequence_number, (SELECT shard FROM entity WHERE id = entity) FROM journal WHERE ordering = {source}").Single();
        number = Number($"SELECT coalesce(max(sequence_number), 0) + 1 FROM journal WHERE entity = {entity} AND ordering < {at}");
        var batch = Number($"SELECT count(*) FROM batch WHERE shard = {shard} AND first_ordering < {at}");
        _database.Execute(
            $"""
            UPDATE journal SET sequence_number = sequence_number + 1 WHERE entity = {entity} AND ordering >= {at};
            UPDATE journal SET ordering = -ordering - 1 WHERE ordering >= {at};
            UPDATE journal SET ordering = -ordering WHERE ordering < 0;
            UPDATE batch SET first_ordering = -first_ordering - 1, last_ordering = last_ordering + 1 WHERE first_ordering >= {at};
            UPDATE batch SET first_ordering = -first_ordering WHERE first_ordering < 0;
            UPDATE batch SET number = number + 1 WHERE shard = {shard} AND first_ordering > {at};
            INSERT INTO journal SELECT {at}, entity, {number}, manifest, (SELECT recorded_at FROM journal WHERE ordering = {at + 1}), crc, payload FROM journal WHERE ordering = {source + 1};
            INSERT INTO batch VALUES ({at}, {at}, {shard}, {batch}, x'');
            """);
        for (var row = at; row <= Last + 1; row++)
            FixChecksum(row);
        foreach (var (first, _, _) in Rows($"SELECT first_ordering, 0, 0 FROM batch WHERE first_ordering >= {at}"))
            FixLeaf(first);
        return at;
    }

    private long ChangeTime(bool fixChecksum, bool fixLeaf)
    {
        var ordering = Any();
        var (first, last) = BatchOf(ordering);
        while (fixChecksum && !fixLeaf && last - first < 2)
        {
            ordering = Any();
            (first, last) = BatchOf(ordering);
        }

        var rows = fixLeaf ? $"BETWEEN {first} AND {last}" : $"= {ordering}";
        _database.Execute($"UPDATE journal SET recorded_at = recorded_at + {1 + _random.Next(5)} WHERE ordering {rows}");
        for (var row = first; row <= last; row++)
            Fix(fixChecksum, fixLeaf, row);
        return fixLeaf ? first : ordering;
    }

    private long RenameEntity(bool fixChecksum)
    {
        var entity = Number($"SELECT entity FROM journal WHERE ordering = {Any()}");
        _database.Execute($"UPDATE entity SET persistence_id = 'mallory' WHERE id = {entity}");
        if (fixChecksum)
        {
            var shard = Number($"SELECT shard FROM entity WHERE id = {entity}");
            _database.Execute($"UPDATE entity SET crc = {RowChecksum.OfNamed("mallory", entity, shard)} WHERE id = {entity}");
        }

        return Number($"SELECT min(ordering) FROM journal WHERE entity = {entity}");
    }

    private void Fix(bool checksum, bool leaf, long ordering)
    {
        if (checksum)
            FixChecksum(ordering);
        if (leaf)
            FixLeaf(BatchOf(ordering).First);
    }

    private void FixChecksum(long ordering)
    {
        uint crc;
        using (var row = _database.Prepare(SqliteReader.EventColumns + "WHERE ordering = ?"))
        {
            row.Bind(1, ordering).Step();
            var start = RowChecksum.Add(_names.Manifest(row.Long(3)).Checksum, row.Bytes(6));
            crc = RowChecksum.OfEvent(start, row.Long(1), row.Long(2), ordering, row.Long(4));
        }

        _database.Execute($"UPDATE journal SET crc = {(int)crc} WHERE ordering = {ordering}");
    }

    private void FixLeaf(long first)
    {
        var (last, shard, number) = Rows($"SELECT last_ordering, shard, number FROM batch WHERE first_ordering = {first}").Single();
        using var hash = new CanonicalRowsHash();
        var (count, time) = (0, 0L);
        using (var row = _database.Prepare(SqliteReader.EventColumns + $"WHERE ordering BETWEEN {first} AND {last} ORDER BY ordering"))
        {
            for (; row.Step(); count++)
            {
                hash.Add(_names.Entity(row.Long(1)).PersistenceId, row.Long(2), _names.Manifest(row.Long(3)).Name, row.Bytes(6));
                time = row.Long(4);
            }
        }

        using var update = _database.Prepare("UPDATE batch SET leaf = ? WHERE first_ordering = ?");
        update.Bind(1, CanonicalBatch.Leaf((int)shard, number, first, count, time, hash.Finish())).Bind(2, first).Run();
    }

    private long Any() => 1 + _random.NextInt64(Last);

    private (long First, long Last) BatchOf(long ordering)
    {
        var (first, last, _) = Rows($"SELECT first_ordering, last_ordering, 0 FROM batch WHERE first_ordering <= {ordering} ORDER BY first_ordering DESC LIMIT 1").Single();
        return (first, last);
    }

    private long Number(string sql) => _database.QueryLong(sql);

    private List<(long First, long Second, long Third)> Rows(string sql)
    {
        var rows = new List<(long, long, long)>();
        using var statement = _database.Prepare(sql);
        while (statement.Step())
            rows.Add((statement.Long(0), statement.Long(1), statement.Long(2)));
        return rows;
    }
}
