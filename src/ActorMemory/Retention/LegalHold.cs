using ActorMemory.Performance;

namespace ActorMemory.Retention;

/// <summary>A legal hold: as long as it stands, no retention policy removes an event of the keys that it means.</summary>
/// <param name="Number">Its number, from 1; never used again.</param>
/// <param name="PlacedAt">When it was placed.</param>
/// <param name="Who">Who placed it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Keys">The keys that it means, also those that come into being later.</param>
public sealed record LegalHold(long Number, UnixNanoseconds PlacedAt, string Who, string Reason, KeyFilter Keys)
{
    /// <summary>The longest reason, and the longest name of who placed it, in UTF-16 units.</summary>
    public const int MaxText = 1024;

    /// <summary>Whether it holds the events of an entity.</summary>
    public bool Holds(string persistenceId) =>
        PerformanceKey.TryFromPersistenceId(persistenceId, out var key) && Keys.Matches(key);
}

/// <summary>A legal hold could not be placed or lifted; nothing was changed.</summary>
public sealed class LegalHoldException(string message) : Exception(message);
