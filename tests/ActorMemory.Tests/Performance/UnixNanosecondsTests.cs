using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

public sealed class UnixNanosecondsTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:59:59.999999999Z", -1)]
    [InlineData("2025-01-01T00:00:00.000000001Z", 1_735_689_600_000_000_001)]
    [InlineData("2025-01-01T00:00:00.1Z", 1_735_689_600_100_000_000)]
    [InlineData("2024-02-29T12:30:00Z", 1_709_209_800_000_000_000)]
    [InlineData("1950-04-24T00:00:00Z", -621_388_800_000_000_000)]
    [InlineData("1677-09-21T00:12:43.145224192Z", long.MinValue)]
    [InlineData("2262-04-11T23:47:16.854775807Z", long.MaxValue)]
    public void A_time_is_written_and_read_to_the_nanosecond(string text, long nanoseconds)
    {
        Assert.Equal(nanoseconds, UnixNanoseconds.Parse(text).Value);
        Assert.Equal(text, new UnixNanoseconds(nanoseconds).ToString());
    }

    [Theory]
    [InlineData("1735689600000000001", 1_735_689_600_000_000_001)]
    [InlineData("-1", -1)]
    [InlineData("0", 0)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("2025-01-01", 1_735_689_600_000_000_000)]
    [InlineData("2025-01-01T00:00", 1_735_689_600_000_000_000)]
    [InlineData("2025-01-01 00:00:00", 1_735_689_600_000_000_000)]
    [InlineData("2025-01-01t01:00:00.5+01:00", 1_735_689_600_500_000_000)]
    [InlineData("2024-12-31T18:30:00-0530", 1_735_689_600_000_000_000)]
    [InlineData("2025-01-01T02:00+02", 1_735_689_600_000_000_000)]
    [InlineData("1677-09-21T01:12:43.145224192+01:00", long.MinValue)]
    public void A_time_is_read_in_every_form_that_is_promised(string text, long nanoseconds) =>
        Assert.Equal(nanoseconds, UnixNanoseconds.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("9223372036854775808")]
    [InlineData("1e18")]
    [InlineData("2025-1-1")]
    [InlineData("2025-02-29")]
    [InlineData("2025-13-01")]
    [InlineData("0000-01-01")]
    [InlineData("2025-01-01T")]
    [InlineData("2025-01-01T24:00")]
    [InlineData("2025-01-01T23:60")]
    [InlineData("2025-01-01T23:59:60Z")]
    [InlineData("2025-01-01T00:00:00.")]
    [InlineData("2025-01-01T00:00:00.0000000001Z")]
    [InlineData("2025-01-01T00:00:00+")]
    [InlineData("2025-01-01T00:00:00+01:")]
    [InlineData("2025-01-01T00:00:00Zulu")]
    [InlineData("2025-01-01T٠٠:00")]
    public void Anything_else_is_refused_with_an_example_of_what_is_not(string text)
    {
        Assert.False(UnixNanoseconds.TryParse(text, out _, out var fault));
        Assert.Contains("2025-01-31T09:30:00.123456789Z", fault, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => UnixNanoseconds.Parse(text));
    }

    [Theory]
    [InlineData("1677-09-21T00:12:43.145224191Z")]
    [InlineData("2262-04-11T23:47:16.854775808Z")]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31T23:59:59.999999999Z")]
    public void A_time_beyond_what_nanoseconds_can_hold_is_refused_with_the_range(string text)
    {
        Assert.False(UnixNanoseconds.TryParse(text, out _, out var fault));
        Assert.Contains("1677-09-21", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_time_is_read_back_as_it_was_written()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var time = new UnixNanoseconds(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
            Assert.True(time == UnixNanoseconds.Parse(time.ToString()), $"seed {seed}: {time.Value}");
        }
    }
}
