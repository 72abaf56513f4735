namespace ActorMemory.Journal;

/// <summary>
/// The threads that read, each with its own connection. Recoveries that wait are taken together by one of them; with two or more
/// threads one stays free for other reads.
/// </summary>
internal sealed class ReaderThreads<TReader>
    where TReader : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<(Action<TReader> Read, Action<JournalException> Refuse)> _reads = [];
    private readonly List<RecoveryRequest> _recoveries = [];
    private readonly List<Task> _ended = [];
    private readonly string _name;
    private readonly Func<JournalException?> _failure;
    private readonly int _mostRecovering;
    private volatile bool _closing;
    private int _recovering;

    /// <param name="name">What is read, for messages.</param>
    /// <param name="open">Opens one of the connections.</param>
    /// <param name="recovery">How a connection recovers a group; it is given what says why to stop.</param>
    /// <param name="count">The number of threads.</param>
    /// <param name="failure">Why the journal has failed; null while it has not.</param>
    public ReaderThreads(
        string name,
        Func<TReader> open,
        Func<TReader, Func<JournalException?>, Action<List<RecoveryRequest>>> recovery,
        int count,
        Func<JournalException?> failure)
    {
        _name = name;
        _failure = failure;
        _mostRecovering = Math.Max(1, count - 1);
        var readers = new List<TReader>();
        try
        {
            for (var i = 0; i < count; i++)
                readers.Add(open());
        }
        catch
        {
            readers.ForEach(reader => reader.Dispose());
            throw;
        }

        foreach (var reader in readers)
        {
            var recover = recovery(reader, Refusal);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ended.Add(ended.Task);
            new Thread(() => Run(reader, recover, ended)) { Name = "ActorMemory journal reader", IsBackground = true }.Start();
        }
    }

    public Task Recover(IReadOnlyList<IRecoveryTarget> targets)
    {
        var request = new RecoveryRequest(targets);
        lock (_gate)
        {
            if (Refusal() is { } refusal)
                return Task.FromException(refusal);
            _recoveries.Add(request);
            Monitor.PulseAll(_gate);
        }

        return request.Completion.Task;
    }

    public Task<T> Read<T>(Func<TReader, T> read)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Refusal() is { } refusal)
                return Task.FromException<T>(refusal);
            _reads.Enqueue((reader => Complete(completion, reader, read), refusal => completion.SetException(refusal)));
            Monitor.PulseAll(_gate);
        }

        return completion.Task;
    }

    /// <summary>Refuses what waits, lets what runs stop at the next event, and closes the connections.</summary>
    public async Task CloseAsync()
    {
        List<Action<JournalException>> waiting;
        lock (_gate)
        {
            _closing = true;
            waiting = [.. _reads.Select(read => read.Refuse), .. _recoveries.Select(request => (Action<JournalException>)request.Completion.SetException)];
            _reads.Clear();
            _recoveries.Clear();
            Monitor.PulseAll(_gate);
        }

        if (Refusal() is { } refusal)
            waiting.ForEach(refuse => refuse(refusal));
        foreach (var ended in _ended)
            await ended;
    }

    private static void Complete<T>(TaskCompletionSource<T> completion, TReader reader, Func<TReader, T> read)
    {
        try
        {
            completion.SetResult(read(reader));
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }

    // When the device has failed, what the file cache holds cannot be trusted either.
    private JournalException? Refusal()
    {
        if (_failure() is { Error: JournalError.InputOutput } failure)
            return failure;
        return _closing
            ? new JournalException(JournalError.Closed, WriteOutcome.NotWritten, $"The journal {_name} is closed. Open it again.")
            : null;
    }

    private void Run(TReader reader, Action<List<RecoveryRequest>> recover, TaskCompletionSource ended)
    {
        try
        {
            while (true)
            {
                Action<TReader>? read = null;
                List<RecoveryRequest>? group = null;
                lock (_gate)
                {
                    while (!TryTake(ref read, ref group))
                    {
                        if (_closing)
                            return;
                        Monitor.Wait(_gate);
                    }
                }

                if (read is not null)
                    read(reader);
                else if (group is not null)
                    RunRecovery(recover, group);
            }
        }
        finally
        {
            reader.Dispose();
            ended.SetResult();
        }
    }

    private bool TryTake(ref Action<TReader>? read, ref List<RecoveryRequest>? group)
    {
        if (_closing)
            return false;
        if (_reads.TryDequeue(out var next))
        {
            read = next.Read;
            return true;
        }

        if (_recoveries.Count == 0 || _recovering == _mostRecovering)
            return false;
        _recovering++;
        group = [.. _recoveries];
        _recoveries.Clear();
        return true;
    }

    private void RunRecovery(Action<List<RecoveryRequest>> recover, List<RecoveryRequest> group)
    {
        Exception? error = null;
        try
        {
            recover(group);
        }
        catch (Exception e)
        {
            error = e;
        }

        lock (_gate)
        {
            _recovering--;
            Monitor.PulseAll(_gate);
        }

        foreach (var request in group)
        {
            if (error is null)
                request.Completion.SetResult();
            else
                request.Completion.SetException(error);
        }
    }
}
