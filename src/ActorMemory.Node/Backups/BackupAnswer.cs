using System.Text.Json;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using Spectre.Console;

namespace ActorMemory.Node.Backups;

/// <summary>What became of a backup, as the HTTP API and the commands tell it.</summary>
/// <param name="Folder">The folder that was made: of the backup, or of the restored journal.</param>
/// <param name="CreatedAt">When the backup was complete.</param>
/// <param name="LastOrdering">The ordering of the last event.</param>
/// <param name="Entities">The number of entities.</param>
/// <param name="Bytes">The size of the files.</param>
/// <param name="Damage">What is damaged in the journal; null for nothing.</param>
internal sealed record BackupAnswer(
    string Folder, UnixNanoseconds CreatedAt, long LastOrdering, long Entities, long Bytes, string? Damage)
{
    public static BackupAnswer Of(string folder, BackupManifest manifest) => new(
        Path.GetFullPath(folder), new UnixNanoseconds(manifest.CreatedAt), manifest.LastOrdering, manifest.Entities, manifest.Bytes, manifest.Damage);

    public static BackupAnswer Read(JsonElement json) => new(
        AnswerReader.Text(json, "folder"),
        UnixNanoseconds.Parse(AnswerReader.Text(json, "created_at")),
        AnswerReader.Long(json, "last_ordering"),
        AnswerReader.Long(json, "entities"),
        AnswerReader.Long(json, "bytes"),
        json.GetProperty("damage").GetString());

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("folder", Folder);
        json.WriteString("created_at", CreatedAt.ToString());
        json.WriteNumber("last_ordering", LastOrdering);
        json.WriteNumber("entities", Entities);
        json.WriteNumber("bytes", Bytes);
        json.WriteString("damage", Damage);
        json.WriteEndObject();
    }

    public Table ToTable() => Tables.Rows(
        ["folder", "backup of", "events", "entities", "size", "verified"],
        [[Folder, CreatedAt.ToString(), Tables.Number(LastOrdering), Tables.Number(Entities), Tables.Size(Bytes), Damage is null ? "yes" : "NO"]]);
}
