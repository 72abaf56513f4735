namespace ActorMemory.Journal;

/// <summary>Settings of a <see cref="Checkpointer"/>.</summary>
public sealed record CheckpointerOptions
{
    /// <summary>How long a new batch waits for its checkpoint.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The number of new batches after which a checkpoint does not wait longer.</summary>
    public int Batches { get; init; } = 1000;

    /// <summary>The folder to which checkpoints are appended, meant to be on another machine's disk; null for none.</summary>
    public string? ExportFolder { get; init; }

    /// <summary>Is given each note that was signed; null for nobody.</summary>
    public Action<SignedNote>? OnSigned { get; init; }

    /// <summary>Is told when checkpoints cannot be made, kept or exported.</summary>
    public Action<string>? OnTrouble { get; init; }

    /// <summary>Whether it is this node's turn to sign, where several have the journal; null for always.</summary>
    public Func<bool>? IsOnDuty { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>
/// Follows a journal off the hot path, keeps the Merkle tree of each shard, and signs, keeps and exports checkpoints of the shards that
/// changed. What it cannot do now it tries again; it never keeps the journal from writing.
/// </summary>
public sealed class Checkpointer : IAsyncDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    private readonly ICheckpointedJournal _journal;
    private readonly CheckpointKey _key;
    private readonly CheckpointerOptions _options;
    private readonly SignedTrees _trees;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _following;
    private List<SignedNote> _unexported = [];
    private long _signedAt;
    private string? _trouble;

    private Checkpointer(ICheckpointedJournal journal, CheckpointKey key, SignedTrees trees, CheckpointerOptions options)
    {
        (_journal, _key, _trees, _options) = (journal, key, trees, options);
        _signedAt = options.TimeProvider.GetTimestamp();

        // The newest checkpoints may have been kept and not exported when the process ended.
        _unexported = [.. trees.Newest];
        _following = Task.Run(FollowAsync);
    }

    /// <summary>The number of checkpoints that were signed.</summary>
    public long Count { get; private set; }

    /// <summary>Starts to follow a journal where its newest checkpoints end.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<Checkpointer> StartAsync(ICheckpointedJournal journal, CheckpointKey key, CheckpointerOptions options)
    {
        using var keys = CheckpointPublicKeys.Of(key);
        var info = await journal.GetInfoAsync();
        var trees = new SignedTrees(info.JournalId, info.Events, await journal.ReadCheckpointsAsync(), keys);
        return new Checkpointer(journal, key, trees, options);
    }

    /// <summary>Signs a checkpoint of every shard that changed since its last one, now.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or does not keep the checkpoints.</exception>
    /// <exception cref="CheckpointMismatchException">The journal is not what was signed before; nothing is signed any more.</exception>
    public async Task CheckpointAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await _trees.CatchUpAsync(_journal);
            await SignAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends; what changed since the last checkpoint is signed first, as far as that is possible.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        await TryAsync(CheckpointAsync);
        _stopping.Dispose();
        _turn.Dispose();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(s_poll, _options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await TryAsync(LookAsync);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // DisposeAsync signs the rest.
        }
    }

    private async Task LookAsync()
    {
        if (_options.IsOnDuty?.Invoke() == false)
            return;
        await _turn.WaitAsync();
        try
        {
            await _trees.CatchUpAsync(_journal);
            var isTime = _options.TimeProvider.GetElapsedTime(_signedAt) >= _options.Every;
            if (isTime || _trees.NewLeaves >= _options.Batches)
                await SignAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SignAsync()
    {
        _signedAt = _options.TimeProvider.GetTimestamp();
        if (_trees.NewLeaves > 0)
        {
            var now = _options.TimeProvider.GetUtcNow();
            var signedAt = (now - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
            var (checkpoints, superseded) = _trees.Sign(_key, await RecordedAtAsync(), signedAt);
            await _journal.SaveCheckpointsAsync([.. checkpoints.Select(static signed => signed.Stored)], superseded);
            _trees.Kept(checkpoints);
            Count += checkpoints.Count;
            foreach (var (_, note) in checkpoints)
            {
                _unexported.Add(note);
                _options.OnSigned?.Invoke(note);
            }
        }

        Export();
    }

    // As stored: a damaged row must not keep the sound rest of the journal from being signed.
    private async Task<long> RecordedAtAsync()
    {
        var page = await _journal.ReadStoredAsync(_trees.Position, 1);
        return page.Batches is [var batch, ..] && batch.Rows.LastOrDefault(row => row.Ordering == _trees.Position) is { } last ? last.RecordedAt : 0;
    }

    private void Export()
    {
        if (_options.ExportFolder is not { } folder)
        {
            _unexported.Clear();
            return;
        }

        if (_unexported.Count == 0)
            return;
        CheckpointFiles.Publish(folder, _trees.JournalId, _key);
        CheckpointFiles.Append(folder, _trees.JournalId, _unexported, _options.TimeProvider.GetUtcNow());
        _unexported = [];
    }

    // The same trouble every second is told once; a folder that is away for a day must not fill the memory with notes.
    private async Task TryAsync(Func<Task> work)
    {
        const int mostUnexported = 10_000;
        try
        {
            await work();
            _trouble = null;
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException or CheckpointMismatchException)
        {
            if (_unexported.Count > mostUnexported)
                _unexported.RemoveRange(0, _unexported.Count - mostUnexported);
            if (_trouble == e.Message)
                return;
            _trouble = e.Message;
            _options.OnTrouble?.Invoke(e.Message);
        }
    }
}
