using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

public sealed class PerformanceKeyTests
{
    [Theory]
    [InlineData("momentum", "bull", "5", "performance|momentum|bull|5")]
    [InlineData("", "", "", "performance|||")]
    [InlineData("a|b", "c", "1", "performance|a%7Cb|c|1")]
    [InlineData("a", "b|c", "1", "performance|a|b%7Cc|1")]
    [InlineData("100%", "%7C", "%25", "performance|100%25|%257C|%2525")]
    [InlineData("🚀", "東", "京", "performance|🚀|東|京")]
    public void A_key_and_its_persistence_id_stand_for_each_other(string strategy, string regime, string horizon, string id)
    {
        var key = new PerformanceKey(strategy, regime, horizon);

        Assert.Equal(id, key.ToPersistenceId());
        Assert.Equal(key, PerformanceKey.FromPersistenceId(id));
    }

    [Fact]
    public void Different_keys_never_share_a_persistence_id()
    {
        string[] parts = ["", "|", "%", "%7C", "%25", "a", "a|", "|a", "%7c", "a|b"];
        var keys = from strategy in parts from regime in parts from horizon in parts select new PerformanceKey(strategy, regime, horizon);

        var ids = keys.Select(key => key.ToPersistenceId()).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(parts.Length * parts.Length * parts.Length, ids.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("performance")]
    [InlineData("performance|a|b")]
    [InlineData("performance|a|b|c|d")]
    [InlineData("Performance|a|b|c")]
    [InlineData("performance|a%7cb|c|d")]
    [InlineData("performance|a%41|c|d")]
    [InlineData("performance|a%|c|d")]
    [InlineData("performance|a\n|c|d")]
    public void A_text_that_no_key_has_as_persistence_id_is_refused(string id)
    {
        Assert.False(PerformanceKey.TryFromPersistenceId(id, out _));
        Assert.Throws<FormatException>(() => PerformanceKey.FromPersistenceId(id));
    }

    [Theory]
    [InlineData("a\0b", "regime", "strategy_name has the control character U+0000 at position 1")]
    [InlineData("a", "tab\t", "regime has the control character U+0009 at position 3")]
    [InlineData("a", "next\u0085line", "regime has the control character U+0085")]
    public void A_name_with_control_characters_is_refused(string strategy, string regime, string fault)
    {
        Assert.False(PerformanceKey.TryCreate(strategy, regime, "1", out _, out var message));
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PerformanceKey(strategy, regime, "1"));
    }

    [Fact]
    public void A_name_with_lone_surrogates_is_refused()
    {
        // Not as a theory: attributes hold UTF-8, in which there are none.
        foreach (var name in new[] { "lone\ud83d", "\ude80\ud83d", "\ud83da", "\ud83d\ud83d\ude80" })
        {
            Assert.False(PerformanceKey.TryCreate("a", name, "1", out _, out var message));
            Assert.StartsWith("regime has the lone surrogate U+D", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_has_at_most_128_characters_however_many_bytes_they_take()
    {
        var longest = string.Concat(Enumerable.Repeat("🚀", 128));

        Assert.True(PerformanceKey.TryCreate(longest, "bull", "1", out _, out _));
        Assert.False(PerformanceKey.TryCreate(longest + "a", "bull", "1", out _, out var message));
        Assert.Equal("strategy_name has 129 characters; at most 128 are allowed.", message);
    }

    [Fact]
    public void Keys_are_compared_without_folding_case_or_normalising()
    {
        Assert.NotEqual(new PerformanceKey("a", "b", "1"), new PerformanceKey("A", "b", "1"));
        Assert.NotEqual(new PerformanceKey("\u00e9", "b", "1"), new PerformanceKey("e\u0301", "b", "1"));
        Assert.Equal(default, new PerformanceKey("", "", ""));
        Assert.Equal(default(PerformanceKey).GetHashCode(), new PerformanceKey("", "", "").GetHashCode());
    }

    [Theory]
    [InlineData("5", "5", true)]
    [InlineData("05", "5", true)]
    [InlineData("000", "0", true)]
    [InlineData("12345678901234567890", "12345678901234567890", true)]
    [InlineData("٥", "5", true)]
    [InlineData("-5", "-5", false)]
    [InlineData("5.0", "5.0", false)]
    [InlineData(" 5", " 5", false)]
    [InlineData("²", "²", false)]
    [InlineData("", "", false)]
    [InlineData("5d", "5d", false)]
    public void A_horizon_of_nothing_but_digits_is_a_number_among_the_features(string text, string feature, bool isNumber) =>
        Assert.Equal((feature, isNumber), HorizonText.AsFeature(text));

    [Theory]
    [InlineData("5", true)]
    [InlineData("-5", true)]
    [InlineData("0", true)]
    [InlineData("-0", false)]
    [InlineData("05", false)]
    [InlineData("", false)]
    [InlineData("-", false)]
    [InlineData("5.0", false)]
    public void A_whole_number_is_written_in_one_way(string text, bool isWholeNumber) =>
        Assert.Equal(isWholeNumber, HorizonText.IsWholeNumber(text));
}
