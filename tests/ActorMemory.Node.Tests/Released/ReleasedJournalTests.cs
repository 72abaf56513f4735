using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Tests.Released;

/// <summary>
/// Journals as released versions left them, with the answers that those versions gave: they are read for ever. A version adds a pair of files
/// and changes none.
/// </summary>
public sealed class ReleasedJournalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public static TheoryData<string> Releases => ["journal-v1"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task A_journal_of_a_released_version_is_opened_and_answers_as_it_did(string release)
    {
        var expected = Unpack(release);

        AssertHolds(expected["keys"], await AskAsync("keys"));
        foreach (var summary in expected["summaries"]?.AsArray() ?? [])
            AssertHolds(summary, await AskAsync("summary", Text(summary, "strategy"), Text(summary, "regime"), Text(summary, "horizon")));
        foreach (var rolling in expected["rolling"]?.AsArray() ?? [])
            AssertHolds(rolling, await AskAsync("rolling", Text(rolling, "strategy"), Text(rolling, "regime"), Text(rolling, "horizon")));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Every_event_of_a_released_version_is_there_byte_for_byte(string release)
    {
        var expected = Unpack(release);
        await using var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = _folder.Data, ShardCount = 8, ReserveBytes = 0 });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var events = 0L;

        for (var page = await journal.ReadAllAsync(1, 50); page.Count > 0; page = await journal.ReadAllAsync(events + 1, 50))
        {
            foreach (var journaled in page)
                hash.AppendData(journaled.Payload.Span);
            events += page.Count;
        }

        Assert.Equal((long?)expected["events"], events);
        Assert.Equal((string?)expected["payloads_sha256"], Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private JsonNode Unpack(string release)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Released", release);
        Directory.CreateDirectory(_folder.Data);
        using var packed = new GZipStream(File.OpenRead(source + ".db.gz"), CompressionMode.Decompress);
        using var database = File.Create(Path.Combine(_folder.Data, SqliteJournal.FileName));
        packed.CopyTo(database);
        return JsonNode.Parse(File.ReadAllText(source + ".answers.json")) ?? throw new InvalidDataException(source);
    }

    private async Task<JsonNode?> AskAsync(params string[] question)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(
            [.. question, "--json", "--data", _folder.Data, "--set", "shards.count=8", "--set", "journal.sqlite.reserve=1MiB"],
            TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (code, error.ToString()));
        return JsonNode.Parse(output.ToString());
    }

    /// <summary>A later version may say more, but nothing else.</summary>
    private static void AssertHolds(JsonNode? expected, JsonNode? actual)
    {
        switch (expected)
        {
            case JsonObject properties:
                foreach (var (name, value) in properties)
                    AssertHolds(value, actual?[name]);
                break;
            case JsonArray elements:
                Assert.Equal(elements.Count, actual?.AsArray().Count);
                for (var i = 0; i < elements.Count; i++)
                    AssertHolds(elements[i], actual?[i]);
                break;
            case JsonValue number when number.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                Assert.Equal((double?)expected, (double?)actual);
                break;
            default:
                Assert.Equal(expected?.ToJsonString(), actual?.ToJsonString());
                break;
        }
    }

    private static string Text(JsonNode? answer, string name) => (string?)answer?[name] ?? throw new InvalidDataException(name);
}
