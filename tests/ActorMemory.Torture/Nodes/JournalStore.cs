using ActorMemory.Journal;

namespace ActorMemory.Torture.Nodes;

/// <summary>Which store the node uses, and how its journal is opened when the node is down.</summary>
internal abstract class JournalStore
{
    public static JournalStore Sqlite { get; } = new SqliteStore();

    /// <summary>Settings that make a node use the store.</summary>
    public virtual IReadOnlyList<string> Settings => [];

    public abstract Task<IJournalStore> OpenAsync(string data);

    private sealed class SqliteStore : JournalStore
    {
        public override async Task<IJournalStore> OpenAsync(string data) =>
            await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = data, ReserveBytes = 0 });
    }
}
