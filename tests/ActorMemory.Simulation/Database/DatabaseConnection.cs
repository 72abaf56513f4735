using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Database;

/// <summary>One process's way to the database.</summary>
/// <param name="database">The other end.</param>
/// <param name="clock">The process's clock; null to wait for nothing.</param>
/// <param name="trace">Who wants to read what happens.</param>
internal class DatabaseConnection(SimulatedDatabase database, TimeProvider? clock, Trace? trace) : IJournalStore
{
    private const long PageBytes = 4 << 20;

    private readonly List<StoredRequest> _pending = [];

    public SimulatedDatabase Database => database;

    /// <summary>The line is cut: what is on its way may arrive, answers do not, and nothing new gets through.</summary>
    public bool IsCut { get; private set; }

    public void Cut()
    {
        IsCut = true;
        foreach (var request in _pending)
            request.Broken();
        _pending.Clear();
    }

    public void Mend() => IsCut = false;

    public virtual async Task<long> AcquireAsync(int shard)
    {
        await ReachAsync();
        var isLost = database.Faults.NextAcquireFails();
        if (isLost && database.Faults.Toss())
            throw Unreachable();
        var epoch = database.Store.Acquire(shard);
        trace?.Write($"database gives epoch {epoch} of shard {shard}{(isLost ? ", which its owner never hears of" : "")}");
        await WaitAsync();
        // Nobody has to answer: a connection may hang for ever.
        if (isLost && database.Faults.Toss())
            await new TaskCompletionSource().Task;
        return isLost || IsCut ? throw Unreachable() : epoch;
    }

    public virtual async Task AppendAsync(AppendBatch batch)
    {
        DatabaseStore.CheckIds(batch);
        if (IsCut || database.IsDown)
            throw Unreachable();
        var fate = database.Faults.NextBatch();
        var request = new StoredRequest(batch, this, database.Audit.Now()) { AnswerIsLost = fate is BatchFate.IsLost or BatchFate.LosesItsAnswer or BatchFate.ArrivesLate };
        _pending.Add(request);
        if (fate != BatchFate.Arrives)
            trace?.Write($"fault: {fate} {request}");
        if (fate != BatchFate.IsLost)
            database.ArriveAfter(fate == BatchFate.ArrivesLate ? database.Faults.NextLateTime() : database.Faults.NextTime() / 2, request);
        // A sender whose answer is lost hears of a broken connection, or waits until it has waited long enough.
        if (fate != BatchFate.Arrives && database.Faults.Toss())
        {
            await WaitAsync();
            request.Broken();
        }

        try
        {
            await request.Answer;
            await WaitAsync();
        }
        finally
        {
            _pending.Remove(request);
        }
    }

    public virtual async Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets)
    {
        var askedAt = database.Audit.Now();
        await ReachAsync();
        if (database.Faults.NextRecoveryFails())
            throw Unreachable();
        foreach (var target in targets)
        {
            database.Store.Recover(target);
            database.Audit.Recovered(this, target.PersistenceId, askedAt);
        }

        await WaitAsync();
    }

    public async Task<IReadOnlyList<string>> ListEntitiesAsync(int shard)
    {
        await ReachAsync();
        return database.Store.List(shard);
    }

    public virtual async Task SaveSnapshotAsync(EntitySnapshot snapshot)
    {
        await ReachAsync();
        var fault = database.Faults.DiskIsFull ? SnapshotFault.Refused : database.Faults.NextSnapshot();
        if (fault == SnapshotFault.Refused)
            throw new JournalException(JournalError.DiskFull, WriteOutcome.NotWritten, "The simulated disk has no room for a snapshot.");
        if (fault != SnapshotFault.None)
            trace?.Write($"fault: the snapshot of {snapshot.PersistenceId} at {snapshot.SequenceNumber} is {fault}");
        database.Store.SaveSnapshot(snapshot, Damaged(snapshot.Payload.ToArray(), fault));
        await WaitAsync();
    }

    public async Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit)
    {
        await ReachAsync();
        return Page(database.Store.EventsOf(persistenceId).Where(stored => stored.SequenceNumber >= fromSequenceNumber), limit);
    }

    public async Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit)
    {
        await ReachAsync();
        return Page(database.Store.Events.Where(stored => stored.Ordering >= fromOrdering), limit);
    }

    public async Task<JournalInfo> GetInfoAsync()
    {
        await ReachAsync();
        var store = database.Store;
        return new JournalInfo
        {
            Engine = "simulated",
            JournalId = new string('1', 32),
            SchemaVersion = 1,
            ShardCount = 0,
            Synchronous = "full",
            Events = store.Events.Count,
            Entities = store.Entities.Count(),
            Snapshots = store.SnapshotCount,
            LastRecordedAt = store.Events.Count == 0 ? null : store.Events[^1].RecordedAt,
            IndexTailRows = 0,
            Files = [],
            Health = database.Faults.DiskIsFull ? JournalHealth.DiskFull : JournalHealth.Healthy,
            LastError = null,
            FreeDiskBytes = database.Faults.DiskIsFull ? 0 : long.MaxValue,
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected static JournalException Unreachable() => new(
        JournalError.Unavailable, WriteOutcome.NotWritten, "The simulated database cannot be reached. Try again.");

    private async Task ReachAsync()
    {
        await WaitAsync();
        if (IsCut || database.IsDown)
            throw Unreachable();
    }

    private Task WaitAsync() => clock is null ? Task.CompletedTask : Task.Delay(database.Faults.NextTime() / 2, clock);

    /// <summary>At least one event, then as many as the limits in number and bytes allow.</summary>
    private static List<JournaledEvent> Page(IEnumerable<JournaledEvent> events, int limit)
    {
        var page = new List<JournaledEvent>();
        var bytes = 0L;
        foreach (var stored in events)
        {
            bytes += stored.Payload.Length;
            if (page.Count == limit || (page.Count > 0 && bytes > PageBytes))
                break;
            page.Add(stored);
        }

        return page;
    }

    /// <summary>Half of it, or all but one bit.</summary>
    private byte[] Damaged(byte[] payload, SnapshotFault fault)
    {
        if (fault == SnapshotFault.Torn)
            return payload[..(payload.Length / 2)];
        if (fault == SnapshotFault.Flipped && payload.Length > 0)
            payload[database.Faults.Next(payload.Length)] ^= 0x10;
        return payload;
    }
}
