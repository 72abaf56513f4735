using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Journal;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.Retention;

namespace ActorMemory.Node.Retention;

/// <summary>Runs, archives and legal holds as JSON, both ways.</summary>
internal static class RetentionAnswers
{
    public static void Write(Utf8JsonWriter json, RetentionRun run)
    {
        json.WriteStartObject();
        json.WriteString("started_at", run.StartedAt.ToString());
        json.WriteString("ended_at", run.EndedAt.ToString());
        json.WriteBoolean("dry_run", run.IsDryRun);
        json.WriteNumber("up_to", run.UpTo);
        json.WriteNumber("archived", run.Archived);
        json.WriteStartArray("archives");
        foreach (var name in run.Archives)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteNumber("removed", run.Removed);
        json.WriteNumber("holds", run.Holds);
        json.WriteNumber("without_snapshot", run.WithoutSnapshot);
        json.WriteEndObject();
    }

    public static RetentionRun ReadRun(JsonElement json) => new(
        UnixNanoseconds.Parse(AnswerReader.Text(json, "started_at")),
        UnixNanoseconds.Parse(AnswerReader.Text(json, "ended_at")),
        json.GetProperty("dry_run").GetBoolean(),
        AnswerReader.Long(json, "up_to"),
        AnswerReader.Long(json, "archived"),
        [.. json.GetProperty("archives").EnumerateArray().Select(static name => name.GetString() ?? "")],
        AnswerReader.Long(json, "removed"),
        AnswerReader.Int(json, "holds"),
        AnswerReader.Int(json, "without_snapshot"));

    public static void Write(Utf8JsonWriter json, RetentionStatus status)
    {
        json.WriteStartObject();
        WriteSeconds(json, "older_than_seconds", status.Policy.OlderThan);
        if (status.Policy.KeepEvents is { } keep)
            json.WriteNumber("keep_events", keep);
        else
            json.WriteNull("keep_events");
        WriteSeconds(json, "schedule_seconds", status.Schedule);
        json.WriteNumber("last_ordering", status.Archive.LastOrdering);
        json.WriteNumber("archived_to", status.Archive.ArchivedTo);
        json.WriteString("folder", status.Archive.Folder);
        json.WriteNumber("holds", status.Holds);
        json.WriteStartArray("archives");
        foreach (var segment in status.Archive.Segments)
        {
            json.WriteStartObject();
            json.WriteString("name", segment.Name);
            json.WriteNumber("first_ordering", segment.FirstOrdering);
            json.WriteNumber("last_ordering", segment.LastOrdering);
            json.WriteString("last_recorded_at", new UnixNanoseconds(segment.LastRecordedAt).ToString());
            json.WriteString("created_at", new UnixNanoseconds(segment.CreatedAt).ToString());
            json.WriteNumber("bytes", segment.Bytes);
            json.WriteString("sha256", segment.Sha256);
            json.WriteBoolean("missing", status.Archive.MissingFiles.Contains(segment.Name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static RetentionStatus ReadStatus(JsonElement json)
    {
        var archives = json.GetProperty("archives").EnumerateArray().ToList();
        var segments = archives.ConvertAll(static archive => new ArchiveSegment(
            AnswerReader.Long(archive, "first_ordering"),
            AnswerReader.Long(archive, "last_ordering"),
            UnixNanoseconds.Parse(AnswerReader.Text(archive, "last_recorded_at")).Value,
            AnswerReader.Text(archive, "name"),
            AnswerReader.Long(archive, "bytes"),
            AnswerReader.Text(archive, "sha256"),
            UnixNanoseconds.Parse(AnswerReader.Text(archive, "created_at")).Value));
        var missing = archives.Where(static archive => archive.GetProperty("missing").GetBoolean()).Select(static archive => AnswerReader.Text(archive, "name"));
        return new RetentionStatus(
            new RetentionPolicy(ReadSeconds(json, "older_than_seconds"), ReadLong(json, "keep_events")),
            ReadSeconds(json, "schedule_seconds"),
            new ArchiveStatus(AnswerReader.Text(json, "folder"), segments, [.. missing], AnswerReader.Long(json, "last_ordering")),
            AnswerReader.Int(json, "holds"));
    }

    public static void Write(Utf8JsonWriter json, LegalHold hold)
    {
        json.WriteStartObject();
        json.WriteNumber("hold", hold.Number);
        json.WriteString("placed_at", hold.PlacedAt.ToString());
        json.WriteString("who", hold.Who);
        json.WriteString("reason", hold.Reason);
        json.WriteString("strategy", hold.Keys.Strategy);
        json.WriteString("prefix", hold.Keys.StrategyPrefix);
        json.WriteString("regime", hold.Keys.Regime);
        json.WriteString("horizon", hold.Keys.Horizon);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<LegalHold> holds)
    {
        json.WriteStartObject();
        json.WriteStartArray("holds");
        foreach (var hold in holds)
            Write(json, hold);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static LegalHold ReadHold(JsonElement json) => new(
        AnswerReader.Long(json, "hold"),
        UnixNanoseconds.Parse(AnswerReader.Text(json, "placed_at")),
        AnswerReader.Text(json, "who"),
        AnswerReader.Text(json, "reason"),
        new KeyFilter
        {
            Strategy = json.GetProperty("strategy").GetString(),
            StrategyPrefix = json.GetProperty("prefix").GetString(),
            Regime = json.GetProperty("regime").GetString(),
            Horizon = json.GetProperty("horizon").GetString(),
        });

    private static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan? duration)
    {
        if (duration is { } known)
            json.WriteNumber(name, known.TotalSeconds);
        else
            json.WriteNull(name);
    }

    private static TimeSpan? ReadSeconds(JsonElement json, string name) =>
        json.GetProperty(name) is { ValueKind: JsonValueKind.Number } seconds ? TimeSpan.FromSeconds(seconds.GetDouble()) : null;

    private static long? ReadLong(JsonElement json, string name) =>
        json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
}
