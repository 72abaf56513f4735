using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace ActorMemory.Tests.Vectors;

/// <summary>The script that makes lines of the original's pickles: it reads vectors without numpy, and runs nothing.</summary>
public sealed class PickleScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actormemory-pickle-").FullName;

    [Fact]
    public async Task Arrays_as_numpy_writes_them_become_lines()
    {
        // What numpy's pickles are made of, written by hand: an array is made anew and filled with a type and bytes.
        var doubles = Array("numpy.core.multiarray", "f8", "<", "\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u00f8?\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u00d0\\u00bf", 2);
        var floats = Array("numpy._core.multiarray", "f4", ">", "?\\u00c0\\u0000\\u0000", 1);
        var (exit, output, error) = await RunAsync($"""
            (dVvectors
            (l{doubles}a{floats}a(lF0.5
            aasVids
            (lVa
            aVb\u6771
            aVc
            asVmetadata
            (dVa
            (dVtext
            VAsset: BTCUSD.
            sVmetadata
            (dVpnl
            Fnan
            sssVb\u6771
            (dsVc
            (dss.
            """.ReplaceLineEndings("\n"));

        Assert.Equal((0, ""), (exit, error));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["a", "b東", "c"], lines.Select(static line => line.GetProperty("id").GetString()));
        Assert.Equal([[1.5, -0.25], [1.5], [0.5]], lines.Select(static line => line.GetProperty("embedding").EnumerateArray().Select(static value => value.GetDouble()).ToArray()));
        Assert.Equal(("Asset: BTCUSD.", "{\"pnl\": null}"), (lines[0].GetProperty("text").GetString(), lines[0].GetProperty("metadata").GetRawText()));
    }

    [Theory]
    [InlineData("cos\nsystem\n(VTOUCH\ntR.", "it names os.system")]
    [InlineData("cbuiltins\neval\n(Vopen('MARK','w')\ntR.", "it names builtins.eval")]
    [InlineData("(dVvectors\n(lcbuiltins\nexec\n(Vopen('MARK','w')\ntRasVids\n(lVa\nasVmetadata\n(ds.", "it names builtins.exec")]
    [InlineData("cnumpy.core.multiarray\n_reconstruct\n(cos\nsystem\n(I0\ntVb\ntR.", "it names os.system")]
    [InlineData("cnumpy\nload\n(VMARK\ntR.", "it names numpy.load")]
    [InlineData("not a pickle", "")]
    [InlineData("(lFnan\na.", "")]
    [InlineData("(dVvectors\n(l(lFnan\naasVids\n(lVa\nasVmetadata\n(dVa\n(dss.", "not finite")]
    [InlineData("(dVvectors\n(lsVids\n(lVa\nasVmetadata\n(ds.", "0 vectors for 1 ids")]
    public async Task What_names_anything_else_is_refused_by_name_and_nothing_of_it_runs(string pickle, string reason)
    {
        var mark = Path.Combine(_folder, "mark");

        var (exit, output, error) = await RunAsync(pickle.Replace("TOUCH", $"touch {mark}", StringComparison.Ordinal).Replace("MARK", mark, StringComparison.Ordinal));

        Assert.Equal((1, ""), (exit, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.EndsWith("; nothing was written\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", error, StringComparison.Ordinal);
        Assert.False(File.Exists(mark));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Array(string module, string type, string order, string bytes, int count) =>
        $"c{module}\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(I{count}\ntcnumpy\ndtype\n(V{type}\nI00\nI01\ntR(I3\nV{order}\nNNNI-1\nI-1\nI0\ntbI00\n"
        + $"c_codecs\nencode\n(V{bytes}\nVlatin1\ntRtb";

    private async Task<(int Exit, string Output, string Error)> RunAsync(string pickle)
    {
        var file = Path.Combine(_folder, "vectors.pkl");
        await File.WriteAllBytesAsync(file, Encoding.Latin1.GetBytes(pickle), TestContext.Current.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo("python3", [ScriptPath(), file]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("python3 did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    private static string ScriptPath([CallerFilePath] string testFile = "") => Path.Combine(
        Path.GetDirectoryName(testFile) ?? ".", "..", "..", "..", "src", "ActorMemory.Node", "Portfolio", "Files", "vectors_pkl_to_ndjson.py");
}
