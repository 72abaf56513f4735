using System.Collections.Concurrent;
using ActorMemory.Testing;
using Npgsql;

namespace ActorMemory.Journal.Tests;

/// <summary>Lost connections, servers that cannot be reached, and servers that are slow.</summary>
public sealed class PostgresFaultTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly LoopbackProxy _proxy = new(postgres.Server.Port);
    private readonly ConcurrentQueue<JournalIncident> _incidents = [];
    private Action<NpgsqlConnection>? _beforeCommit;

    private PostgresJournalOptions Options => field ??= PostgresFixture.Options($"Host=127.0.0.1;Port={_proxy.Port};Database=postgres;Username=postgres") with
    {
        BeforeCommit = connection => Interlocked.Exchange(ref _beforeCommit, null)?.Invoke(connection),
        OnIncident = _incidents.Enqueue,
    };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    [Theory]
    [InlineData("the answer is lost", true)]
    [InlineData("the request is lost", false)]
    [InlineData("the server ends the session", false)]
    public async Task A_commit_whose_connection_is_lost_is_unknown_until_the_shard_is_taken_again(string fault, bool reached)
    {
        await using var journal = await PostgresJournal.OpenAsync(Options);
        var epoch = await journal.AcquireAsync(1);
        await journal.AppendAsync(InEpoch(epoch, Batches.Of(1, ("a", 1, "one"))));

        _beforeCommit = connection =>
        {
            if (fault == "the server ends the session")
                postgres.Server.ExecuteAsync($"SELECT pg_terminate_backend({connection.ProcessID}, 5000)").Wait();
            else
                _proxy.Set(reached ? ProxyFault.LoseAnswer : ProxyFault.LoseRequest);
        };
        var lost = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(InEpoch(epoch, Batches.Of(1, ("a", 2, "two")))));
        Assert.Equal((JournalError.Unavailable, WriteOutcome.Unknown), (lost.Error, lost.Outcome));

        var next = await journal.AcquireAsync(1);
        Assert.True(next > epoch);
        var target = await SqliteFolder.RecoverAsync(journal, "a");
        Assert.Equal(reached ? ["one", "two"] : ["one"], target.Payloads);
        var refused = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(InEpoch(epoch, Batches.Of(1, ("b", 1, "late")))));
        Assert.Equal(JournalError.Fenced, refused.Error);
        await journal.AppendAsync(InEpoch(next, Batches.Of(1, ("a", target.Payloads.Length + 1, "next"))));
        Assert.Equal(target.Payloads.Append("next"), (await SqliteFolder.RecoverAsync(journal, "a")).Payloads);
    }

    [Fact]
    public async Task What_was_not_written_when_the_connection_was_lost_is_written_on_the_next_one_once()
    {
        await using var journal = await PostgresJournal.OpenAsync(Options);
        await journal.AppendAsync(Batches.Of(1, ("a", 1, "one")));
        await journal.SaveSnapshotAsync(new EntitySnapshot("a", 1, 1, "state.v1", "s"u8.ToArray()));

        _proxy.CutAll();
        await journal.AppendAsync(Batches.Of(1, ("a", 2, "two")));
        _proxy.CutAll();
        await journal.SaveSnapshotAsync(new EntitySnapshot("a", 1, 2, "state.v1", "s"u8.ToArray()));
        _proxy.CutAll();
        var events = await journal.ReadAllAsync(1, 10);

        Assert.Equal([1L, 2L], events.Select(static e => e.SequenceNumber));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_told_at_once_after_a_while_and_found_again_without_a_restart()
    {
        await using var journal = await PostgresJournal.OpenAsync(Options with
        {
            RetryFor = TimeSpan.FromMilliseconds(200),
            BreakFor = TimeSpan.FromMilliseconds(500),
            ConnectTimeout = TimeSpan.FromSeconds(1),
        });
        await journal.AppendAsync(Batches.Of(1, ("a", 1, "one")));
        await journal.GetInfoAsync();

        _proxy.Set(ProxyFault.Unreachable);
        JournalException refusal;
        do
        {
            refusal = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(1, ("a", 2, "two"))));
            Assert.Equal((JournalError.Unavailable, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        }
        while (refusal.InnerException is not Polly.CircuitBreaker.BrokenCircuitException);
        Assert.Equal(JournalHealth.Unreachable, (await journal.GetInfoAsync()).Health);
        Assert.Contains(_incidents, static incident => incident.Kind == JournalIncidentKind.Unreachable);

        _proxy.Set(ProxyFault.None);
        while (await Record.ExceptionAsync(() => journal.AppendAsync(Batches.Of(1, ("a", 2, "two")))) is { } again)
            Assert.Equal(JournalError.Unavailable, Assert.IsType<JournalException>(again).Error);
        Assert.Equal(["one", "two"], (await SqliteFolder.RecoverAsync(journal, "a")).Payloads);
        Assert.Equal(JournalHealth.Healthy, (await journal.GetInfoAsync()).Health);
        Assert.Contains(_incidents, static incident => incident.Kind == JournalIncidentKind.Reachable);
    }

    [Fact]
    public async Task A_slow_server_makes_senders_wait_and_then_refuses_and_loses_nothing_that_it_took()
    {
        await using var journal = await PostgresJournal.OpenAsync(Options with { MaxWaitingBytes = 10_000, MaxCommitEvents = 10 });
        await journal.AppendAsync(Batches.Of(0, ("first", 1, "x")));
        _proxy.Delay = TimeSpan.FromMilliseconds(20);

        var appends = Enumerable.Range(0, 100).Select(i => journal.AppendAsync(Batches.Of(i % 4, ("e" + i, 1, new string('p', 1_000))))).ToArray();
        var failures = await Task.WhenAll(appends.Select(static append => Record.ExceptionAsync(() => append).AsTask()));

        Assert.All(failures.OfType<JournalException>(), static refusal => Assert.Equal((JournalError.Unavailable, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome)));
        Assert.InRange(failures.Count(static failure => failure is null), 10, 60);
        var stored = (await journal.ReadAllAsync(1, 1_000)).Select(static e => e.PersistenceId).ToHashSet();
        Assert.Equal(Enumerable.Range(0, 100).Where(i => failures[i] is null).Select(i => "e" + i).Append("first").ToHashSet(), stored);
    }

    private static AppendBatch InEpoch(long epoch, AppendBatch batch)
    {
        batch.Epoch = epoch;
        return batch;
    }
}
