using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

public sealed class ImportTests
{
    private static readonly PerformanceKey s_key = new("momentum", "bull", "5");
    private static readonly PerformanceKey s_other = new("carry", "bull", "5");
    private static readonly UInt128 s_file = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_lines_again_add_nothing_even_when_their_ids_are_long_forgotten()
    {
        await using var node = await RunningMemory.StartAsync();
        var lines = Lines(1, 3000);
        var first = await node.Memory.AddLinesAsync(s_file, lines, Token);

        var second = await node.Memory.AddLinesAsync(s_file, lines, Token);
        await node.RestartAsync();
        var third = await node.Memory.AddLinesAsync(s_file, lines, Token);

        Assert.Equal([(3000, 0), (0, 3000), (0, 3000)], new[] { first, second, third }.Select(r => (r.Accepted, r.Duplicates)));
        Assert.Equal(3000, (await node.Memory.GetKeysAsync(KeyFilter.All, Token)).Sum(key => key.TotalRecords));
    }

    [Fact]
    public async Task An_import_that_is_sent_again_from_the_middle_adds_the_missing_lines()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddLinesAsync(s_file, Lines(1, 1000), Token);

        var report = await node.Memory.AddLinesAsync(s_file, Lines(501, 1000), Token);

        Assert.Equal((500, 500), (report.Accepted, report.Duplicates));
        Assert.Equal(1500, (await node.Memory.GetKeysAsync(KeyFilter.All, Token)).Sum(key => key.TotalRecords));
    }

    [Fact]
    public async Task The_same_lines_of_two_files_are_both_stored()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddLinesAsync(s_file, Lines(1, 10), Token);

        var report = await node.Memory.AddLinesAsync(s_file + 1, Lines(1, 10), Token);

        Assert.Equal((10, 0), (report.Accepted, report.Duplicates));
        Assert.Equal(20, (await node.Memory.GetKeysAsync(KeyFilter.All, Token)).Sum(key => key.TotalRecords));
    }

    [Fact]
    public async Task A_line_of_a_file_whose_id_was_added_otherwise_is_a_repetition()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Of(s_key, "a", 1), Token);

        var report = await node.Memory.AddLinesAsync(s_file, new[] { new RecordLine(1, KeyedRecords.Of(s_key, "a", 1)) }, Token);

        Assert.Equal((0, 1), (report.Accepted, report.Duplicates));
    }

    [Fact]
    public async Task Lines_without_a_source_or_out_of_order_are_refused()
    {
        await using var node = await RunningMemory.StartAsync();

        var sourceless = await Assert.ThrowsAsync<PerformanceRejectedException>(
            () => node.Memory.AddLinesAsync(UInt128.Zero, Lines(1, 2), Token));
        var disordered = await node.Memory.AddLinesAsync(
            s_file, new[] { new RecordLine(2, KeyedRecords.Of(s_key, "a", 1)), new RecordLine(1, KeyedRecords.Of(s_key, "b", 1)) }, Token);

        Assert.Contains("source", sourceless.Message, StringComparison.Ordinal);
        Assert.Equal([0, 1], disordered.Failures.Select(failure => failure.Index));
        Assert.Empty(await node.Memory.GetKeysAsync(KeyFilter.All, Token));
    }

    [Fact]
    public async Task The_ledger_knows_the_last_note_of_each_file_after_a_restart()
    {
        await using var node = await RunningMemory.StartAsync();
        var begun = new ImportProgress(s_file, "été|%\n.ndjson", 4096, s_file + 7, 100, 90, 6, 4, false);
        var done = begun with { Bytes = long.MaxValue, Prefix = s_file, Lines = 200, IsComplete = true };
        var other = new ImportProgress(1, "", 0, 0, 0, 0, 0, 0, false);
        await node.Memory.NoteImportAsync(begun, Token);
        await node.Memory.NoteImportAsync(other, Token);
        await node.Memory.NoteImportAsync(done, Token);
        await node.Memory.NoteImportAsync(done, Token);

        var before = await node.Memory.GetImportsAsync(Token);
        await node.RestartAsync();
        var after = await node.Memory.GetImportsAsync(Token);

        Assert.Equal([other, done], before.OrderBy(progress => progress.Source));
        Assert.Equal([other, done], after.OrderBy(progress => progress.Source));
        Assert.Empty(await node.Memory.GetKeysAsync(KeyFilter.All, Token));
    }

    [Fact]
    public async Task A_note_repeated_is_not_journaled_again()
    {
        await using var node = await RunningMemory.StartAsync();
        var progress = new ImportProgress(s_file, "a.csv", 1, 2, 3, 4, 5, 6, true);
        await node.Memory.NoteImportAsync(progress, Token);
        await node.Memory.NoteImportAsync(progress, Token);

        Assert.Equal(1, (await node.Journal.GetInfoAsync()).Events);
    }

    [Fact]
    public async Task Before_the_first_import_there_is_none()
    {
        await using var node = await RunningMemory.StartAsync();

        Assert.Empty(await node.Memory.GetImportsAsync(Token));
    }

    [Fact]
    public async Task A_note_that_counts_below_0_or_names_no_file_is_refused()
    {
        await using var node = await RunningMemory.StartAsync();
        var legal = new ImportProgress(s_file, "a.csv", 1, 2, 3, 4, 5, 6, true);
        foreach (var illegal in new[]
        {
            legal with { Source = 0 }, legal with { Bytes = -1 }, legal with { Lines = -1 }, legal with { Accepted = -1 },
            legal with { Duplicates = -1 }, legal with { Rejected = -1 },
        })
            await Assert.ThrowsAsync<PerformanceRejectedException>(() => node.Memory.NoteImportAsync(illegal, Token));

        await node.RestartAsync();

        Assert.Empty(await node.Memory.GetImportsAsync(Token));
    }

    // Without ids of their own the lines alone make repetitions recognisable: every call makes new ids.
    private static RecordLine[] Lines(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(line =>
            new RecordLine(line, KeyedRecords.Of(line % 7 == 0 ? s_other : s_key, "x", line).WithoutId())),
    ];
}
