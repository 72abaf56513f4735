using System.Text;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Node.Imports;
using ActorMemory.Node.Performance;
using ActorMemory.Node.Tests.Http.Security;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMemory.Node.Tests.Fuzz;

/// <summary>Files that are no files of records, or nearly.</summary>
public sealed class FileFuzzTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_files_are_imported_or_refused_with_the_line()
    {
        var seed = Fuzzing.Seed();
        var random = new Random(seed);
        var text = new HostileText(random);
        var node = new RunningNode();
        await node.InitializeAsync();
        var (imported, rejected, refused) = (0L, 0L, 0);
        try
        {
            var inputs = Fuzzing.Inputs(10_000);
            for (var i = 0; i < inputs; i++)
            {
                var format = random.Next(2) == 0 ? RecordFileFormat.NdJson : RecordFileFormat.Csv;
                var bytes = Content(random, text, format);
                try
                {
                    var observer = new Faults();
                    using var stream = new MemoryStream(bytes);
                    var report = await new FileImport(node.Memory, TimeProvider.System, observer).RunAsync("input", stream, format, Cancel);
                    Assert.Equal(report.Rejected, observer.Lines.Count);
                    Assert.All(observer.Lines, line => Assert.InRange(line, 1, long.MaxValue));
                    (imported, rejected) = (imported + report.Accepted, rejected + report.Rejected);
                }
                catch (Exception e) when (e is CsvHeaderException or ImportException)
                {
                    refused++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Assert.Fail($"FUZZ_SEED={seed}, file {i}, {format}: {e}\n{Convert.ToBase64String(bytes)}");
                }
            }

            TestContext.Current.SendDiagnosticMessage("seed {0}: {1} imported, {2} rejected, {3} files refused", seed, imported, rejected, refused);
            Assert.True(imported > inputs / 10 && rejected > inputs / 10 && refused > inputs / 100, $"seed {seed}: {imported} imported, {rejected} rejected, {refused} refused are no test of all");
            await HttpFuzzTests.CheckJournalAsync(node.App.Services.GetRequiredService<IJournalReader>(), seed);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_command_tells_of_hostile_files_in_lines_and_ends()
    {
        var seed = Fuzzing.Seed();
        var random = new Random(seed);
        var text = new HostileText(random);
        using var folder = new TestFolder();
        for (var i = 0; i < 40; i++)
        {
            var isCsv = random.Next(2) == 0;
            var file = folder.Write(isCsv ? "a.csv" : "a.ndjson", "");
            await File.WriteAllBytesAsync(file, Content(random, text, isCsv ? RecordFileFormat.Csv : RecordFileFormat.NdJson), Cancel);

            var (code, _, error) = await SecuredNode.RunAsync("import", file, "--data", folder.Data, "--json");

            Assert.True(code is 0 or 1, $"FUZZ_SEED={seed}, file {i}: exit code {code}");
            Assert.False(error.Contains("a defect", StringComparison.Ordinal) || error.Contains("   at ", StringComparison.Ordinal), $"FUZZ_SEED={seed}, file {i}: {error}");
        }
    }

    private static byte[] Content(Random random, HostileText text, RecordFileFormat format)
    {
        var content = format == RecordFileFormat.Csv
            ? Csv(random, text)
            : string.Join(random.Next(5) == 0 ? "\r\n" : "\n", Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(30) == 0 ? text.Nested() : text.Record()));
        var bytes = Encoding.UTF8.GetBytes(content);
        return random.Next(2) == 0 ? text.Mutate(bytes) : bytes;
    }

    private static string Csv(Random random, HostileText text)
    {
        var lines = TestRecords.Csv(random.Next(1, 6)).Split('\n').ToList();
        for (var edits = random.Next(3); edits > 0; edits--)
        {
            var at = random.Next(10) == 0 ? 0 : random.Next(lines.Count);
            var cells = lines[at].Split(',').ToList();
            var cell = random.Next(cells.Count);
            switch (random.Next(5))
            {
                case 0:
                    cells.RemoveAt(cell);
                    break;
                case 1:
                    cells.Insert(cell, cells[cell]);
                    break;
                case 2:
                    cells[cell] = $"\"{text.Name().Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
                    break;
                case 3:
                    cells[cell] = "\"";
                    break;
                default:
                    cells[cell] = text.Literal();
                    break;
            }

            lines[at] = string.Join(',', cells);
        }

        return string.Join(random.Next(5) == 0 ? "\r\n" : "\n", lines);
    }

    private sealed class Faults : IImportObserver
    {
        public List<long> Lines { get; } = [];

        public void Rejected(string file, LineFault fault) => Lines.Add(fault.Line);

        public void Progressed(ImportReport report, long bytes)
        {
        }

        public void Waiting(string file, string why)
        {
        }
    }
}
