namespace ActorMemory.Journal;

/// <summary>Tells the listener of a journal what happened, and remembers the last thing that went wrong.</summary>
internal sealed class IncidentReport(Action<JournalIncident>? listener)
{
    private volatile string? _lastError;

    public string? LastError => _lastError;

    public void Tell(JournalIncident incident)
    {
        if (incident.Kind is not (JournalIncidentKind.DiskFullOver or JournalIncidentKind.Reachable))
            _lastError = incident.Message;
        try
        {
            listener?.Invoke(incident);
        }
        catch (Exception e)
        {
            // Whoever listens must not be able to stop the journal; what went wrong there is still told.
            _lastError = $"{incident.Message} (the listener failed: {e.Message})";
        }
    }
}
