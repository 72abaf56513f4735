namespace ActorMemory.Journal;

/// <summary>One call of <see cref="IJournal.RecoverAsync"/>.</summary>
internal sealed class RecoveryRequest(IReadOnlyList<IRecoveryTarget> targets)
{
    public IReadOnlyList<IRecoveryTarget> Targets => targets;

    public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The targets of requests in rounds: the same entity asked for twice is recovered twice, one after the other.</summary>
    public static IEnumerable<List<IRecoveryTarget>> Rounds(List<RecoveryRequest> requests)
    {
        var waiting = requests.SelectMany(request => request.Targets).ToList();
        while (waiting.Count > 0)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var again = new List<IRecoveryTarget>();
            var now = new List<IRecoveryTarget>();
            foreach (var target in waiting)
                (seen.Add(target.PersistenceId) ? now : again).Add(target);
            yield return now;
            waiting = again;
        }
    }
}
