using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.Node.Portfolio;

namespace ActorMemory.Node.Tests.Portfolio;

public sealed class MemoryFolderTests : IDisposable
{
    private const string Golden = "12_memory_load.json";

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Cases => GoldenFile.Names(Golden);

    public void Dispose() => _folder.Dispose();

    // Where the original has a quirk we decide otherwise, knowingly: the latest trades are those by exit time and not by file name; a field that we do not know
    // costs the field and not the trade ("extra"); aggregates are compared and never added.
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_folder_of_the_original_is_read(string name)
    {
        var golden = GoldenFile.Case(Golden, name);
        var (input, expected) = (golden.GetProperty("input"), golden.GetProperty("expected"));
        foreach (var file in input.GetProperty("files").EnumerateObject())
            _folder.Write(file.Name, file.Value.ValueKind == JsonValueKind.String ? file.Value.GetString() ?? "" : file.Value.GetRawText());

        var folder = MemoryFolder.Read(_folder.Path);

        var ids = folder.Trades.Select(static trade => trade.Outcome.DecisionId).TakeLast(input.GetProperty("max_memory_size").GetInt32()).ToList();
        var loaded = golden.TryGetProperty("recommended", out var recommended) && recommended.TryGetProperty("loaded_ids", out var rule)
            ? rule
            : expected.GetProperty("loaded_ids");
        var wanted = loaded.EnumerateArray().Select(static id => id.GetString() ?? "").ToList();
        if (name == "corrupt-and-unknown")
        {
            Assert.Equal([.. wanted, "extra"], ids.Order(StringComparer.Ordinal).OrderBy(static id => id == "extra"));
            Assert.Equal(["outcome_bad.json", "outcome_empty.json", "outcome_noentry.json"], folder.Faults.Select(static fault => fault.File));
            Assert.Contains("it is missing.", folder.Faults[2].Error, StringComparison.Ordinal);
            Assert.Equal("outcome_*.json", Assert.Single(folder.Ignored).File);
        }
        else
        {
            // Where nothing is recommended all are loaded, by the original in the order of their file names.
            Assert.Equal(wanted.Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
            if (recommended.ValueKind == JsonValueKind.Object && recommended.TryGetProperty("loaded_ids", out _))
                Assert.Equal(wanted, ids);
            Assert.Equal(expected.GetProperty("experiences").GetInt32(), ids.Count);
            Assert.Empty(folder.Faults);
        }

        // The last hundred of them stay in memory.
        var snapshots = folder.Snapshots.TakeLast(100).ToList();
        Assert.Equal(expected.GetProperty("snapshots").GetInt32(), snapshots.Count);
        if (expected.GetProperty("first_snapshot").GetString() is { } first)
            Assert.Equal(first + "Z", snapshots[0].Snapshot.Timestamp.ToString());
    }

    [Fact]
    public void The_same_trade_in_several_files_counts_once_and_what_contradicts_is_told()
    {
        var trade = TestTrades.Outcome("d1");
        var other = TestTrades.Outcome("d1");
        other["realized_pnl"] = 1;
        _folder.Write("outcome_d1.json", trade.ToJsonString());
        _folder.Write("outcome_d2.json", TestTrades.Outcome("d2", hour: -5).ToJsonString());
        _folder.Write("portfolio_memory.json", new JsonObject
        {
            ["trade_history"] = new JsonArray(trade.DeepClone(), other),
            ["experience_buffer"] = new JsonArray(new JsonObject
            {
                ["decision"] = TestTrades.Decision("d1"),
                ["outcome"] = trade.DeepClone(),
                ["timestamp"] = "2025-01-01T00:00:00",
            }),
        }.ToJsonString());

        var folder = MemoryFolder.Read(_folder.Path);

        Assert.Equal(["d2", "d1"], folder.Trades.Select(static one => one.Outcome.DecisionId));
        Assert.Equal(2, folder.Duplicates);
        var conflict = Assert.Single(folder.Conflicts);
        Assert.Equal("portfolio_memory.json#trade_history[1]", conflict.File);
        Assert.Contains("outcome_d1.json", conflict.Error, StringComparison.Ordinal);
        Assert.Equal(["local", "cli"], folder.Trades[1].Decision?.EnsembleMetadata?.ProvidersUsed);
        Assert.Null(folder.Trades[0].Decision);
    }

    [Theory]
    [InlineData("\"exit_timestamp\": \"yesterday\"", "exit_timestamp: 'yesterday' is not a time")]
    [InlineData("\"realized_pnl\": NaN", "NaN and Infinity are no JSON")]
    [InlineData("\"realized_pnl\": 1e999", "realized_pnl: the number is larger")]
    [InlineData("\"realized_pnl\": \"12\"", "realized_pnl: '12' stands here; write a number.")]
    [InlineData("\"decision_confidence\": 78.5", "decision_confidence: 78.5 is not a whole number.")]
    [InlineData("\"ensemble_providers\": [\"a\", null]", "ensemble_providers[1]: null stands here")]
    [InlineData("\"asset_pair\": 5", "asset_pair: 5 stands here; write a string.")]
    [InlineData("\"hit_stop_loss\": 1", "hit_stop_loss: 1 stands here; write true or false.")]
    public void A_file_that_cannot_be_read_says_why_and_costs_no_other_one(string field, string said)
    {
        var good = TestTrades.Outcome("good");
        var bad = TestTrades.Outcome("bad");
        bad.Remove(field.Split('"')[1]);
        _folder.Write("outcome_bad.json", bad.ToJsonString().TrimEnd('}') + ", " + field + "}");
        _folder.Write("outcome_good.json", good.ToJsonString());

        var folder = MemoryFolder.Read(_folder.Path);

        Assert.Equal("good", Assert.Single(folder.Trades).Outcome.DecisionId);
        var fault = Assert.Single(folder.Faults);
        Assert.Equal("outcome_bad.json", fault.File);
        Assert.Contains(said, fault.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_without_an_offset_is_UTC_and_one_with_an_offset_is_what_it_says()
    {
        foreach (var (id, exit) in new[] { ("naive", "2025-01-01T10:00:00"), ("east", "2025-01-01T10:30:00+02:00"), ("utc", "2025-01-01T09:00:00Z") })
        {
            var outcome = TestTrades.Outcome(id);
            outcome["exit_timestamp"] = exit;
            _folder.Write($"outcome_{id}.json", outcome.ToJsonString());
        }

        Assert.Equal(["east", "utc", "naive"], MemoryFolder.Read(_folder.Path).Trades.Select(static trade => trade.Outcome.DecisionId));
    }
}
