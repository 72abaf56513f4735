using System.Reflection;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Journal;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>What a node holds and how it is.</summary>
/// <param name="Version">The version of the program.</param>
/// <param name="Data">The folder of the journal.</param>
/// <param name="Keys">Keys that have records.</param>
/// <param name="Records">Records that are retained.</param>
/// <param name="TotalRecords">Records that were ever added.</param>
/// <param name="Journal">The journal and its snapshots.</param>
internal sealed record NodeInfo(string Version, string Data, long Keys, long Records, long TotalRecords, JournalInfo Journal)
{
    /// <summary>The version of the program.</summary>
    public static string ProgramVersion { get; } =
        typeof(NodeInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Asks a node.</summary>
    public static async Task<NodeInfo> OfAsync(ActorMemoryNode node, CancellationToken cancellationToken)
    {
        long records = 0, total = 0;
        var keys = await node.Performance.GetKeysAsync(KeyFilter.All, cancellationToken);
        foreach (var key in keys)
            (records, total) = (records + key.Records, total + key.TotalRecords);
        return new NodeInfo(
            ProgramVersion, node.Settings.JournalPlace, keys.Count, records, total, await node.Journal.GetInfoAsync());
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("version", Version);
        json.WriteString("data", Data);
        json.WriteStartObject("performance");
        json.WriteNumber("keys", Keys);
        json.WriteNumber("records", Records);
        json.WriteNumber("total_records", TotalRecords);
        json.WriteEndObject();
        json.WriteStartObject("journal");
        json.WriteString("health", NameOf(Journal.Health));
        json.WriteString("last_error", Journal.LastError);
        json.WriteString("id", Journal.JournalId);
        json.WriteString("engine", Journal.Engine);
        json.WriteNumber("schema_version", Journal.SchemaVersion);
        json.WriteNumber("shard_count", Journal.ShardCount);
        json.WriteString("synchronous", Journal.Synchronous);
        json.WriteNumber("events", Journal.Events);
        json.WriteNumber("entities", Journal.Entities);
        json.WriteNumber("snapshots", Journal.Snapshots);
        json.WriteString("last_recorded_at", Journal.LastRecordedAt is { } at ? new UnixNanoseconds(at).ToString() : null);
        json.WriteNumber("index_tail_rows", Journal.IndexTailRows);
        if (Journal.FreeDiskBytes is { } free)
            json.WriteNumber("free_disk_bytes", free);
        else
            json.WriteNull("free_disk_bytes");
        json.WriteStartArray("files");
        foreach (var file in Journal.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static NodeInfo Read(JsonElement json)
    {
        var (performance, journal) = (json.GetProperty("performance"), json.GetProperty("journal"));
        return new NodeInfo(
            AnswerReader.Text(json, "version"),
            AnswerReader.Text(json, "data"),
            AnswerReader.Long(performance, "keys"),
            AnswerReader.Long(performance, "records"),
            AnswerReader.Long(performance, "total_records"),
            new JournalInfo
            {
                Health = Enum.GetValues<JournalHealth>().First(health => NameOf(health) == AnswerReader.Text(journal, "health")),
                LastError = journal.GetProperty("last_error").GetString(),
                JournalId = AnswerReader.Text(journal, "id"),
                Engine = AnswerReader.Text(journal, "engine"),
                SchemaVersion = AnswerReader.Int(journal, "schema_version"),
                ShardCount = AnswerReader.Int(journal, "shard_count"),
                Synchronous = AnswerReader.Text(journal, "synchronous"),
                Events = AnswerReader.Long(journal, "events"),
                Entities = AnswerReader.Long(journal, "entities"),
                Snapshots = AnswerReader.Long(journal, "snapshots"),
                LastRecordedAt = journal.GetProperty("last_recorded_at").GetString() is { } at ? UnixNanoseconds.Parse(at).Value : null,
                IndexTailRows = AnswerReader.Long(journal, "index_tail_rows"),
                FreeDiskBytes = journal.GetProperty("free_disk_bytes").ValueKind == JsonValueKind.Null ? null : AnswerReader.Long(journal, "free_disk_bytes"),
                Files =
                [
                    .. journal.GetProperty("files").EnumerateArray().Select(static file =>
                        new JournalFile(AnswerReader.Text(file, "path"), AnswerReader.Long(file, "bytes"))),
                ],
            });
    }

    public static string NameOf(JournalHealth health) => health switch
    {
        JournalHealth.Healthy => "healthy",
        JournalHealth.DiskFull => "disk_full",
        JournalHealth.Unreachable => "unreachable",
        _ => "failed",
    };
}
