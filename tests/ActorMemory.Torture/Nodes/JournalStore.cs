using ActorMemory.Journal;

namespace ActorMemory.Torture.Nodes;

/// <summary>Which store the node uses, and how its journal is opened when the node is down.</summary>
internal abstract class JournalStore : IAsyncDisposable
{
    public static IReadOnlyList<string> Names { get; } = ["sqlite", "postgres"];

    public static JournalStore Sqlite { get; } = new SqliteStore();

    /// <summary>Settings that make a node use the store.</summary>
    public virtual IReadOnlyList<string> Settings => [];

    /// <summary>The store of a name, with a server of its own if it needs one.</summary>
    public static async Task<JournalStore> OfAsync(string name) => name == "postgres" ? await PostgresStore.StartAsync() : Sqlite;

    /// <summary>Opens the journal of a node that is down.</summary>
    /// <param name="data">The node's data folder.</param>
    public abstract Task<IJournalStore> OpenAsync(string data);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class SqliteStore : JournalStore
    {
        public override async Task<IJournalStore> OpenAsync(string data) =>
            await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = data, ReserveBytes = 0 });
    }
}
