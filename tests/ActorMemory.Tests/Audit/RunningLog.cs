using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Audit;

/// <summary>An audit log on a SQLite journal in a folder of its own. Its clock moves only when the test moves it.</summary>
internal sealed class RunningLog : IAsyncDisposable
{
    private const int ShardCount = 4;

    private readonly string _folder;
    private readonly long _start;
    private (ActorSystem System, SqliteJournal Journal, AuditLog Log) _now;

    private RunningLog(string folder, VirtualTimeProvider clock) =>
        (_folder, Clock, _start) = (folder, clock, (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

    internal VirtualTimeProvider Clock { get; }

    internal static async Task<RunningLog> StartAsync()
    {
        var log = new RunningLog(Directory.CreateTempSubdirectory("actormemory-audit-").FullName, new VirtualTimeProvider());
        await log.OpenAsync();
        return log;
    }

    internal async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    internal Task<AuditEntry> NoteAsync(AuditAction action) => _now.Log.NoteAsync(action, TestContext.Current.CancellationToken);

    internal Task<AuditEntry?> NoteSettingsAsync(Dictionary<string, string> settings, HashSet<string> secrets) =>
        _now.Log.NoteSettingsAsync("ada", settings, secrets, TestContext.Current.CancellationToken);

    internal Task<AuditPage> ReadAsync(AuditQuery query) => _now.Log.ReadAsync(query, TestContext.Current.CancellationToken);

    internal KnownStates States => new(_now.Journal, ShardCount);

    internal IAuditReader AsOf(KnownMoment moment) => _now.Log.AsOf(moment);

    internal async Task<IEnumerable<long>> NumbersAsync(AuditQuery query) => (await ReadAsync(query)).Entries.Select(static entry => entry.Number);

    internal Task<IReadOnlyList<JournaledEvent>> EventsAsync(string persistenceId) => _now.Journal.ReadEntityAsync(persistenceId, 1, 10_000);

    /// <summary>The time some seconds after the start.</summary>
    internal UnixNanoseconds At(int seconds) => new(_start + (seconds * 1_000_000_000L));

    /// <summary>An entry as text, with its time relative to the start.</summary>
    internal string Show(AuditEntry entry) =>
        $"{entry.Number} +{(entry.At.Value - _start) / 1_000_000_000}s {entry.Action.Who} {entry.Action.Kind.ToName()} "
        + $"{entry.Action.Outcome.ToName()} {string.Join(", ", entry.Action.Details.Select(static detail => $"{detail.Name}={detail.Value}"))}";

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, true);
    }

    private async Task OpenAsync()
    {
        var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions
        {
            Folder = _folder,
            ShardCount = ShardCount,
            ReserveBytes = 0,
            Synchronous = SqliteSynchronous.Normal,
            TimeProvider = Clock,
        });
        var system = new ActorSystem("test", null, Clock);
        _now = (system, journal, new AuditLog(system, journal, new ShardSettings { Count = ShardCount }));
    }

    private async Task CloseAsync()
    {
        await _now.Log.StopAsync();
        await _now.System.TerminateAsync();
        await _now.Journal.DisposeAsync();
    }
}
