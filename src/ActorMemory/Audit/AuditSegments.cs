namespace ActorMemory.Audit;

/// <summary>Walks the segments of the audit log, live or as of a moment, by asking them.</summary>
/// <param name="ask">Asks a segment, from 1; one that nobody has written to answers as an empty one.</param>
internal sealed class AuditSegments(Func<int, AuditCommand, CancellationToken, Task<object>> ask)
{
    private static readonly FindEntries s_none = new(new AuditQuery { Before = 0, Limit = 1 });

    /// <summary>The last segment with entries, at least 1: doubling steps from a segment that is known to have some, then bisection.</summary>
    public async Task<int> LastAsync(int known, CancellationToken cancellationToken)
    {
        int atOrBefore = known, after = known + 1;
        while (await HasEntriesAsync(after, cancellationToken))
            (atOrBefore, after) = (after, after * 2);
        while (after - atOrBefore > 1)
        {
            var middle = atOrBefore + ((after - atOrBefore) / 2);
            if (await HasEntriesAsync(middle, cancellationToken))
                atOrBefore = middle;
            else
                after = middle;
        }

        return atOrBefore;
    }

    /// <summary>A page of what matches, newest first.</summary>
    public async Task<AuditPage> ReadAsync(AuditQuery query, int knownSegment, CancellationToken cancellationToken)
    {
        if (query.Limit < 1)
            throw new ArgumentOutOfRangeException(nameof(query), query.Limit, "The limit is below 1.");
        var limit = Math.Min(query.Limit, AuditQuery.MaxLimit);
        var segment = await LastAsync(knownSegment, cancellationToken);
        if (query.Before < segment * (long)AuditSegmentBehavior.Capacity)
            segment = (int)((Math.Max(query.Before, 1) - 1) / AuditSegmentBehavior.Capacity) + 1;

        // One more than asked for tells whether there is a next page.
        var found = new List<AuditEntry>();
        for (; segment >= 1 && found.Count <= limit; segment--)
        {
            var rest = query with { Limit = limit + 1 - found.Count };
            found.AddRange(((SegmentEntries)await ask(segment, new FindEntries(rest), cancellationToken)).Found);
        }

        return found.Count <= limit
            ? new AuditPage(found, null)
            : new AuditPage(found.GetRange(0, limit), found[limit - 1].Number);
    }

    private async Task<bool> HasEntriesAsync(int segment, CancellationToken cancellationToken) =>
        ((SegmentEntries)await ask(segment, s_none, cancellationToken)).Held > 0;
}
