using System.Runtime.CompilerServices;

namespace ActorMemory.Tests.Travel;

/// <summary>
/// Bytes as version 1 sends them, in v1.txt: nodes of adjacent versions work together, so what is there is never changed, only added to.
/// A message has four lines: its name, its manifest, what the .proto files make of it, and its bytes.
/// </summary>
public sealed class TravelFormatV1Tests
{
    private const string Accept = "ACCEPT_TRAVEL";

    [Fact]
    public void What_version_1_sent_is_read_and_this_version_sends_the_same()
    {
        var stored = Stored();
        foreach (var (name, format, message, isReply) in V1Samples.All)
        {
            Assert.True(stored.TryGetValue(name, out var v1), $"{name} is not in v1.txt: run this test with {Accept}=1 in the environment, which adds it.");
            Assert.Equal($"{name}: {ValueText.Of(message)}", $"{name}: {ValueText.Of(format.Read(v1.Manifest, Convert.FromHexString(v1.Hex), isReply))}");
            var (manifest, payload) = format.Write(message, isReply);
            Assert.Equal((name, v1.Manifest, v1.Hex), (name, manifest, Convert.ToHexString(payload)));
        }
    }

    [Fact]
    public void What_version_1_sent_is_what_the_proto_files_say()
    {
        foreach (var (name, (manifest, meaning, hex)) in Stored())
            Assert.Equal($"{name}: {meaning}", $"{name}: {GoogleParsers.Parse(manifest, Convert.FromHexString(hex))}");
    }

    [Fact]
    public void Every_manifest_is_in_the_file()
    {
        var values = new RandomValues(new Random(1));
        var written = TravelFormat.Messages.Select(message => message.Format.Write(values.Of(message.Message), message.IsReply).Manifest);

        Assert.Equal(written.Order(StringComparer.Ordinal), Stored().Values.Select(static v1 => v1.Manifest).Distinct().Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, (string Manifest, string Meaning, string Hex)> Stored([CallerFilePath] string testFile = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(testFile) ?? ".", "v1.txt");
        var stored = new Dictionary<string, (string, string, string)>();
        foreach (var lines in (File.Exists(file) ? File.ReadAllLines(file) : []).Chunk(4))
            stored.Add(lines[0], (lines[1], lines[2], lines[3]));

        if (Environment.GetEnvironmentVariable(Accept) != "1")
            return stored;

        foreach (var (name, format, message, isReply) in V1Samples.All.Where(sample => !stored.ContainsKey(sample.Name)))
        {
            var (manifest, payload) = format.Write(message, isReply);
            string[] lines = [name, manifest, $"{GoogleParsers.Parse(manifest, payload)}", Convert.ToHexString(payload)];
            File.AppendAllLines(file, lines);
            stored.Add(name, (lines[1], lines[2], lines[3]));
        }

        return stored;
    }
}
