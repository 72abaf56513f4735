using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Database;

/// <summary>
/// A database server with one writer: batches that wait at the same time share a commit, which is one instant between two waits. It lives in a
/// domain of its own, so that a node's crash leaves what the node had sent on its way; or in the node's, and then dies with it.
/// </summary>
/// <param name="store">What is durable.</param>
/// <param name="audit">Looks on.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="rules">What it keeps.</param>
/// <param name="domain">Where it runs; null to do everything at once, on the caller's thread.</param>
/// <param name="trace">Who wants to read what happens.</param>
internal sealed class SimulatedDatabase(
    DatabaseStore store, StoreAudit audit, DatabaseFaults faults, DatabaseRules rules, SimulationDomain? domain, Trace? trace)
{
    private readonly List<StoredRequest> _queue = [];
    private List<StoredRequest> _group = [];
    private int _era;
    private bool _writing;
    private int _synced;

    public DatabaseStore Store => store;

    public StoreAudit Audit => audit;

    public DatabaseFaults Faults => faults;

    /// <summary>It was shut down by a crash and has not come back.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Takes a batch that has arrived.</summary>
    public void Arrive(StoredRequest request)
    {
        if (IsDown)
        {
            request.Broken();
            return;
        }

        if (rules is { EpochIsChecked: true, EpochIsCheckedInTheCommit: false } && request.Batch.Epoch != store.EpochOf(request.Batch.Shard))
        {
            request.Failed(JournalException.FencedOff(request.Batch.Shard, request.Batch.Epoch, store.EpochOf(request.Batch.Shard)));
            return;
        }

        _queue.Add(request);
        if (_writing)
            return;
        _writing = true;
        if (domain is null)
            _ = WriteAllAsync(_era);
        else
            domain.Start(() => WriteAllAsync(_era));
    }

    /// <summary>
    /// The server dies: a commit in progress has happened or not, what waits has not, and everybody's connection is broken.
    /// </summary>
    public void Crash()
    {
        if (IsDown)
            return;
        (IsDown, _writing) = (true, false);
        _era++;
        if (!rules.BatchesAreAtomic && _group.Count > 0)
            store.CommitHalf(_group[0]);
        else if (faults.Toss())
            _group.ForEach(request => store.Commit(request));
        if (!rules.AcknowledgedIsSynced)
            store.TakeBackTo(Math.Min(_synced, store.Events.Count));
        foreach (var request in _group.Concat(_queue))
            request.Broken();
        _group = [];
        _queue.Clear();
    }

    public void ComeBack() => (IsDown, _synced) = (false, store.Events.Count);

    /// <summary>Lets a batch arrive after a while; a node's crash or pause does not stop it, the database's own crash does.</summary>
    public void ArriveAfter(TimeSpan time, StoredRequest request)
    {
        if (domain is null)
            Arrive(request);
        else
            domain.Start(() => ArriveLaterAsync(time, request, _era));
    }

    private async Task ArriveLaterAsync(TimeSpan time, StoredRequest request, int era)
    {
        await WaitAsync(time);
        if (era == _era)
            Arrive(request);
        else
            request.Broken();
    }

    private Task WaitAsync(TimeSpan time) => domain is null ? Task.CompletedTask : Task.Delay(time, domain.TimeProvider);

    private async Task WriteAllAsync(int era)
    {
        while (era == _era && _queue.Count > 0)
        {
            // Others join the group while the one before is being synced.
            await WaitAsync(faults.NextTime() / 4);
            if (era != _era)
                return;
            _group = [.. _queue];
            _queue.Clear();
            if (!rules.AcknowledgedIsSynced)
                CommitGroup();
            await WaitAsync(faults.NextTime());
            if (era != _era)
                return;
            _synced = store.Events.Count;
            CommitGroup();
        }

        if (era == _era)
            _writing = false;
    }

    private void CommitGroup()
    {
        var failure = faults.DiskIsFull ? new JournalException(JournalError.DiskFull, WriteOutcome.NotWritten, "The simulated disk is full.")
            : _group.Count > 0 && faults.NextCommitFails()
                ? new JournalException(JournalError.Unavailable, WriteOutcome.NotWritten, "The simulated database rolled back.")
            : null;
        foreach (var request in _group)
        {
            // A full disk does not keep an owner from confirming that it is one.
            var refused = failure is not null && !(faults.DiskIsFull && request.Batch.Count == 0) ? failure : store.Commit(request);
            if (failure is not null && !rules.BatchesAreAtomic)
                store.CommitHalf(request);
            trace?.Write($"database {(refused is null ? "commits" : "refuses")} {request}{(refused is null ? "" : ": " + refused.Message)}");
            if (refused is null)
                request.Done();
            else
                request.Failed(refused);
        }

        _group = [];
    }
}
