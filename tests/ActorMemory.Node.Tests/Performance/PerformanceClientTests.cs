using System.Text.Json;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Tests.Performance;

/// <summary>What a client hears over HTTP is what the memory says.</summary>
public sealed class PerformanceClientTests(RunningNode node) : IClassFixture<RunningNode>
{
    private static readonly PerformanceKey s_key = new("client/%|\U0001F600", "", "5");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_is_the_memorys_own()
    {
        using var client = Client();
        await client.AddAsync(Records(60), Cancel);

        foreach (var convention in Enum.GetValues<Convention>())
        {
            Same(await node.Memory.GetRollingMetricsAsync(s_key, 7, convention, Cancel), await client.GetRollingMetricsAsync(s_key, 7, convention, Cancel), (json, answer) => AnswerWriter.Write(json, s_key, 7, answer));
            Same(await node.Memory.GetSummaryAsync(s_key, convention, Cancel), await client.GetSummaryAsync(s_key, convention, Cancel), (json, answer) => AnswerWriter.Write(json, s_key, answer));
            Same(await node.Memory.GetMetaFeaturesAsync(s_key, convention, Cancel), await client.GetMetaFeaturesAsync(s_key, convention, Cancel), (json, answer) => AnswerWriter.Write(json, s_key, answer));
        }

        Assert.Equal(await node.Memory.GetLatestAsync(s_key, Cancel), await client.GetLatestAsync(s_key, Cancel));
        Assert.Equal(await node.Memory.GetKeysAsync(KeyFilter.All, Cancel), await client.GetKeysAsync(KeyFilter.All, Cancel));
        Assert.Equal(
            await node.Memory.GetRecordsAsync(s_key, 3, 10, Cancel).ToListAsync(Cancel), await client.GetRecordsAsync(s_key, 3, 10, Cancel).ToListAsync(Cancel));
        var filter = new KeyFilter { StrategyPrefix = "client/%", Regime = "", Horizon = "5" };
        var query = new LeaderboardQuery { Metric = LeaderboardMetric.TotalReturn, Filter = filter };
        Assert.Single(await client.GetTopAsync(query, Cancel));
        Assert.Equal(await node.Memory.GetTopAsync(query, Cancel), await client.GetTopAsync(query, Cancel));
        Assert.Equal(await node.Memory.AggregateAsync(KeyPart.Regime, filter, Cancel), await client.AggregateAsync(KeyPart.Regime, filter, Cancel));
        var pruned = await client.PruneAsync(50, filter, Cancel);
        Assert.Equal(10, pruned.PrunedRecords);
        Assert.Equal(pruned, (await client.GetPruningRunsAsync(Cancel))[0]);
        Assert.Equal(await node.Memory.GetPruningRunsAsync(Cancel), await client.GetPruningRunsAsync(Cancel));
    }

    [Fact]
    public async Task A_key_without_records_has_no_latest_one()
    {
        using var client = Client();
        Assert.Null((await client.GetLatestAsync(new PerformanceKey("nobody", "", ""), Cancel)).Record);
    }

    [Fact]
    public async Task The_progress_of_imports_is_kept()
    {
        using var client = Client();
        var progress = new ImportProgress(7, "ä b.csv", 1, UInt128.MaxValue, 2, 3, 4, 5, IsComplete: true);
        await client.NoteImportAsync(progress, Cancel);
        Assert.Contains(progress, await client.GetImportsAsync(Cancel));
    }

    [Fact]
    public async Task A_record_that_is_refused_is_named_by_its_index_and_loses_no_other()
    {
        using var client = Client();
        var records = Records(3, "refused");
        records[1] = records[1] with { StrategyName = "a\nb" };

        var report = await client.AddAsync(records, Cancel);

        Assert.Equal(2, report.Accepted + report.Duplicates);
        var failure = Assert.Single(report.Failures);
        Assert.Equal(1, failure.Index);
        Assert.IsType<PerformanceRejectedException>(failure.Cause);
        await Assert.ThrowsAsync<PerformanceRejectedException>(() => client.AddAsync(records[1], Cancel));
    }

    [Fact]
    public async Task Lines_with_gaps_keep_their_numbers()
    {
        using var client = Client();
        var records = Records(3, "lines");
        RecordLine[] lines = [new(5, records[0]), new(7, records[1]), new(12, records[2] with { StrategyName = "a\nb" })];

        var report = await client.AddLinesAsync(77, lines, Cancel);
        Assert.Equal(2, Assert.Single(report.Failures).Index);
        Assert.Equal(2, (await client.AddLinesAsync(77, lines.AsMemory(0, 2), Cancel)).Duplicates);
        Assert.Equal(1, (await client.AddLinesAsync(77, new RecordLine[] { new(8, records[1] with { RecordId = default }) }, Cancel)).Accepted);
    }

    [Fact]
    public async Task Nobody_who_listens_is_told_in_a_line()
    {
        using var client = new PerformanceClient(new Uri("http://127.0.0.1:1"), Ids());
        var problem = await Assert.ThrowsAsync<NodeProblemException>(() => client.GetInfoAsync(Cancel));
        Assert.True(problem.IsRetryable);
        Assert.Contains("http://127.0.0.1:1", problem.Message, StringComparison.Ordinal);
    }

    private static RecordIdSource Ids() => new(TimeProvider.System, static () => new UInt128((ulong)Random.Shared.NextInt64(), (ulong)Random.Shared.NextInt64()));

    private static PerformanceRecord[] Records(int count, string? strategy = null)
    {
        var parser = new RecordParser();
        return
        [
            .. Enumerable.Range(0, count).Select(index =>
                (parser.Parse(System.Text.Encoding.UTF8.GetBytes(TestRecords.Object(index, strategy ?? s_key.Strategy, s_key.Regime).ToJsonString()), out var fault)
                    ?? throw new InvalidOperationException(fault?.Message)) with
                {
                    ReturnValue = index % 20 == 7 ? double.NaN : (index % 9 - 4) / 300.0,
                }),
        ];
    }

    private PerformanceClient Client() => new(node.Address, Ids());

    private static void Same<T>(T expected, T actual, Action<Utf8JsonWriter, T> write) => Assert.Equal(Json(expected, write), Json(actual, write));

    private static string Json<T>(T answer, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            write(json, answer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
