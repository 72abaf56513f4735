using System.Globalization;
using ActorMemory.Audit;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Retention;

namespace ActorMemory.Hosting;

/// <summary>Retention of a node: one run at a time, slice by slice, with a look at the legal holds before each.</summary>
internal sealed class NodeRetention(
    RetentionSettings settings, IArchivingJournal? journal, LegalHolds holds, IAuditLog audit, TimeProvider timeProvider,
    params IReadOnlyList<Func<IReadOnlyList<string>, Task>> saveSnapshots) : IRetention, IDisposable
{
    // A hold and the removal of a slice exclude each other: when a hold stands, nothing that it means goes any more.
    private readonly SemaphoreSlim _holdsAndSlices = new(1, 1);
    private int _isRunning;

    public async Task<RetentionRun> RunAsync(RetentionPolicy? policy, bool isDryRun, string who, CancellationToken cancellationToken = default)
    {
        policy ??= new RetentionPolicy(settings.OlderThan, settings.KeepEvents);
        if (!policy.IsGiven)
            throw new RetentionException("there is no policy: set retention.older-than or retention.keep-events, or give one of them with the request.");
        if (policy is { OlderThan.Ticks: < 0 } or { KeepEvents: < 0 })
            throw new RetentionException("older-than and keep-events are at least 0.");
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
            throw new RetentionException("a retention run is under way; ask for the next one when it has ended.");
        try
        {
            return await RunAsync(Journal(), policy, isDryRun, who, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    public async Task<RetentionStatus> GetStatusAsync(CancellationToken cancellationToken = default) => new(
        new RetentionPolicy(settings.OlderThan, settings.KeepEvents), settings.Schedule, await Journal().GetArchiveStatusAsync(),
        (await holds.ListAsync(cancellationToken)).Count);

    public async Task<LegalHold> PlaceHoldAsync(KeyFilter keys, string who, string reason, CancellationToken cancellationToken = default)
    {
        await _holdsAndSlices.WaitAsync(cancellationToken);
        LegalHold hold;
        try
        {
            hold = await holds.PlaceAsync(keys, who, reason, cancellationToken);
        }
        finally
        {
            _holdsAndSlices.Release();
        }

        await NoteAsync(who, "placed", hold, reason);
        return hold;
    }

    public async Task<LegalHold> LiftHoldAsync(long number, string who, string reason, CancellationToken cancellationToken = default)
    {
        var hold = await holds.LiftAsync(number, who, reason, cancellationToken);
        await NoteAsync(who, "lifted", hold, reason);
        return hold;
    }

    public Task<IReadOnlyList<LegalHold>> GetHoldsAsync(CancellationToken cancellationToken = default) => holds.ListAsync(cancellationToken);

    public void Dispose() => _holdsAndSlices.Dispose();

    private async Task<RetentionRun> RunAsync(
        IArchivingJournal archiving, RetentionPolicy policy, bool isDryRun, string who, CancellationToken cancellationToken)
    {
        var startedAt = Now();
        long? before = policy.OlderThan is { } age ? startedAt.Value - (age.Ticks * TimeSpan.NanosecondsPerTick) : null;
        var upTo = await archiving.FindArchivableAsync(before, policy.KeepEvents);
        var archivedTo = (await archiving.GetArchiveStatusAsync()).ArchivedTo;
        var standing = await holds.ListAsync(cancellationToken);
        if (isDryRun)
            return new RetentionRun(startedAt, Now(), true, upTo, Math.Max(0, upTo - archivedTo), [], 0, standing.Count, 0);

        // Noted before and after: what was begun is known even if the process ends in the middle.
        var action = new AuditAction(who, AuditKind.Retention, [.. Describe(policy), ("up_to", Text(upTo)), ("archived_to", Text(archivedTo))]);
        if (upTo > 0)
            await audit.NoteAsync(With(action, ("step", "begun")), cancellationToken);
        try
        {
            var archives = await archiving.ArchiveAsync(upTo, cancellationToken);
            var (removed, withoutSnapshot) = upTo > 0 ? await RemoveAsync(archiving, upTo, cancellationToken) : (0, 0);
            var run = new RetentionRun(
                startedAt, Now(), false, upTo, archives.Sum(static archive => archive.Events), [.. archives.Select(static archive => archive.Name)], removed,
                standing.Count, withoutSnapshot);
            await audit.NoteAsync(
                With(action, ("step", "ended"), ("archived", Text(run.Archived)), ("removed", Text(removed)), ("holds", Text(standing.Count)),
                    ("without_snapshot", Text(withoutSnapshot))),
                CancellationToken.None);
            return run;
        }
        catch (Exception e)
        {
            await audit.NoteAsync(With(action, ("step", "ended")).FailedBecause(e.Message), CancellationToken.None);
            throw;
        }
    }

    private async Task<(long Removed, int WithoutSnapshot)> RemoveAsync(IArchivingJournal archiving, long upTo, CancellationToken cancellationToken)
    {
        var lacking = (await archiving.BeginRemovalAsync(upTo)).WithoutSnapshot;
        foreach (var save in saveSnapshots)
            await save(lacking);
        var removal = await archiving.BeginRemovalAsync(upTo);
        long removed = 0;
        while (!removal.IsComplete)
        {
            await _holdsAndSlices.WaitAsync(cancellationToken);
            try
            {
                var standing = await holds.ListAsync(cancellationToken);
                removed += await removal.RemoveSliceAsync(persistenceId => standing.Any(hold => hold.Holds(persistenceId)));
            }
            finally
            {
                _holdsAndSlices.Release();
            }
        }

        return (removed, removal.WithoutSnapshot.Count);
    }

    private IArchivingJournal Journal() => journal ?? throw new RetentionException(
        "this journal's engine does not archive: copy the journal to SQLite, or remove nothing. No event was removed.");

    private Task<AuditEntry> NoteAsync(string who, string what, LegalHold hold, string reason) => audit.NoteAsync(new AuditAction(
        who,
        AuditKind.LegalHold,
        ("what", what), ("hold", Text(hold.Number)), ("reason", reason), ("strategy", hold.Keys.Strategy ?? "any"),
        ("prefix", hold.Keys.StrategyPrefix ?? "any"), ("regime", hold.Keys.Regime ?? "any"), ("horizon", hold.Keys.Horizon ?? "any")));

    private static IEnumerable<(string, string)> Describe(RetentionPolicy policy)
    {
        if (policy.OlderThan is { } age)
            yield return ("older_than", age.ToString("c", CultureInfo.InvariantCulture));
        if (policy.KeepEvents is { } keep)
            yield return ("keep_events", Text(keep));
    }

    private static AuditAction With(AuditAction action, params IEnumerable<(string Name, string Value)> more) =>
        new(action.Who, action.Kind, [.. action.Details.Select(static detail => (detail.Name, detail.Value)), .. more]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private UnixNanoseconds Now() =>
        new((timeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
}
