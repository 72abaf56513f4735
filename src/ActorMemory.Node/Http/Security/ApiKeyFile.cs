using System.Globalization;
using System.Text.Json;

namespace ActorMemory.Node.Http.Security;

/// <summary>The file of API keys is damaged, or others can write it.</summary>
internal sealed class ApiKeyFileException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// The keys of a node, in a file that only its owner reads (mode 600). It is replaced as a whole, so that a node that reads it meanwhile
/// sees all of the old or all of the new keys.
/// </summary>
internal sealed class ApiKeyFile(string path)
{
    private const int Format = 1;
    private const int MaxBytes = 16 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 8 };

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>When it was written and how long it is; the default if there is none.</summary>
    public (DateTime WrittenAt, long Length) Stamp() =>
        new FileInfo(Path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    /// <summary>The keys; none if there is no file.</summary>
    /// <exception cref="ApiKeyFileException">It is damaged, cannot be read, or others can write it.</exception>
    public IReadOnlyList<ApiKey> Read()
    {
        try
        {
            if (!File.Exists(Path))
                return [];
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & OthersWrite) != 0)
                throw new ApiKeyFileException($"{Path}: others can write it, and could make keys of their own. Check it, and chmod 600 {Path}.");
            if (new FileInfo(Path).Length > MaxBytes)
                throw new ApiKeyFileException($"{Path}: it has more than {MaxBytes} bytes, so it is no file of API keys.");

            using var document = JsonDocument.Parse(File.ReadAllBytes(Path), s_strict);
            return ReadKeys(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ApiKeyFileException($"{Path}: it is no file of API keys: {e.Message} Repair it, or remove it and make new keys.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiKeyFileException($"{Path}: it cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Changes the keys; two processes that do it at the same time do it one after the other.</summary>
    /// <exception cref="ApiKeyFileException">The file is damaged, or another process is changing it.</exception>
    public void Change(Func<IReadOnlyList<ApiKey>, IReadOnlyList<ApiKey>> change)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path) ?? ".");
        using var locked = Lock();
        Write(change(Read()));
    }

    private FileStream Lock()
    {
        try
        {
            return Open(Path + ".lock", FileMode.OpenOrCreate);
        }
        catch (IOException e)
        {
            throw new ApiKeyFileException($"{Path}: another process is changing it; try again.", e);
        }
    }

    private void Write(IReadOnlyList<ApiKey> keys)
    {
        var next = Path + ".next";
        File.Delete(next);
        using (var file = Open(next, FileMode.CreateNew))
        {
            using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
                WriteKeys(json, keys);
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }

        File.Move(next, Path, overwrite: true);
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    private static List<ApiKey> ReadKeys(JsonElement root)
    {
        if (root.GetProperty("format").GetInt32() is var format and not Format)
            throw new FormatException($"its format is {format}, and this version knows {Format}.");

        var keys = new List<ApiKey>();
        foreach (var json in root.GetProperty("keys").EnumerateArray())
        {
            var key = new ApiKey(
                Text(json, "id"),
                Text(json, "name"),
                [.. json.GetProperty("roles").EnumerateArray().Select(static role =>
                    ApiKeyRoles.Parse(role.GetString() ?? "") ?? throw new FormatException($"'{role.GetString()}' is not a role."))],
                Convert.FromHexString(Text(json, "sha256")),
                Time(Text(json, "created")),
                json.GetProperty("expires") is { ValueKind: JsonValueKind.String } expires ? Time(expires.GetString() ?? "") : null);
            if (key.Hash.Length != 32 || keys.Any(other => other.Id == key.Id))
                throw new FormatException($"the key {key.Id} is doubled or has no SHA-256.");
            keys.Add(key);
        }

        return keys;
    }

    private static void WriteKeys(Utf8JsonWriter json, IReadOnlyList<ApiKey> keys)
    {
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id);
            json.WriteString("name", key.Name);
            json.WriteStartArray("roles");
            foreach (var role in key.Roles)
                json.WriteStringValue(role.ToName());
            json.WriteEndArray();
            json.WriteString("sha256", Convert.ToHexStringLower(key.Hash.Span));
            json.WriteString("created", key.Created.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("expires", key.Expires?.ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"a key has no {name}.");

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
