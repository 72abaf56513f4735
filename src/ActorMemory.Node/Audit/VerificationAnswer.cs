using System.Text.Json;
using ActorMemory.Journal;

namespace ActorMemory.Node.Audit;

/// <summary>The result of a verification as JSON.</summary>
internal static class VerificationAnswer
{
    public static void Write(Utf8JsonWriter json, VerificationReport report)
    {
        json.WriteStartObject();
        json.WriteString("result", report.IsSound ? "sound" : "not_sound");
        json.WriteString("summary", report.Summary);
        json.WriteString("journal_id", report.JournalId);
        json.WriteNumber("events", report.Events);
        json.WriteNumber("entities", report.Entities);
        json.WriteNumber("batches", report.Batches);
        json.WriteNumber("checkpoints", report.Checkpoints);
        json.WriteNumber("signed_up_to", report.SignedUpTo);
        json.WriteStartArray("remarks");
        foreach (var remark in report.Remarks)
            json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
            Write(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VerificationFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("kind", NameOf(finding.Kind));
        json.WriteNumber("first_ordering", finding.FirstOrdering);
        json.WriteNumber("last_ordering", finding.LastOrdering);
        json.WriteString("persistence_id", finding.PersistenceId);
        if (finding.SequenceNumber > 0)
            json.WriteNumber("sequence_number", finding.SequenceNumber);
        else
            json.WriteNull("sequence_number");
        json.WriteString("message", finding.Message);
        json.WriteEndObject();
    }

    private static string NameOf(FindingKind kind) => kind switch
    {
        FindingKind.Changed => "changed",
        FindingKind.Removed => "removed",
        FindingKind.Inserted => "inserted",
        FindingKind.Reordered => "reordered",
        FindingKind.RolledBack => "rolled_back",
        FindingKind.Checkpoint => "checkpoint",
        _ => "unreadable",
    };
}
