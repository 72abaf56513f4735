using System.Globalization;
using ActorMemory.Performance;

namespace ActorMemory.Audit;

/// <summary>What the log says of the memory's own operations.</summary>
public static class AuditActions
{
    /// <summary>Who did what the schedule asked for.</summary>
    public const string Schedule = "schedule";

    /// <summary>A pruning run.</summary>
    public static AuditAction Of(string who, PruningRun run)
    {
        var action = new AuditAction(
            who, AuditKind.Prune, ("max_records_per_key", Text(run.MaxRecordsPerKey)), ("keys", Text(run.Keys)), ("pruned_keys", Text(run.PrunedKeys)),
            ("pruned", Text(run.PrunedRecords)), ("failed_keys", Text(run.FailedKeys)), ("started_at", run.StartedAt.ToString()));
        return run.FailedKeys == 0 ? action : action.FailedBecause($"{Text(run.FailedKeys)} keys could not be pruned.");
    }

    /// <summary>The import of a file.</summary>
    public static AuditAction Of(string who, ImportProgress import) => new(
        who, AuditKind.Import, ("file", import.FileName), ("source", import.Source.ToString("x32", CultureInfo.InvariantCulture)),
        ("lines", Text(import.Lines)), ("accepted", Text(import.Accepted)), ("duplicates", Text(import.Duplicates)), ("rejected", Text(import.Rejected)));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
