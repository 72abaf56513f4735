using System.Diagnostics;
using System.Globalization;
using ActorMemory.Journal;
using ActorMemory.Testing;

namespace ActorMemory.Torture.Nodes;

/// <summary>A journal in a schema of a real PostgreSQL server.</summary>
internal sealed class PostgresStore : JournalStore
{
    private readonly PostgresServer _server;
    private readonly bool _owns;
    private readonly string _schema;

    private PostgresStore(PostgresServer server, bool owns, string schema) => (_server, _owns, _schema) = (server, owns, schema);

    public override IReadOnlyList<string> Settings =>
    [
        "journal.store=postgres", $"journal.postgres.connection={_server.ConnectionString}", $"journal.postgres.schema={_schema}",
    ];

    /// <summary>A store on a server that is started for it.</summary>
    public static async Task<PostgresStore> StartAsync() => new(await PostgresServer.StartAsync(), owns: true, "torture");

    /// <summary>A store on a server that others use as well.</summary>
    public static PostgresStore On(PostgresServer server, string schema) => new(server, owns: false, schema);

    public override async Task<IJournalStore> OpenAsync(string data) =>
        await PostgresJournal.OpenAsync(new PostgresJournalOptions { ConnectionString = _server.ConnectionString, Schema = _schema });

    /// <summary>kill -9 of the whole server: whoever forks the sessions, and the sessions.</summary>
    public Task KillServerAsync() => _server.KillAsync();

    public Task StartServerAsync() => _server.StartAgainAsync();

    /// <summary>kill -9 of one session; the server then ends all others and recovers.</summary>
    public async Task KillSessionAsync()
    {
        if (await _server.ExecuteAsync(AnySession("pid")) is not int session)
            return;
        using var kill = Process.Start("kill", ["-9", session.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends all sessions of nodes, as whoever wants another node to take over does.</summary>
    public Task EndSessionsAsync() => _server.ExecuteAsync(AnySession("count(pg_terminate_backend(pid))").Replace(" LIMIT 1", "", StringComparison.Ordinal));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_owns)
            await _server.DisposeAsync();
    }

    private static string AnySession(string what) =>
        $"SELECT {what} FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1";
}
