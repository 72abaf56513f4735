namespace ActorMemory.Journal;

/// <summary>How the journal is, as its parts have seen it, and who is told when that changes.</summary>
internal sealed class PostgresHealth(string name, IncidentReport incidents)
{
    private readonly Lock _gate = new();
    private bool _unreachable;
    private bool _diskFull;

    public JournalHealth Current
    {
        get
        {
            lock (_gate)
                return _unreachable ? JournalHealth.Unreachable : _diskFull ? JournalHealth.DiskFull : JournalHealth.Healthy;
        }
    }

    /// <summary>The server has answered; <paramref name="wrote"/> if it took events.</summary>
    public void Worked(bool wrote = false)
    {
        var (reachable, room) = (false, false);
        lock (_gate)
        {
            (reachable, _unreachable) = (_unreachable, false);
            if (wrote)
                (room, _diskFull) = (_diskFull, false);
        }

        if (reachable)
            incidents.Tell(new JournalIncident(JournalIncidentKind.Reachable, $"{name} is reached again."));
        if (room)
            incidents.Tell(new JournalIncident(JournalIncidentKind.DiskFullOver, $"There is room again for {name}: it takes events."));
    }

    /// <summary>Notes an error, and returns it as what its callers are told.</summary>
    public JournalException Failed(Exception cause)
    {
        var error = cause as JournalException
            ?? new JournalException(JournalError.InputOutput, WriteOutcome.Unknown, $"A defect in the journal of {name}: {cause.Message}", cause);
        var isNews = true;
        lock (_gate)
        {
            if (error.Error == JournalError.Unavailable)
                (isNews, _unreachable) = (!_unreachable, true);
            else if (error.Error == JournalError.DiskFull)
                (isNews, _diskFull) = (!_diskFull, true);
        }

        JournalIncidentKind? kind = error.Error switch
        {
            JournalError.Unavailable => JournalIncidentKind.Unreachable,
            JournalError.DiskFull => JournalIncidentKind.DiskFull,
            JournalError.Corrupted => JournalIncidentKind.Corruption,
            JournalError.InputOutput => JournalIncidentKind.Failed,
            _ => null,
        };
        if (isNews && kind is { } incident)
            incidents.Tell(new JournalIncident(incident, error.Message, Cause: error));
        return error;
    }

    public JournalException Closed() =>
        new(JournalError.Closed, WriteOutcome.NotWritten, $"The journal in {name} is closed. Open it again.");
}
