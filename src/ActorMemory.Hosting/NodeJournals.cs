using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>Opens the journal that settings name, without a node on it.</summary>
public static class NodeJournals
{
    /// <summary>Opens it to write; it is created if it is missing.</summary>
    /// <exception cref="Actors.JournalException">It cannot be opened; the message names it and the way out.</exception>
    public static Task<IDurableJournal> OpenAsync(ActorMemorySettings settings) => settings.OpenJournalAsync(static _ => { }, TimeProvider.System);
}
