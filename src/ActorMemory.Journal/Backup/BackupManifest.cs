using System.Text.Json;
using System.Text.RegularExpressions;

namespace ActorMemory.Journal;

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its path in the folder of the backup, with forward slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in lower-case hexadecimal.</param>
public sealed record BackupFile(string Name, long Bytes, string Sha256);

/// <summary>What a backup holds of a shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Batches">Its batches, which are the leaves of its tree.</param>
/// <param name="LastLeaf">The leaf of the last one in lower-case hexadecimal; null without batches.</param>
public sealed record BackupShard(int Shard, long Batches, string? LastLeaf);

/// <summary>What a backup holds, as its file <c>manifest.json</c> says. A folder without this file is no backup.</summary>
public sealed partial record BackupManifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "manifest.json";

    private const string Format = "actormemory-backup";
    private const int Version = 1;
    private const int MaxBytes = 64 << 20;

    /// <summary>When the backup was complete, in nanoseconds since 1970-01-01 UTC.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>What tells the journal from every other.</summary>
    public required string JournalId { get; init; }

    /// <summary>The number of shards of the journal.</summary>
    public required int ShardCount { get; init; }

    /// <summary>The ordering of the last event; 0 without events.</summary>
    public required long LastOrdering { get; init; }

    /// <summary>When the last event was recorded, in nanoseconds since 1970-01-01 UTC; null without events.</summary>
    public required long? LastRecordedAt { get; init; }

    /// <summary>The number of entities.</summary>
    public required long Entities { get; init; }

    /// <summary>The number of snapshots.</summary>
    public required long Snapshots { get; init; }

    /// <summary>The shards that have batches.</summary>
    public required IReadOnlyList<BackupShard> Shards { get; init; }

    /// <summary>The files beside the manifest.</summary>
    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>Names of archives whose files were not in the folder of the archives; they belong to the backup.</summary>
    public IReadOnlyList<string> ArchivesElsewhere { get; init; } = [];

    /// <summary>What is damaged in the journal, so that the backup has it too; null when all of it verifies.</summary>
    public required string? Damage { get; init; }

    /// <summary>The size of its files in bytes.</summary>
    public long Bytes => Files.Sum(static file => file.Bytes);

    /// <summary>Writes it as a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteNumber("created_at", CreatedAt);
        json.WriteStartObject("journal");
        json.WriteString("id", JournalId);
        json.WriteNumber("shard_count", ShardCount);
        json.WriteNumber("last_ordering", LastOrdering);
        if (LastRecordedAt is { } recordedAt)
            json.WriteNumber("last_recorded_at", recordedAt);
        else
            json.WriteNull("last_recorded_at");
        json.WriteNumber("entities", Entities);
        json.WriteNumber("snapshots", Snapshots);
        json.WriteString("damage", Damage);
        json.WriteEndObject();
        json.WriteStartArray("shards");
        foreach (var shard in Shards)
        {
            json.WriteStartObject();
            json.WriteNumber("shard", shard.Shard);
            json.WriteNumber("batches", shard.Batches);
            json.WriteString("last_leaf", shard.LastLeaf);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in Files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("archives_elsewhere");
        foreach (var name in ArchivesElsewhere)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="FormatException">It is not the manifest of a backup, or a newer version wrote it.</exception>
    public static BackupManifest Read(JsonElement json)
    {
        try
        {
            if (json.GetProperty("format").GetString() != Format || json.GetProperty("version").GetInt32() != Version)
                throw new FormatException($"it is not a manifest of version {Version} of the format {Format}");
            var journal = json.GetProperty("journal");
            return new BackupManifest
            {
                CreatedAt = json.GetProperty("created_at").GetInt64(),
                JournalId = journal.GetProperty("id").GetString() ?? "",
                ShardCount = journal.GetProperty("shard_count").GetInt32(),
                LastOrdering = journal.GetProperty("last_ordering").GetInt64(),
                LastRecordedAt = journal.GetProperty("last_recorded_at") is { ValueKind: JsonValueKind.Number } at ? at.GetInt64() : null,
                Entities = journal.GetProperty("entities").GetInt64(),
                Snapshots = journal.GetProperty("snapshots").GetInt64(),
                Damage = journal.GetProperty("damage").GetString(),
                Shards = [.. json.GetProperty("shards").EnumerateArray().Select(ReadShard)],
                ArchivesElsewhere = [.. json.GetProperty("archives_elsewhere").EnumerateArray().Select(static name => name.GetString() ?? "")],
                Files = [.. json.GetProperty("files").EnumerateArray().Select(ReadFile)],
            };
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"it is not a manifest of version {Version} of the format {Format}", e);
        }
    }

    internal byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            Write(json);
        return buffer.ToArray();
    }

    /// <exception cref="BackupException">There is none, or it is not one.</exception>
    internal static BackupManifest ReadFrom(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new FormatException($"it has more than {MaxBytes} bytes");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BackupException($"{folder} is not a backup: it has no {FileName}. A backup that was not completed ends in .partial.", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be read: {e.Message.TrimEnd('.')}. Use another backup.", e);
        }
    }

    private static BackupShard ReadShard(JsonElement json) => new(
        json.GetProperty("shard").GetInt32(), json.GetProperty("batches").GetInt64(), json.GetProperty("last_leaf").GetString());

    private static BackupFile ReadFile(JsonElement json)
    {
        var name = json.GetProperty("name").GetString() ?? "";
        // The name becomes a path: only what a backup of ours has is taken, and nothing that leads out of the folder.
        return FileNames().IsMatch(name)
            ? new BackupFile(name, json.GetProperty("bytes").GetInt64(), json.GetProperty("sha256").GetString() ?? "")
            : throw new FormatException("it names a file that no backup has");
    }

    [GeneratedRegex(@"^(journal\.db|archive/[0-9a-f-]{1,120}\.amarchive)\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileNames();
}
