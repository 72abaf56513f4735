using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>Opens the journal of some settings to read it, without a node.</summary>
public static class JournalReading
{
    /// <summary>
    /// Opens it. A SQLite folder may have a node running on it meanwhile; a journal in PostgreSQL has one owner at a time, and beside its node the
    /// HTTP API is to be asked.
    /// </summary>
    /// <exception cref="Actors.JournalException">There is none, or it cannot be read; the message says what to do.</exception>
    public static async Task<IJournalSource> OpenAsync(ActorMemorySettings settings) =>
        settings.Journal.Store == JournalStore.Postgres
            ? await settings.OpenJournalAsync(static _ => { }, TimeProvider.System)
            : await SqliteJournal.OpenReadOnlyAsync(settings.Data);
}
