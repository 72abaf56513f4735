using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ActorMemory.Benchmarks;

/// <summary>What a user of the executable sees: HTTP and the import of files.</summary>
internal static class ProcessFigures
{
    public static async Task<IReadOnlyList<Figure>> HttpAsync()
    {
        var folder = Directory.CreateTempSubdirectory("actormemory-http");
        var port = NodeProcess.FreePort();
        using var node = NodeProcess.Start("serve", "--data", folder.FullName, "--port", port.ToString(CultureInfo.InvariantCulture), "--no-auth", "--set", "http.limits.rate=1000000", "--set", "http.limits.burst=1000000");
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
            await NodeProcess.WaitUntilReadyAsync(client, node);
            var key = Records.Key(3);
            var random = new Random(3);
            var lines = string.Join('\n', Enumerable.Range(0, 100).Select(number => NodeProcess.Line(Records.Make(random, key, number))));
            using var body = new StringContent(lines, Encoding.UTF8, "application/x-ndjson");
            (await client.PostAsync("v1/performance/records", body)).EnsureSuccessStatusCode();

            var path = $"v1/performance/{Uri.EscapeDataString(key.Strategy)}/{key.Regime}/{key.Horizon}/rolling?window=50";
            Task RollingAsync(int number) => client.GetByteArrayAsync(path);
            Task PingAsync(int number) => client.GetByteArrayAsync("health/live");
            await Sample.MicrosecondsAsync(4_000, RollingAsync);
            var rolling = Sample.Percentile(await Sample.MicrosecondsAsync(5_000, RollingAsync), 0.5);
            var ping = Sample.Percentile(await Sample.MicrosecondsAsync(3_000, PingAsync), 0.5);
            return [new Figure("http_rolling_p50_us", rolling, "us", Goal.AtMost, 1_000, $"the same server's liveness answer: {ping:N0} us")];
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    public static async Task<IReadOnlyList<Figure>> ImportAsync()
    {
        const int Lines = 1_000_000;
        var folder = Directory.CreateTempSubdirectory("actormemory-import");
        try
        {
            var file = Path.Combine(folder.FullName, "records.ndjson");
            await WriteLinesAsync(file, Lines);
            var watch = Stopwatch.StartNew();
            var read = 0;
            using (var reader = new StreamReader(file))
            {
                while (await reader.ReadLineAsync() is not null)
                    read++;
            }

            var readRate = read / watch.Elapsed.TotalSeconds;
            watch.Restart();
            using var import = NodeProcess.Start("import", file, "--data", Path.Combine(folder.FullName, "data"));
            var errors = import.StandardError.ReadToEndAsync();
            await import.StandardOutput.ReadToEndAsync();
            await import.WaitForExitAsync();
            if (import.ExitCode != 0)
                throw new InvalidOperationException($"The import failed: {await errors}");
            return
            [
                new Figure(
                    "import_lines_per_s", Lines / watch.Elapsed.TotalSeconds, "lines/s", Goal.AtLeast, 100_000,
                    $"process start to exit; only reading the lines: {readRate:N0}/s"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteLinesAsync(string file, int count)
    {
        var random = new Random(11);
        await using var writer = new StreamWriter(file);
        for (var number = 0; number < count; number++)
            await writer.WriteLineAsync(NodeProcess.Line(Records.Make(random, BenchmarkNode.Keys[number % Records.Keys], number)));
    }
}
