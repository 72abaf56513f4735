namespace ActorMemory.Journal;

/// <summary>The removal of archived events, slice by slice, so that nobody waits long; others write in between.</summary>
public sealed class ArchiveRemoval
{
    private readonly Func<long, Func<string, bool>, Task<(long Next, int Removed)>> _removeFrom;
    private long _next = 1;

    internal ArchiveRemoval(IReadOnlyList<string> withoutSnapshot, Func<long, Func<string, bool>, Task<(long Next, int Removed)>> removeFrom) =>
        (WithoutSnapshot, _removeFrom) = (withoutSnapshot, removeFrom);

    /// <summary>Entities whose events stay because no snapshot of them is sound and new enough.</summary>
    public IReadOnlyList<string> WithoutSnapshot { get; }

    /// <summary>Whether all is removed that may go.</summary>
    public bool IsComplete => _next == 0;

    /// <summary>Removes the next events, in one commit.</summary>
    /// <param name="isHeld">Entities whose events stay.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="JournalException">Nothing of this slice was removed, or nobody knows; begin again.</exception>
    public async Task<int> RemoveSliceAsync(Func<string, bool> isHeld)
    {
        var (next, removed) = await _removeFrom(_next, isHeld);
        _next = next;
        return removed;
    }
}
