using System.Globalization;
using System.Text;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Tests.Performance;

public sealed class RecordParserTests
{
    private readonly RecordParser _parser = new();

    public static TheoryData<string, string> BadRecords => new()
    {
        { TestRecords.With("return_value", "1e999"), "return_value" },
        { TestRecords.With("return_value", "-1e999"), "return_value" },
        { TestRecords.With("return_value", "NaN"), "return_value" },
        { TestRecords.With("return_value", "Infinity"), "return_value" },
        { TestRecords.With("return_value", "-Infinity"), "return_value" },
        { TestRecords.With("return_value", "\"nan\""), "return_value" },
        { TestRecords.With("return_value", "\"inf\""), "return_value" },
        { TestRecords.With("return_value", "\"+Infinity\""), "return_value" },
        { TestRecords.With("return_value", "\"0.1\""), "return_value" },
        { TestRecords.With("return_value", "\"\""), "return_value" },
        { TestRecords.With("return_value", "null"), "return_value" },
        { TestRecords.With("return_value", "true"), "return_value" },
        { TestRecords.With("return_value", "[0.1]"), "return_value" },
        { TestRecords.With("return_value", "{}"), "return_value" },
        { TestRecords.With("return_value", "01"), "return_value" },
        { TestRecords.With("return_value", "+1"), "return_value" },
        { TestRecords.With("return_value", ".5"), "return_value" },
        { TestRecords.With("return_value", "5."), "return_value" },
        { TestRecords.With("return_value", "0x10"), "return_value" },
        { TestRecords.With("return_value", "1_000"), "return_value" },
        { TestRecords.With("return_value", "--1"), "return_value" },
        { TestRecords.With("return_value", "1e"), "return_value" },
        { TestRecords.With("return_value", ""), "return_value" },
        { TestRecords.With("return_value", "'0.1'"), "return_value" },
        { TestRecords.With("volatility", "\"none\""), "volatility" },
        { TestRecords.With("meta_prediction", "[]"), "meta_prediction" },
        { TestRecords.With("wfo_sharpe", "1e400"), "wfo_sharpe" },
        { TestRecords.With("generation", "1.5"), "generation" },
        { TestRecords.With("generation", "9223372036854775808"), "generation" },
        { TestRecords.With("generation", "1e300"), "generation" },
        { TestRecords.With("generation", "\"3\""), "generation" },
        { TestRecords.With("generation", "null"), "generation" },
        { TestRecords.With("meta_label", "0.5"), "meta_label" },
        { TestRecords.With("meta_label", "\"NaN\""), "meta_label" },
        { TestRecords.With("win", "1"), "win" },
        { TestRecords.With("win", "\"true\""), "win" },
        { TestRecords.With("win", "null"), "win" },
        { TestRecords.With("win", "True"), "win" },
        { TestRecords.With("timestamp", "\"yesterday\""), "timestamp" },
        { TestRecords.With("timestamp", "\"2025-02-30T00:00:00Z\""), "timestamp" },
        { TestRecords.With("timestamp", "\"2025-01-01T25:00:00Z\""), "timestamp" },
        { TestRecords.With("timestamp", "\"2025-01-01T00:00:00.1234567891Z\""), "timestamp" },
        { TestRecords.With("timestamp", "\"9999-01-01T00:00:00Z\""), "timestamp" },
        { TestRecords.With("timestamp", "\"\""), "timestamp" },
        { TestRecords.With("timestamp", "1.5"), "timestamp" },
        { TestRecords.With("timestamp", "1e30"), "timestamp" },
        { TestRecords.With("timestamp", "null"), "timestamp" },
        { TestRecords.With("timestamp", "\"" + new string('1', 5000) + "\""), "timestamp" },
        { TestRecords.With("strategy_name", "5"), "strategy_name" },
        { TestRecords.With("strategy_name", "null"), "strategy_name" },
        { TestRecords.With("strategy_name", "\"\\ud800\""), "strategy_name" },
        { TestRecords.With("regime", "[\"bull\"]"), "regime" },
        { TestRecords.With("horizon", "5.5"), "horizon" },
        { TestRecords.With("horizon", "5.0"), "horizon" },
        { TestRecords.With("horizon", "null"), "horizon" },
        { TestRecords.With("horizon", "true"), "horizon" },
        { TestRecords.Without("timestamp"), "timestamp" },
        { TestRecords.Without("return_value"), "return_value" },
        { TestRecords.Without("rolling_win_rate"), "rolling_win_rate" },
        { TestRecords.Line().Insert(1, "\"return_value\":0.1,"), "return_value" },
        { TestRecords.Line().Insert(1, "\"return\\u005fvalue\":0.1,"), "return_value" },
        { TestRecords.Line().Insert(1, "\"return_valeu\":0.1,"), "did you mean return_value?" },
        { TestRecords.Line().Insert(1, "\"Return_Value\":0.1,"), "did you mean return_value?" },
        { TestRecords.Line().Insert(1, "\"__proto__\":{},"), "__proto__" },
        { TestRecords.Line().Insert(1, "\"$type\":\"System.Object\","), "$type" },
        { TestRecords.Line().Insert(1, "\"\":1,"), "no such field" },
        { TestRecords.Line().Insert(1, "\"record_id\":\"\","), "record_id" },
        { TestRecords.Line().Insert(1, "\"record_id\":5,"), "record_id" },
        { TestRecords.Line().Insert(1, $"\"record_id\":\"{new string('x', 65)}\","), "record_id" },
        { TestRecords.Line().Insert(1, "\"record_id\":\"a\\u0000b\","), "record_id" },
        { "{}", "timestamp" },
        { "[]", "a record is a JSON object" },
        { "5", "a record is a JSON object" },
        { "\"text\"", "a record is a JSON object" },
        { "null", "a record is a JSON object" },
        { "", "not JSON" },
        { "{", "not JSON" },
        { "}", "not JSON" },
        { TestRecords.Line()[..^1], "not JSON" },
        { TestRecords.Line() + "}", "not JSON" },
        { TestRecords.Line() + TestRecords.Line(), "not JSON" },
        { TestRecords.Line().Replace(',', ';'), "not JSON" },
        { TestRecords.Line()[..^1] + ",}", "not JSON" },
        { "/* hello */" + TestRecords.Line(), "not JSON" },
        { new string('[', 100_000), "a record is a JSON object" },
        { string.Concat(Enumerable.Repeat("{\"timestamp\":", 50_000)), "timestamp" },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public void A_text_that_is_no_record_is_refused_with_the_field_named(string json, string named)
    {
        Assert.Null(_parser.Parse(Encoding.UTF8.GetBytes(json), out var fault));
        Assert.NotNull(fault);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Message.Length < 1000, fault.Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_the_field_named()
    {
        var json = Encoding.UTF8.GetBytes(TestRecords.With("strategy_name", "\"a?b\""));
        json[json.AsSpan().IndexOf("a?b"u8) + 1] = 0xFF;

        Assert.Null(_parser.Parse(json, out var fault));
        Assert.NotNull(fault);
        Assert.Contains("strategy_name", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_arrives()
    {
        var record = Parse(TestRecords.Object(4).ToJsonString().Insert(1, "\"record_id\":\"id-1\","));

        Assert.Equal("id-1", record.RecordId.ToString());
        Assert.Equal(UnixNanoseconds.Parse("2025-01-01T00:04:00Z"), record.Timestamp);
        Assert.Equal(("s", "bull", "5", true), (record.StrategyName, record.Regime, record.Horizon, record.HorizonIsNumber));
        Assert.Equal((4L, 0.01, -0.01, 0.2, false), (record.Generation, record.ReturnValue, record.Drawdown, record.Volatility, record.Win));
        Assert.Equal((1.0, 0.75, 0.5), (record.Prediction, record.MetaPrediction, record.AllocationWeight));
        Assert.Equal((0.001, 0.002, 1L, 1.25), (record.EnsembleReturn, record.BanditReward, record.MetaLabel, record.WfoSharpe));
        Assert.Equal((0.1, 0.2, -0.3, 0.4), (record.RollingSharpe, record.RollingSortino, record.RollingDrawdown, record.RollingWinRate));
    }

    [Fact]
    public void Nullable_fields_may_be_null_or_missing()
    {
        foreach (var field in new[] { "volatility", "meta_prediction", "meta_label", "wfo_sharpe" })
        {
            foreach (var json in new[] { TestRecords.With(field, "null"), TestRecords.Without(field) })
            {
                var record = Parse(json);
                Assert.Single(new object?[] { record.Volatility, record.MetaPrediction, record.MetaLabel, record.WfoSharpe }, static value => value is null);
            }
        }
    }

    [Fact]
    public void The_order_of_the_fields_does_not_matter()
    {
        var reversed = "{" + string.Join(',', TestRecords.Object(4).Reverse().Select(pair => $"\"{pair.Key}\":{pair.Value?.ToJsonString()}")) + "}";
        Assert.Equal(Parse(TestRecords.Line(4)), Parse(reversed));
    }

    [Theory]
    [InlineData("\"NaN\"", double.NaN)]
    [InlineData("\"Infinity\"", double.PositiveInfinity)]
    [InlineData("\"-Infinity\"", double.NegativeInfinity)]
    [InlineData("1e308", 1e308)]
    [InlineData("5e-324", double.Epsilon)]
    [InlineData("-0.0", -0.0)]
    public void Every_double_can_be_said(string literal, double expected) =>
        Assert.Equal(
            BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(Parse(TestRecords.With("return_value", literal)).ReturnValue));

    [Theory]
    [InlineData("5", "5", true)]
    [InlineData("\"5\"", "5", false)]
    [InlineData("-0", "0", true)]
    [InlineData("\"5d\"", "5d", false)]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890", true)]
    public void A_horizon_is_text_or_a_whole_number(string literal, string text, bool isNumber)
    {
        var record = Parse(TestRecords.With("horizon", literal));
        Assert.Equal((text, isNumber), (record.Horizon, record.HorizonIsNumber));
    }

    [Fact]
    public void A_whole_number_may_be_written_as_data_frames_write_it()
    {
        Assert.Equal(1L, Parse(TestRecords.With("meta_label", "1.0")).MetaLabel);
        Assert.Equal(3000L, Parse(TestRecords.With("generation", "3e3")).Generation);
    }

    [Fact]
    public void Escaped_names_are_the_names()
    {
        Assert.Equal("a\u00e9\U0001F600/|%", Parse(TestRecords.With("strategy_name", "\"a\\u00e9\\ud83d\\ude00\\/|%\"")).StrategyName);
        Assert.Equal("a\u00e9\U0001F600/|%", Parse(TestRecords.With("strategy_name", "\"a\u00e9\U0001F600/|%\"")).StrategyName);
    }

    [Fact]
    public void A_fault_leaves_nothing_behind_for_the_next_record()
    {
        var expected = Parse(TestRecords.Without("volatility"));
        Assert.Null(_parser.Parse(Encoding.UTF8.GetBytes(TestRecords.Line(1)[..100]), out _));
        Assert.Equal(expected, Parse(TestRecords.Without("volatility")));
    }

    [Fact]
    public void Doubles_are_read_as_the_framework_reads_them()
    {
        const int seed = 20_251_121;
        var random = new Random(seed);
        for (var i = 0; i < 200_000; i++)
        {
            var text = (i % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64()).ToString("R", CultureInfo.InvariantCulture),
                1 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
                2 => $"{random.Next(-1000, 1000)}.{random.NextInt64(long.MaxValue)}",
                _ => $"0.{new string('0', random.Next(25))}{random.NextInt64(1L << 54)}",
            };
            if (!double.IsFinite(double.Parse(text, CultureInfo.InvariantCulture)))
                continue;

            var expected = BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture));
            Assert.True(
                expected == BitConverter.DoubleToInt64Bits(NumberText.ReadDouble(Encoding.UTF8.GetBytes(text))), $"{text} (seed {seed})");
        }
    }

    [Fact]
    public void Times_are_read_as_the_memory_reads_them()
    {
        const int seed = 20_251_122;
        var random = new Random(seed);
        for (var i = 0; i < 100_000; i++)
        {
            var nanoseconds = new UnixNanoseconds(random.NextInt64(long.MinValue, long.MaxValue));
            var text = nanoseconds.ToString();
            if (i % 3 == 0)
            {
                // One character changed: both must agree on whether that still is a time, and which.
                var at = random.Next(text.Length);
                text = text[..at] + (char)random.Next(0x20, 0x7F) + text[(at + 1)..];
            }

            var isTime = UnixNanoseconds.TryParse(text, out var expected, out _);
            Assert.True(
                isTime == TimestampText.TryRead(Encoding.UTF8.GetBytes(text), out var time, out _) && expected == time, $"{text} (seed {seed})");
        }
    }

    private PerformanceRecord Parse(string json) =>
        _parser.Parse(Encoding.UTF8.GetBytes(json), out var fault) ?? throw new InvalidOperationException(fault?.Message);
}
