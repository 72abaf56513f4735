using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>Opens the journal that settings name, without a node on it.</summary>
public static class NodeJournals
{
    /// <summary>Opens it to write; it is created if it is missing.</summary>
    /// <exception cref="Actors.JournalException">It cannot be opened; the message names it and the way out.</exception>
    public static Task<IDurableJournal> OpenAsync(ActorMemorySettings settings) => settings.OpenJournalAsync(static _ => { }, TimeProvider.System);

    /// <summary>Opens it to read, also while a node runs on it.</summary>
    /// <exception cref="Actors.JournalException">There is none, or it cannot be read.</exception>
    public static async Task<IJournalSource> OpenSourceAsync(ActorMemorySettings settings) => settings.Journal.Store == JournalStore.Postgres
        ? await PostgresJournal.OpenReadOnlyAsync(settings.ToPostgresOptions(static _ => { }, TimeProvider.System))
        : await SqliteJournal.OpenReadOnlyAsync(settings.Data);
}
