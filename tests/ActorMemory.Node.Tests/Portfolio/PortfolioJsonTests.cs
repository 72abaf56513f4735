using System.Text;
using System.Text.Json;
using ActorMemory.Node.Portfolio;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Tests.Portfolio;

public sealed class PortfolioJsonTests
{
    // The names and the order of the original's files, written down a second time.
    private static readonly string[] s_fields =
    [
        "decision_id", "asset_pair", "action", "entry_timestamp", "exit_timestamp", "policy_action", "policy_action_family", "legacy_action_compatibility",
        "entry_price", "exit_price", "position_size", "realized_pnl", "pnl_percentage", "holding_period_hours", "ai_provider", "ensemble_providers",
        "decision_confidence", "market_sentiment", "volatility", "price_trend", "was_profitable", "hit_stop_loss", "hit_take_profit", "veto_applied",
        "veto_score", "veto_threshold", "veto_source", "veto_reason", "veto_correct", "slippage_cost", "fee_cost", "spread_cost", "total_transaction_cost",
        "cost_as_pct_of_position",
    ];

    [Fact]
    public void An_outcome_has_the_original_s_fields_in_their_order_and_an_exit_id_only_where_there_is_one()
    {
        var outcome = new TradeOutcome { DecisionId = "d", AssetPair = "a", Action = "BUY", EntryTimestamp = "2025-01-01T00:00:00" };
        Assert.Equal(s_fields, Names(outcome));
        Assert.Equal([.. s_fields, "exit_id"], Names(outcome with { ExitId = "1" }));

        static IEnumerable<string> Names(TradeOutcome outcome) =>
            JsonSerializer.SerializeToElement(outcome, PortfolioJson.TypeOf<TradeOutcome>()).EnumerateObject().Select(static member => member.Name);
    }

    [Fact]
    public void A_decision_of_the_original_is_read_and_what_is_not_read_is_named()
    {
        var (decision, unknown) = Read<TradingDecision>(TestTrades.Decision("d1").ToJsonString());

        Assert.Equal(("d1", "BTCUSD", 78, 0.1), (decision.Id, decision.AssetPair, decision.Confidence, decision.RecommendedPositionSize));
        Assert.Equal(("Bullish", "bullish", 0.04), (
            decision.MarketData?.Sentiment?.OverallSentiment, decision.MarketData?.Technical?.PriceTrend, decision.MarketData?.Technical?.Volatility));
        var ensemble = decision.EnsembleMetadata ?? throw new InvalidOperationException();
        Assert.Equal(["local", "cli"], ensemble.ProvidersUsed);
        Assert.Equal(new ProviderOpinion("SELL", 60, 0.2), ensemble.ProviderDecisions?["cli"]);
        Assert.Equal(0.6, ensemble.VotingPower?["local"]);
        Assert.Equal(new VetoMetadata(false, 0.2, 0.6, "risk"), decision.VetoMetadata);
        Assert.Equal(
            ["reasoning", "signal_only", "market_data.sentiment.score", "ensemble_metadata.provider_decisions.local.reasoning"],
            unknown.Select(static field => field.Path));
    }

    [Theory]
    [InlineData("78", 78)]
    [InlineData("78.0", 78)]
    [InlineData("7.8e1", 78)]
    public void A_whole_number_may_be_written_as_data_frames_write_it(string number, int confidence) =>
        Assert.Equal(confidence, Read<TradingDecision>($"{{\"confidence\":{number}}}").Value.Confidence);

    [Theory]
    [InlineData("{\"confidence\":78.5}", "confidence: 78.5 is not a whole number.")]
    [InlineData("{\"confidence\":1e30}", "confidence: 1e30 is not a whole number.")]
    [InlineData("{\"confidence\":5000000000}", "confidence: the number is too large.")]
    [InlineData("{\"entry_price\":1e400}", "entry_price: the number is larger")]
    [InlineData("{\"entry_price\":\"NaN\"}", "entry_price: 'NaN' stands here; write a number.")]
    [InlineData("{\"entry_price\":[1]}", "entry_price: an array stands here; write a number.")]
    [InlineData("{\"asset_pair\":{}}", "asset_pair: an object stands here; write a string.")]
    [InlineData("{\"asset_pair\":\"\\ud800\"}", "asset_pair: the string is not valid Unicode text.")]
    [InlineData("{\"market_data\":{\"technical\":{\"volatility\":true}}}", "market_data.technical.volatility: True stands here; write a number.")]
    [InlineData("{\"ensemble_metadata\":{\"provider_decisions\":{\"a\":null}}}", "ensemble_metadata.provider_decisions.a: null stands here")]
    [InlineData("{\"ensemble_metadata\":{\"providers_used\":[null]}}", "ensemble_metadata.providers_used[0]: null stands here")]
    [InlineData("{\"id\":\"a\",\"id\":\"b\"}", "Duplicate")]
    [InlineData("[]", "it is not a JSON object.")]
    [InlineData("null", "it is not a JSON object.")]
    [InlineData("{\"market_data\":5}", "market_data:")]
    public void What_cannot_be_meant_is_refused_by_the_name_of_its_field(string json, string said) =>
        Assert.Contains(said, Assert.ThrowsAny<JsonException>(() => Read<TradingDecision>(json)).Message, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void A_field_that_is_not_known_is_told_with_the_nearest_one()
    {
        var (_, unknown) = Read<TradeExit>("""{"decision_id":"d","exit_prce":5,"zzzzzzzzzzzz":1}""");
        Assert.Equal("exit_prce: there is no such field; did you mean exit_price?", unknown[0].Message);
        Assert.StartsWith("zzzzzzzzzzzz: there is no such field; there are decision,", unknown[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_finite_is_written_as_null()
    {
        var json = JsonSerializer.SerializeToElement(
            new TradeOutcome { DecisionId = "d", AssetPair = "a", Action = "BUY", EntryTimestamp = "t", RealizedPnl = double.NaN, EntryPrice = double.PositiveInfinity },
            PortfolioJson.TypeOf<TradeOutcome>());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (json.GetProperty("realized_pnl").ValueKind, json.GetProperty("entry_price").ValueKind));
    }

    [Fact]
    public void Things_that_have_names_are_members_as_in_the_original_and_can_be_read_again()
    {
        var snapshot = new PortfolioSnapshot(
            new UnixNanoseconds(1_500_000_000), 30, 2, 1, 1, 50, 10.5, 20, 9.5, 2.1, 47.5, 1.25, null,
            [new ProviderStatistics("lo\"cal", 2, 1, 10.5, 1, 20, [new CalibrationCell(75, 1, 1, 20)])], [new RegimeStatistics("bullish", 2, 1, 10.5)]);

        var json = JsonSerializer.SerializeToElement(snapshot, PortfolioJson.TypeOf<PortfolioSnapshot>());

        var provider = json.GetProperty("provider_stats").GetProperty("lo\"cal");
        Assert.Equal((50, 5.25, 100), (provider.GetProperty("win_rate").GetDouble(), provider.GetProperty("avg_pnl_per_trade").GetDouble(), provider.GetProperty("high_confidence_winrate").GetDouble()));
        Assert.False(provider.TryGetProperty("provider", out _));
        Assert.Equal(2, json.GetProperty("regime_performance").GetProperty("bullish").GetProperty("total_trades").GetInt32());
        Assert.Equivalent(snapshot, PortfolioJson.ReadAnswer<PortfolioSnapshot>(json), strict: true);
        Assert.Equivalent(snapshot, SnapshotFile.Read(json, static field => Assert.Fail(field)), strict: true);
    }

    [Theory]
    [InlineData("d1", "d1")]
    [InlineData("../../etc/passwd", "%2E./../etc/passwd")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("v1.2", "v1.2")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("é", "%C3%A9")]
    [InlineData("a\\b:c*", "a%5Cb%3Ac%2A")]
    public void A_name_of_a_file_is_never_a_path(string id, string name) =>
        Assert.Equal(name.Replace("/", "%2F", StringComparison.Ordinal), OriginalText.FileNameOf(id));

    [Fact]
    public void Long_ids_get_different_names_that_a_file_system_takes()
    {
        var (one, two) = (OriginalText.FileNameOf(new string('é', 128) + "1"), OriginalText.FileNameOf(new string('é', 128) + "2"));
        Assert.NotEqual(one, two);
        Assert.InRange(Encoding.UTF8.GetByteCount(one), 1, 200);
    }

    [Fact]
    public void A_file_is_indented_by_two_spaces_in_ASCII_without_a_line_end_at_the_end()
    {
        var text = Encoding.UTF8.GetString(OriginalText.Write(static json =>
        {
            json.WriteStartObject();
            json.WriteString("a<b>", "é\U0001F600'");
            json.WriteEndObject();
        }));
        Assert.Equal("{\n  \"a<b>\": \"\\u00e9\\ud83d\\ude00'\"\n}", text, ignoreCase: true);
    }

    private static (T Value, List<UnknownField> Unknown) Read<T>(string json) => PortfolioJson.Read<T>(PortfolioJson.Parse(Encoding.UTF8.GetBytes(json)));
}
