using System.Diagnostics;
using System.Text;
using ActorMemory.Node.Portfolio;

namespace ActorMemory.Node.Tests.Portfolio;

public sealed class VectorsFileTests : IDisposable
{
    private const string Golden = "11_vector_files.json";

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Cases => GoldenFile.Names(Golden);

    public void Dispose() => _folder.Dispose();

    // The original starts empty, or fails at the first search, and overwrites the file at the next save. Here `recommended` counts: what does not fit together
    // is refused as a whole, and the file stays where it is, untouched, which is the quarantine: nothing of this program ever writes there.
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_of_vectors_is_loaded_or_refused_as_a_whole(string name)
    {
        var golden = GoldenFile.Case(Golden, name);
        var text = golden.GetProperty("input").GetProperty("vectors_json").GetString() ?? "";
        var path = _folder.Write("vectors.json", text);

        var folder = MemoryFolder.Read(_folder.Path);

        if (golden.GetProperty("recommended").GetString() == "load")
        {
            Assert.Empty(folder.Faults);
            Assert.Equal(golden.GetProperty("expected").GetProperty("vectors_loaded").GetInt32(), folder.Vectors.Count);
            Assert.Equal(["a", "b"], folder.Vectors.Select(static vector => vector.Record.Id));
            Assert.Equal(("ta", "{\"x\": 1}"), (folder.Vectors[0].Record.Text, Spaced(folder.Vectors[0].Record.Metadata)));
        }
        else
        {
            Assert.Empty(folder.Vectors);
            var fault = Assert.Single(folder.Faults);
            Assert.Equal("vectors.json", fault.File);
            Assert.Equal(golden.GetProperty("recommended").GetString() == "reject-with-version-error", fault.Error.StartsWith("version", StringComparison.Ordinal));
        }

        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void What_a_vector_can_be_filtered_by_comes_from_its_metadata()
    {
        _folder.Write("vectors.ndjson", """
            {"id":"d1","embedding":[1,0.5],"text":"t","metadata":{"decision":{"asset_pair":"BTCUSD","ai_provider":"local"},"outcome":{"was_profitable":true,"exit_timestamp":"2025-01-02T03:04:05"}}}
            {"id":"d2","embedding":[1,"x"]}
            {"id":"d3","embedding":[0,1]}
            """);

        var folder = MemoryFolder.Read(_folder.Path);

        Assert.Equal(["d1", "d3"], folder.Vectors.Select(static vector => vector.Record.Id));
        var labels = folder.Vectors[0].Record.Labels;
        Assert.Equal(("BTCUSD", "local", true, "2025-01-02T03:04:05Z"), (labels.AssetPair, labels.Provider, labels.WasProfitable, labels.At.ToString()));
        Assert.Equal("vectors.ndjson, line 2", Assert.Single(folder.Faults).File);
    }

    [Fact]
    public async Task A_pickle_is_not_read_and_the_script_that_it_names_makes_lines_of_it_that_are()
    {
        // {"vectors": [[1.0, 0.5]], "ids": ["a"], "metadata": {"a": {"text": "t", "metadata": {}}}}, protocol 0.
        var pickle = _folder.Write("vectors.pkl", "(dVvectors\n(l(lF1.0\naF0.5\naasVids\n(lVa\nasVmetadata\n(dVa\n(dVtext\nVt\nsVmetadata\n(dsss.");

        var advice = Assert.Single(MemoryFolder.Read(_folder.Path).Faults).Error;
        Assert.Contains($"python3 {Path.Combine(AppContext.BaseDirectory, VectorsFile.Script)} {pickle} > ", advice, StringComparison.Ordinal);
        File.Delete(pickle);
        var (code, output, error) = await ConvertAsync("(dVvectors\n(l(lF1.0\naF0.5\naasVids\n(lVa\nasVmetadata\n(dVa\n(dVtext\nVt\nsVmetadata\n(dsss.");

        Assert.Equal((0, ""), (code, error));
        _folder.Write("vectors.ndjson", output);
        var vector = Assert.Single(MemoryFolder.Read(_folder.Path).Vectors);
        Assert.Equal(("a", "t"), (vector.Record.Id, vector.Record.Text));
        Assert.Equal([1f, 0.5f], vector.Values);
    }

    [Theory]
    [InlineData("cos\nsystem\n(S'touch CANARY'\ntR.", "os.system")]
    [InlineData("cbuiltins\neval\n(S'open(\"CANARY\",\"w\")'\ntR.", "builtins.eval")]
    [InlineData("cnumpy\nload\n(S'CANARY'\ntR.", "numpy.load")]
    [InlineData("c_codecs\nlookup\n(S'CANARY'\ntR.", "_codecs.lookup")]
    [InlineData("garbage", "")]
    [InlineData("", "")]
    public async Task The_script_runs_nothing_that_is_in_a_pickle(string pickle, string named)
    {
        var canary = Path.Combine(_folder.Path, "canary");

        var (code, output, error) = await ConvertAsync(pickle.Replace("CANARY", canary, StringComparison.Ordinal));

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.False(File.Exists(canary));
    }

    private async Task<(int Code, string Output, string Error)> ConvertAsync(string pickle)
    {
        var path = Path.Combine(_folder.Path, "input.bin");
        await File.WriteAllBytesAsync(path, Encoding.Latin1.GetBytes(pickle), TestContext.Current.CancellationToken);
        using var python = Process.Start(new ProcessStartInfo("python3", [Path.Combine(AppContext.BaseDirectory, VectorsFile.Script), path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("python3 does not start.");
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (python.ExitCode, output, error);
    }

    private static string Spaced(string? json) => string.Join(' ', (json ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)).Replace("{ ", "{", StringComparison.Ordinal).Replace(" }", "}", StringComparison.Ordinal);
}
