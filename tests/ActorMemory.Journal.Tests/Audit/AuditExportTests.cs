using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ActorMemory.Journal.Tests;

/// <summary>Bundles, and what the script inside says of them: Python and its standard library are the independent check.</summary>
public sealed class AuditExportTests : IAsyncLifetime
{
    private readonly SqliteFolder _folder = new();
    private readonly string _work = Directory.CreateTempSubdirectory("actormemory-bundle-").FullName;
    private string _publicKey = "";
    private long _events;

    public async ValueTask InitializeAsync()
    {
        using var key = CheckpointKey.ReadOrCreate(Path.Combine(_work, "key.pem"));
        _publicKey = key.PublicKey;
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        var numbers = new long[3];
        for (var hour = 0; hour < 4; hour++)
        {
            // A checkpoint of each hour is kept.
            var time = new FixedTime(DateTimeOffset.UnixEpoch.AddHours(hour));
            await using var checkpointer = await Checkpointer.StartAsync(journal, key, new CheckpointerOptions { TimeProvider = time, Every = TimeSpan.FromDays(1) });
            for (var i = 0; i < 20; i++)
            {
                var shard = i % 3;
                var number = ++numbers[shard];
                await journal.AppendAsync(Batches.Of(shard, ($"a{shard} ü€𝄞", number, $"one {i}"), ($"b{shard}", number, ""), ($"c{shard}", number, $"three {hour}")));
            }
        }

        _events = (await journal.GetInfoAsync()).Events;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        Directory.Delete(_work, true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_bundle_of_the_whole_journal_verifies_itself_with_Python_alone()
    {
        var (summary, bundle) = await ExportAsync(null);
        Assert.Equal((_events, 80L, 12L, 0L), (summary.Events, summary.Batches, summary.Checkpoints, summary.Uncovered));
        var (code, output) = await VerifyAsync(bundle);
        Assert.True(code == 0, output);
        Assert.StartsWith($"sound: {_events} events in 80 batches, 12 signed checkpoints", output, StringComparison.Ordinal);
        Assert.InRange(File.ReadAllLines(Path.Combine(bundle, "verify.py")).Length, 50, 200);
    }

    [Fact]
    public async Task A_bundle_of_one_entity_has_its_batches_and_proofs_and_verifies_itself()
    {
        var (summary, bundle) = await ExportAsync("b1");
        Assert.Equal((28L * 3, 28L, 4L), (summary.Events, summary.Batches, summary.Checkpoints));
        var (code, output) = await VerifyAsync(bundle);
        Assert.True(code == 0, output);
        var (_, trusted) = await VerifyAsync(bundle, CheckpointKey.PublicPathOf(Path.Combine(_work, "key.pem")));
        Assert.StartsWith("sound", trusted, StringComparison.Ordinal);
        CheckpointKey.ReadOrCreate(Path.Combine(_work, "other.pem")).Dispose();
        var (otherCode, other) = await VerifyAsync(bundle, CheckpointKey.PublicPathOf(Path.Combine(_work, "other.pem")));
        Assert.Equal(1, otherCode);
        Assert.Contains("is not signed by the public key", other, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("b1")]
    public async Task The_script_finds_every_change_of_a_bundle_even_when_the_manifest_is_made_to_fit(string? entity)
    {
        var (_, pristine) = await ExportAsync(entity);
        foreach (var (name, tamper, complaint) in Tamperings())
        {
            var bundle = Path.Combine(_work, "tampered");
            Directory.CreateDirectory(bundle);
            foreach (var file in Directory.GetFiles(pristine))
                File.Copy(file, Path.Combine(bundle, Path.GetFileName(file)));
            tamper(bundle);
            if (name[0] != '!')
                FixManifest(bundle);
            var (code, output) = await VerifyAsync(bundle);
            Assert.True(code == 1, $"{name} was missed: {output}");
            Assert.Contains("NOT SOUND: ", output, StringComparison.Ordinal);
            Assert.Contains(complaint, output, StringComparison.Ordinal);
            Directory.Delete(bundle, true);
        }
    }

    [Fact]
    public async Task What_cannot_be_proved_is_not_exported()
    {
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            await journal.AppendAsync(Batches.Of(3, ("new", 1, "x")));
            Assert.Contains("no signed checkpoint covers", (await Refused(journal, "new")).Message, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("There are no events of nobody", (await Refused(journal, "nobody")).Message, StringComparison.Ordinal);
            Assert.Equal(1, (await AuditExport.WriteAsync(journal, Stream.Null, new AuditExportOptions { PublicKey = _publicKey }, TestContext.Current.CancellationToken)).Uncovered);
            await journal.ExecuteOnWriterAsync(static database => database.Execute("UPDATE journal SET payload = x'00' WHERE ordering = 5"));
            Assert.Contains("Event 5 is not what was written", (await Refused(journal, null)).Message, StringComparison.Ordinal);
        }

        static Task<AuditExportException> Refused(IJournalSource journal, string? entity) => Assert.ThrowsAsync<AuditExportException>(() =>
            AuditExport.WriteAsync(journal, Stream.Null, new AuditExportOptions { PublicKey = "", PersistenceId = entity }, TestContext.Current.CancellationToken));
    }

    // A change marked with ! is one that the hashes of the manifest show; after the others the manifest is made to fit.
    private static IEnumerable<(string Name, Action<string> Tamper, string Complaint)> Tamperings()
    {
        yield return ("!a byte of the events", Line("events.ndjson", 3, static line => line.Replace("\"payload\":\"", "\"payload\":\"AAAA", StringComparison.Ordinal)), "events.ndjson is not what the manifest says");
        yield return ("!a file is gone", static folder => File.Delete(Path.Combine(folder, "checkpoints.ndjson")), "checkpoints.ndjson");
        yield return ("a payload", Json("events.ndjson", 3, "payload", "dGhyZWU="), "do not fit their leaf");
        yield return ("a sequence number", Json("events.ndjson", 4, "sequence_number", 999), "NOT SOUND");
        yield return ("a time", Json("events.ndjson", 4, "recorded_at", 7), "has another time than its batch");
        yield return ("an entity", Json("events.ndjson", 4, "persistence_id", "mallory"), "NOT SOUND");
        yield return ("a manifest", Json("events.ndjson", 4, "manifest", "event.v2"), "do not fit their leaf");
        yield return ("an ordering", Json("events.ndjson", 4, "ordering", 777), "not in its place");
        yield return ("an event removed", Line("events.ndjson", 4, static _ => null), "not in its place");
        yield return ("the last event removed", Line("events.ndjson", -1, static _ => null), "is missing");
        yield return ("an event doubled", Line("events.ndjson", 4, static line => line + "\n" + line), "not in its place");
        yield return ("an event added at the end", Line("events.ndjson", -1, static line => line + "\n" + line), "belong to no batch");
        yield return ("two events swapped", Swap("events.ndjson", 3, 4), "not in its place");
        yield return ("an event that is not JSON", Line("events.ndjson", 4, static _ => "{"), "malformed");
        yield return ("a leaf", Json("batches.ndjson", 2, "leaf", new string('0', 64)), "do not fit their leaf");
        yield return ("a batch number", Json("batches.ndjson", 2, "number", 5), "do not fit their leaf");
        yield return ("a shard", Json("batches.ndjson", 2, "shard", 9), "NOT SOUND");
        yield return ("a batch removed", Line("batches.ndjson", 2, static _ => null), "not in its place");
        yield return ("a batch with its events removed", WithoutLastBatch, "NOT SOUND");
        yield return ("a checkpoint's size", Line("checkpoints.ndjson", 1, static line => line.Replace("\\n1", "\\n9", StringComparison.Ordinal)), "NOT SOUND");
        yield return ("a checkpoint's root", Line("checkpoints.ndjson", 1, static line => line.Replace("=\\nlast", "A\\nlast", StringComparison.Ordinal)), "is not signed by the public key");
        yield return ("a checkpoint's signature", Line("checkpoints.ndjson", 1, FlipInSignature), "is not signed by the public key");
        yield return ("all checkpoints removed", static folder => File.WriteAllText(Path.Combine(folder, "checkpoints.ndjson"), ""), "NOT SOUND");
        yield return ("another public key", OtherKey, "is not signed by the public key");
        yield return ("no point of the curve", static folder => File.WriteAllText(
            Path.Combine(folder, "public-key.pem"),
            "-----BEGIN PUBLIC KEY-----\n" + Convert.ToBase64String([.. Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), .. new byte[64]]) + "\n-----END PUBLIC KEY-----\n"),
            "is not a point of P-256");
        yield return ("the journal's identity", static folder => Edit(folder, "manifest.json", static manifest => manifest["journal_id"] = "x"), "of another journal");
        yield return ("the counts", static folder => Edit(folder, "manifest.json", static manifest => manifest["events"] = 1), "the counts are not");
    }

    // The last bytes of the signature, well within its second number.
    private static string FlipInSignature(string line)
    {
        var note = JsonNode.Parse(line)?["note"]?.GetValue<string>() ?? "";
        var base64 = note.TrimEnd().Split(' ')[^1];
        var bytes = Convert.FromBase64String(base64);
        bytes[^3] ^= 1;
        var json = JsonNode.Parse(line) ?? throw new InvalidOperationException("A line is null.");
        json["note"] = note.Replace(base64, Convert.ToBase64String(bytes), StringComparison.Ordinal);
        return json.ToJsonString();
    }

    private static void WithoutLastBatch(string folder)
    {
        Line("batches.ndjson", -1, static _ => null)(folder);
        for (var i = 0; i < 3; i++)
            Line("events.ndjson", -1, static _ => null)(folder);
    }

    private static void OtherKey(string folder)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(folder, "public-key.pem"), other.ExportSubjectPublicKeyInfoPem());
    }

    private static Action<string> Json(string file, int line, string member, JsonNode value) => Line(file, line, text =>
    {
        var json = JsonNode.Parse(text) ?? throw new InvalidOperationException("A line is null.");
        json[member] = value.DeepClone();
        return json.ToJsonString();
    });

    private static Action<string> Line(string file, int line, Func<string, string?> change) => folder =>
    {
        var path = Path.Combine(folder, file);
        var lines = File.ReadAllLines(path).ToList();
        var place = line < 0 ? lines.Count + line : line;
        var changed = change(lines[place]);
        Assert.NotEqual(lines[place], changed);
        if (changed is null)
            lines.RemoveAt(place);
        else
            lines[place] = changed;
        File.WriteAllText(path, string.Concat(lines.Select(static one => one + "\n")));
    };

    private static Action<string> Swap(string file, int a, int b) => folder =>
    {
        var path = Path.Combine(folder, file);
        var lines = File.ReadAllLines(path);
        (lines[a], lines[b]) = (lines[b], lines[a]);
        File.WriteAllText(path, string.Concat(lines.Select(static one => one + "\n")));
    };

    private static void Edit(string folder, string file, Action<JsonNode> change)
    {
        var path = Path.Combine(folder, file);
        var json = JsonNode.Parse(File.ReadAllText(path)) ?? throw new InvalidOperationException($"{file} is null.");
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private static void FixManifest(string folder) => Edit(folder, "manifest.json", manifest =>
    {
        foreach (var (name, entry) in manifest["files"]?.AsObject() ?? [])
        {
            if (entry is not null)
                entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name))));
        }
    });

    private async Task<(AuditExportSummary Summary, string Folder)> ExportAsync(string? entity)
    {
        var zip = Path.Combine(_work, "bundle.zip");
        await using var journal = await SqliteJournal.OpenReadOnlyAsync(_folder.Path);
        AuditExportSummary summary;
        await using (var file = File.Create(zip))
            summary = await AuditExport.WriteAsync(journal, file, new AuditExportOptions { PersistenceId = entity, PublicKey = _publicKey }, TestContext.Current.CancellationToken);
        var folder = Path.Combine(_work, "bundle");
        await ZipFile.ExtractToDirectoryAsync(zip, folder, TestContext.Current.CancellationToken);
        return (summary, folder);
    }

    private static async Task<(int ExitCode, string Output)> VerifyAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", ["-I", Path.Combine(folder, "verify.py"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        var error = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return (python.ExitCode, output + await error);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
