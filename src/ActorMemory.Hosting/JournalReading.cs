using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>Opens the journal of some settings to read it, without a node.</summary>
public static class JournalReading
{
    /// <summary>Opens it. A node may run on it meanwhile.</summary>
    /// <exception cref="Actors.JournalException">There is none, or it cannot be read; the message says what to do.</exception>
    public static async Task<IJournalSource> OpenAsync(ActorMemorySettings settings) =>
        settings.Journal.Store == JournalStore.Postgres
            ? await PostgresJournal.OpenReadOnlyAsync(settings.ToPostgresOptions(static _ => { }, TimeProvider.System))
            : await SqliteJournal.OpenReadOnlyAsync(settings.Data, settings.Retention.Archive);
}
