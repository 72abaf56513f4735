namespace ActorMemory.Journal;

/// <summary>Batches in the order in which they came. Not thread-safe.</summary>
internal sealed class AppendQueue(int maxGroupEvents, long maxGroupBytes)
{
    private readonly Queue<PendingAppend> _appends = [];

    public int Count => _appends.Count;

    /// <summary>The payload bytes of all that wait.</summary>
    public long Bytes { get; private set; }

    public void Add(PendingAppend append)
    {
        _appends.Enqueue(append);
        Bytes += append.Batch.PayloadBytes;
    }

    /// <summary>Takes what is committed together: as much as fits, at least one batch.</summary>
    public void TakeGroup(List<PendingAppend> group)
    {
        long events = 0;
        long bytes = 0;
        while (_appends.TryPeek(out var next))
        {
            events += next.Batch.Count;
            bytes += next.Batch.PayloadBytes;
            if (group.Count > 0 && (events > maxGroupEvents || bytes > maxGroupBytes))
                return;
            Bytes -= next.Batch.PayloadBytes;
            group.Add(_appends.Dequeue());
        }
    }

    public List<PendingAppend> TakeAll()
    {
        List<PendingAppend> all = [.. _appends];
        _appends.Clear();
        Bytes = 0;
        return all;
    }
}
