using System.Runtime.InteropServices;

namespace ActorMemory.Journal;

/// <summary>
/// Writes the oldest complete index segment as sorted runs, one per entity, in slices that ride along with commits, so that no
/// commit waits for a whole segment. The head of the index moves with the last slice; until then the runs do not count.
/// </summary>
internal sealed class IndexWriting : IDisposable
{
    private readonly JournalCatalog _catalog;
    private readonly SqliteStatement _insertRun;
    private readonly SqliteStatement _replaceHead;
    private readonly List<byte> _bytes = [];
    private readonly List<long> _orderings = [];
    private IndexSegment? _segment;
    private int[] _entities = [];
    private int _written;
    private int _committed;

    public IndexWriting(SqliteDatabase database, JournalCatalog catalog)
    {
        _catalog = catalog;
        // When the process ends in the middle of a segment, the runs written so far lie beyond the head and are not read. Each starts
        // right after its entity's last indexed event, so the entity's next run has the same key and takes its place.
        _insertRun = database.Prepare("INSERT OR REPLACE INTO sequence_run VALUES (?, ?, ?, ?)");
        _replaceHead = database.Prepare("INSERT OR REPLACE INTO index_head VALUES (?, ?, ?, ?, ?)");
    }

    public bool IsPending => _catalog.Segments.Count > 1;

    public static uint HeadChecksum(long ordering, ReadOnlySpan<byte> sequenceNumbers, ReadOnlySpan<byte> batchCounts) =>
        RowChecksum.OfEvent(RowChecksum.Add(RowChecksum.Add(RowChecksum.Start, sequenceNumbers), batchCounts), 0, 0, ordering, 0);

    /// <summary>Writes the runs of up to so many entities inside the open transaction.</summary>
    public void WriteSlice(int entities)
    {
        if (_segment is null)
            Begin(_catalog.Segments[0]);
        if (_segment is not { } segment)
            return;
        var end = Math.Min(_entities.Length, _written + entities);
        for (; _written < end; _written++)
            WriteRun(segment, _entities[_written]);
        if (_written == _entities.Length)
            MoveHead(segment);
    }

    public void Committed()
    {
        _committed = _written;
        if (_segment is not { } segment || _written < _entities.Length)
            return;
        lock (_catalog.Gate)
            _catalog.SegmentWritten(segment);
        _segment = null;
    }

    public void RolledBack() => _written = _committed;

    public void Dispose()
    {
        _insertRun.Dispose();
        _replaceHead.Dispose();
    }

    private void Begin(IndexSegment segment)
    {
        _segment = segment;
        _entities = segment.EntitiesInOrder();
        _written = _committed = 0;
    }

    private void WriteRun(IndexSegment segment, int entity)
    {
        _orderings.Clear();
        _bytes.Clear();
        segment.CollectNewestFirst(entity, _orderings);
        long previous = 0;
        for (var i = _orderings.Count - 1; i >= 0; i--)
        {
            OrderingRun.Write(_bytes, (ulong)(_orderings[i] - previous));
            previous = _orderings[i];
        }

        var last = segment[entity].LastSequenceNumber;
        _insertRun.Bind(1, entity).Bind(2, last - _orderings.Count + 1).Bind(3, last).Bind(4, CollectionsMarshal.AsSpan(_bytes)).Run();
    }

    private void MoveHead(IndexSegment segment)
    {
        var sequenceNumbers = Pack(_catalog.SequenceNumbersAfter(segment));
        var batchCounts = Pack(segment.BatchCounts);
        var crc = HeadChecksum(segment.LastOrdering, sequenceNumbers, batchCounts);
        _replaceHead.Bind(1, 1).Bind(2, segment.LastOrdering).Bind(3, sequenceNumbers).Bind(4, batchCounts).Bind(5, crc).Run();
    }

    private static byte[] Pack(long[] numbers)
    {
        var bytes = new List<byte>(numbers.Length * 2);
        foreach (var number in numbers)
            OrderingRun.Write(bytes, (ulong)number);
        return [.. bytes];
    }
}
