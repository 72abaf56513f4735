using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Tests.Hocon;

/// <summary>The HOCON specification, sections "Units format", "Duration format" and "Size in bytes format".</summary>
public sealed class HoconUnitsSpecificationTests
{
    [Theory]
    [InlineData("ns nano nanos nanosecond nanoseconds", 0.01)]
    [InlineData("us micro micros microsecond microseconds", 10)]
    [InlineData("ms milli millis millisecond milliseconds", 10_000)]
    [InlineData("s second seconds", 10_000_000)]
    [InlineData("m minute minutes", 600_000_000)]
    [InlineData("h hour hours", 36_000_000_000)]
    [InlineData("d day days", 864_000_000_000)]
    public void Every_unit_of_time_has_all_its_names(string names, double ticks)
    {
        foreach (var name in names.Split(' '))
            Assert.Equal(TimeSpan.FromTicks((long)(300 * ticks)), HoconDuration.Parse($"300{name}"));
    }

    [Theory]
    [InlineData("10", 10)]
    [InlineData("10ms", 10)]
    [InlineData(" 10 \t ms ", 10)]
    [InlineData("1.5s", 1500)]
    [InlineData("1e3 ms", 1000)]
    [InlineData("-2s", -2000)]
    [InlineData("0", 0)]
    public void A_duration_is_a_number_and_perhaps_a_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), HoconDuration.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("10 parsecs")]
    [InlineData("10S")]
    [InlineData("10 s s")]
    [InlineData("10s 5ms")]
    [InlineData("+10s")]
    [InlineData("0x10s")]
    [InlineData(".5s")]
    [InlineData("1e999s")]
    [InlineData("10675200d")]
    [InlineData("NaN")]
    public void Other_texts_are_no_durations(string text)
    {
        Assert.False(HoconDuration.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => HoconDuration.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("B b byte bytes", 1, 1)]
    [InlineData("kB kilobyte kilobytes", 1000, 1)]
    [InlineData("MB megabyte megabytes", 1000, 2)]
    [InlineData("GB gigabyte gigabytes", 1000, 3)]
    [InlineData("TB terabyte terabytes", 1000, 4)]
    [InlineData("PB petabyte petabytes", 1000, 5)]
    [InlineData("EB exabyte exabytes", 1000, 6)]
    [InlineData("K k Ki KiB kibibyte kibibytes", 1024, 1)]
    [InlineData("M m Mi MiB mebibyte mebibytes", 1024, 2)]
    [InlineData("G g Gi GiB gibibyte gibibytes", 1024, 3)]
    [InlineData("T t Ti TiB tebibyte tebibytes", 1024, 4)]
    [InlineData("P p Pi PiB pebibyte pebibytes", 1024, 5)]
    [InlineData("E e Ei EiB exbibyte exbibytes", 1024, 6)]
    public void Every_unit_of_size_has_all_its_names(string names, int factor, int power)
    {
        var unit = 1L;
        for (var i = 0; i < power; i++)
            unit *= factor;

        foreach (var name in names.Split(' '))
            Assert.Equal(3 * unit, HoconSize.Parse($"3{name}"));
    }

    [Theory]
    [InlineData("ZB zettabyte zettabytes Z z Zi ZiB zebibyte zebibytes")]
    [InlineData("YB yottabyte yottabytes Y y Yi YiB yobibyte yobibytes")]
    public void Zetta_and_yotta_are_known_and_too_large(string names)
    {
        foreach (var name in names.Split(' '))
        {
            Assert.Equal(0, HoconSize.Parse($"0{name}"));
            Assert.False(HoconSize.TryParse($"1{name}", out _));
        }
    }

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("1.5 KiB", 1536)]
    [InlineData("0.5B", 0)]
    [InlineData(" 512K ", 524288)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_a_number_and_perhaps_a_unit(string text, long bytes) => Assert.Equal(bytes, HoconSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("1 kb")]
    [InlineData("1KB")]
    [InlineData("1 mB")]
    [InlineData("1 kiB")]
    [InlineData("-1B")]
    [InlineData("8EiB")]
    [InlineData("9223372036854775808")]
    [InlineData("79228162514264337593543950335YiB")]
    public void Other_texts_are_no_sizes(string text)
    {
        Assert.False(HoconSize.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => HoconSize.Parse(text)).Message, StringComparison.Ordinal);
    }
}
