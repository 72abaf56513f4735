using System.Collections.Concurrent;

namespace ActorMemory.Torture.Checks;

/// <summary>Which promises were broken, with the first examples of each.</summary>
internal sealed class Verdict
{
    private const int Examples = 20;

    private readonly ConcurrentQueue<string> _examples = [];
    private long _lost;
    private long _duplicated;
    private long _outOfOrder;
    private long _other;

    public long Lost => Interlocked.Read(ref _lost);

    public long Duplicated => Interlocked.Read(ref _duplicated);

    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>Everything else: a refused record that is there, a state that is not the journal's, an answer that may not be given.</summary>
    public long Other => Interlocked.Read(ref _other);

    public bool IsClean => Lost + Duplicated + OutOfOrder + Other == 0;

    public IReadOnlyCollection<string> FirstExamples => _examples;

    public void AddLost(string what, long count = 1) => Add(ref _lost, count, $"lost: {what}");

    public void AddDuplicated(string what) => Add(ref _duplicated, 1, $"duplicated: {what}");

    public void AddOutOfOrder(string what) => Add(ref _outOfOrder, 1, $"out of order: {what}");

    public void AddOther(string what) => Add(ref _other, 1, what);

    private void Add(ref long counter, long count, string example)
    {
        Interlocked.Add(ref counter, count);
        if (_examples.Count < Examples)
            _examples.Enqueue(example);
    }
}
