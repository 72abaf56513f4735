using System.Text;
using ActorMemory.Actors;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Imports;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMemory.Node.Tests.Imports;

public sealed class FileImportTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly Observer _observer = new();
    private ActorMemoryNode? _node;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IPerformanceMemory Memory => _node?.Performance ?? throw new InvalidOperationException("The node was not started.");

    public async ValueTask InitializeAsync()
    {
        var journal = ActorMemorySettings.Default.Journal;
        _node = await ActorMemoryNode.StartAsync(
            ActorMemorySettings.Default with { Data = _folder.Data, Journal = journal with { Sqlite = journal.Sqlite with { Reserve = 0 } } },
            NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_imported_twice_adds_nothing()
    {
        var file = _folder.Write("a.ndjson", TestRecords.Lines(100));

        Assert.Equal((100, 0, 0), Counts(await ImportAsync(file)));
        Assert.Equal((0, 0, 0), Counts(await ImportAsync(file)));
        Assert.Equal(Enumerable.Range(0, 100), await GenerationsAsync());
    }

    [Fact]
    public async Task The_name_of_a_file_does_not_matter()
    {
        await ImportAsync(_folder.Write("a.ndjson", TestRecords.Lines(100)));
        Assert.Equal((0, 0, 0), Counts(await ImportAsync(_folder.Write("b.json", TestRecords.Lines(100)))));
    }

    [Fact]
    public async Task Equal_lines_of_one_file_are_different_records()
    {
        await ImportAsync(_folder.Write("a.ndjson", string.Concat(Enumerable.Repeat(TestRecords.Line(1) + "\n", 10))));
        Assert.Equal(10, (await GenerationsAsync()).Count);
    }

    [Fact]
    public async Task Of_a_file_that_has_grown_only_the_new_lines_are_read()
    {
        await ImportAsync(_folder.Write("a.ndjson", TestRecords.Lines(100)));

        var report = await ImportAsync(_folder.Write("a.ndjson", TestRecords.Lines(130)));

        Assert.Equal((30, 0, 0), Counts(report));
        Assert.Equal(100, report.ResumedAfterLine);
        Assert.Equal((0, 0, 0), Counts(await ImportAsync(_folder.Path + "/a.ndjson")));
        Assert.Equal(Enumerable.Range(0, 130), await GenerationsAsync());
    }

    [Fact]
    public async Task A_line_that_was_still_being_written_is_read_when_it_is_whole()
    {
        var text = TestRecords.Lines(11);
        var unfinished = _folder.Write("a.ndjson", text[..^50]);

        Assert.Equal((10, 0, 1), Counts(await ImportAsync(unfinished)));
        Assert.Equal((1, 0, 0), Counts(await ImportAsync(_folder.Write("a.ndjson", text))));
        Assert.Equal(Enumerable.Range(0, 11), await GenerationsAsync());
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_stored_once_however_the_file_goes_on()
    {
        var text = TestRecords.Lines(20);
        var end = TestRecords.Lines(10).Length - 1;

        Assert.Equal((10, 0, 0), Counts(await ImportAsync(_folder.Write("a.ndjson", text[..end]))));
        Assert.Equal((0, 1, 0), Counts(await ImportAsync(_folder.Path + "/a.ndjson")));
        Assert.Equal((10, 1, 0), Counts(await ImportAsync(_folder.Write("a.ndjson", text))));
        Assert.Equal(Enumerable.Range(0, 20), await GenerationsAsync());
    }

    [Fact]
    public async Task An_import_that_ends_anywhere_is_continued_and_adds_exactly_the_rest()
    {
        const int batches = 12;
        const int steps = (batches * 2) + 2;
        for (var crash = 0; crash < steps; crash++)
        {
            var strategy = $"crash-{crash}";
            var file = _folder.Write(strategy, TestRecords.Lines(batches * 5, strategy));
            var dying = new DyingMemory(Memory, crash);

            await Assert.ThrowsAnyAsync<Exception>(() => ImportAsync(file, dying));
            await ImportAsync(file);

            Assert.True(Enumerable.Range(0, batches * 5).SequenceEqual(await GenerationsAsync(strategy)), $"died at step {crash}");
        }
    }

    [Fact]
    public async Task An_interrupted_import_of_a_file_that_grows_is_continued_too()
    {
        for (var crash = 3; crash < 20; crash++)
        {
            var strategy = $"grown-{crash}";
            await Assert.ThrowsAnyAsync<Exception>(
                () => ImportAsync(_folder.Write(strategy, TestRecords.Lines(50, strategy)), new DyingMemory(Memory, crash)));
            await ImportAsync(_folder.Write(strategy, TestRecords.Lines(70, strategy)));
            Assert.True(Enumerable.Range(0, 70).SequenceEqual(await GenerationsAsync(strategy)), $"died at step {crash}");
        }
    }

    [Fact]
    public async Task A_node_that_answers_late_is_asked_again_and_nothing_is_stored_twice()
    {
        var report = await ImportAsync(_folder.Write("a.ndjson", TestRecords.Lines(50)), new ForgetfulMemory(Memory));

        Assert.Equal((50, 0, 0), Counts(report) with { Accepted = report.Accepted + report.Duplicates, Duplicates = 0 });
        Assert.Equal(Enumerable.Range(0, 50), await GenerationsAsync());
        Assert.NotEmpty(_observer.Waits);
    }

    [Fact]
    public async Task Bad_lines_are_named_with_their_numbers_and_lose_no_good_one()
    {
        var report = await ImportAsync(_folder.Write("a.ndjson", $"{TestRecords.Line(0)}\nbad\n\n{TestRecords.Line(1)}\n{TestRecords.With("win", "5")}\n{TestRecords.With("regime", "\"a\\u0001\"")}\n"));

        Assert.Equal((2, 0, 3), Counts(report));
        Assert.Equal([2L, 5L, 6L], _observer.Faults.Select(static fault => fault.Line).Order());
        Assert.Contains(_observer.Faults, static fault => fault.Line == 5 && fault.Error.Contains("win", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CSV_is_the_same_records_as_NDJSON()
    {
        Assert.Equal((100, 0, 0), Counts(await ImportAsync(_folder.Write("a.csv", TestRecords.Csv(100)))));
        await ImportAsync(_folder.Write("b.ndjson", TestRecords.Lines(100, "t")));

        var csv = await RecordsAsync("s");
        var json = await RecordsAsync("t");
        Assert.Equal(
            json.Select(static record => record with { RecordId = default }),
            csv.Select(static record => record with { RecordId = default, StrategyName = "t" }));
    }

    [Fact]
    public async Task A_CSV_file_that_has_grown_is_continued_without_its_header()
    {
        await ImportAsync(_folder.Write("a.csv", TestRecords.Csv(10)));
        var report = await ImportAsync(_folder.Write("a.csv", TestRecords.Csv(15)));
        Assert.Equal((5, 0, 0), Counts(report));
        Assert.Equal(11, report.ResumedAfterLine);
    }

    [Fact]
    public async Task CSV_cells_may_be_quoted_empty_and_not_finite()
    {
        var names = TestRecords.Csv(0).TrimEnd();
        string[] cells = ["2025-01-01T00:00:00Z", "\"a, \"\"b\"\"\nc\"", "", "5", "1", "nan", "-inf", "", "True", "1", "", "1", "1", "1", "1.0", "", "1", "1", "1", "1"];
        var file = _folder.Write("a.csv", $"{names}\n{string.Join(',', cells)}\n");
        Assert.Equal((0, 0, 1), Counts(await ImportAsync(file)));
        Assert.Contains("control character", Assert.Single(_observer.Faults).Error, StringComparison.Ordinal);

        cells[1] = "\"a, \"\"b\"\"\"";
        Assert.Equal((1, 0, 0), Counts(await ImportAsync(_folder.Write("b.csv", $"{names}\n{string.Join(',', cells)}\n"))));
        var record = Assert.Single(await RecordsAsync("a, \"b\"", ""));
        Assert.Equal((double.NaN, double.NegativeInfinity, null, null, 1L, null), (record.ReturnValue, record.Drawdown, record.Volatility, record.MetaPrediction, record.MetaLabel, record.WfoSharpe));
    }

    [Theory]
    [InlineData("timestamp,return_valeu\n", "did you mean return_value?")]
    [InlineData("timestamp,timestamp\n", "twice")]
    [InlineData("timestamp\n", "strategy_name")]
    public async Task A_CSV_header_that_does_not_fit_names_the_column(string text, string named)
    {
        var problem = await Assert.ThrowsAsync<CsvHeaderException>(() => ImportAsync(_folder.Write("a.csv", text)));
        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_CSV_rows_are_named_with_their_lines()
    {
        var rows = TestRecords.Csv(4).Split('\n');
        rows[2] = rows[2].Replace("true", "maybe", StringComparison.Ordinal).Replace("false", "maybe", StringComparison.Ordinal);
        rows[3] += ",1";
        Assert.Equal((2, 0, 2), Counts(await ImportAsync(_folder.Write("a.csv", string.Join('\n', rows)))));
        Assert.Equal([3L, 4L], _observer.Faults.Select(static fault => fault.Line));
        Assert.StartsWith("win:", _observer.Faults[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_JSON_array_is_told_how_to_become_lines()
    {
        var problem = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(_folder.Write("a.json", "[{}]")));
        Assert.Contains("jq -c", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_imported_without_being_known_again()
    {
        var import = new FileImport(Memory, TimeProvider.System, _observer);
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(TestRecords.Lines(10)));
        Assert.Equal((10, 0, 0), Counts(await import.RunAsync("-", stream, RecordFileFormat.NdJson, Cancel)));
        Assert.Empty(await Memory.GetImportsAsync(Cancel));
    }

    private static (long Accepted, long Duplicates, long Rejected) Counts(ImportReport report) => (report.Accepted, report.Duplicates, report.Rejected);

    private Task<ImportReport> ImportAsync(string file, IPerformanceMemory? memory = null) =>
        new FileImport(memory ?? Memory, TimeProvider.System, _observer) { BatchLines = 5 }.RunAsync(file, null, Cancel);

    private async Task<List<int>> GenerationsAsync(string strategy = "s") =>
        [.. (await RecordsAsync(strategy)).Select(static record => (int)record.Generation)];

    private async Task<List<PerformanceRecord>> RecordsAsync(string strategy, string regime = "bull") =>
        await Memory.GetRecordsAsync(new PerformanceKey(strategy, regime, "5"), cancellationToken: Cancel)
            .Select(static stored => stored.Record).ToListAsync(Cancel);

    private sealed class Observer : IImportObserver
    {
        public List<LineFault> Faults { get; } = [];

        public List<string> Waits { get; } = [];

        public void Rejected(string file, LineFault fault) => Faults.Add(fault);

        public void Progressed(ImportReport report, long bytes)
        {
        }

        public void Waiting(string file, string why) => Waits.Add(why);
    }

    /// <summary>An importer that dies at some step: before a batch arrives, after it was stored but before anybody heard of it, or at a note.</summary>
    private sealed class DyingMemory(IPerformanceMemory memory, int steps) : MemoryThrough(memory)
    {
        private int _left = steps;

        public override async Task<AddReport> AddLinesAsync(UInt128 source, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken = default)
        {
            Step();
            var report = await base.AddLinesAsync(source, lines, cancellationToken);
            Step();
            return report;
        }

        public override async Task NoteImportAsync(ImportProgress progress, CancellationToken cancellationToken = default)
        {
            Step();
            await base.NoteImportAsync(progress, cancellationToken);
        }

        private void Step()
        {
            if (_left-- <= 0)
                throw new OperationCanceledException("the importer was killed");
        }
    }

    /// <summary>A node that stores every batch and answers only when it is asked for the second time.</summary>
    private sealed class ForgetfulMemory(IPerformanceMemory memory) : MemoryThrough(memory)
    {
        private int _calls;

        public override async Task<AddReport> AddLinesAsync(UInt128 source, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken = default)
        {
            var report = await base.AddLinesAsync(source, lines, cancellationToken);
            return _calls++ % 2 == 1
                ? report
                : new AddReport(0, 0, [new AddFailure(0, new JournalException(JournalError.Timeout, WriteOutcome.Unknown, "no answer in time"))]);
        }
    }
}
