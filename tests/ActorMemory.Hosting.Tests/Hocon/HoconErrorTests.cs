using System.Globalization;
using System.Text;
using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Tests.Hocon;

public sealed class HoconErrorTests
{
    [Theory]
    [InlineData("a = 1\nb = 2 c = 3", 2, 9)]
    [InlineData("a = @", 1, 5)]
    [InlineData("a = \"\"\"x\ny\n\"\"\" @", 3, 5)]
    [InlineData("a {\n  b = [1,\n    2,, 3]\n}", 3, 7)]
    [InlineData("a = 1\r\n\tb = ${c}", 2, 6)]
    [InlineData("a = \"x\\qy\"", 1, 7)]
    [InlineData("a = {", 1, 6)]
    [InlineData("a = 1\nb.c..d = 2", 2, 1)]
    public void The_error_names_line_and_column(string hocon, int line, int column) =>
        Assert.Equal(new HoconPosition("test", line, column), HoconAssert.Fails(hocon).Position);

    [Fact]
    public void The_message_says_where_what_and_what_to_do() =>
        Assert.Equal(
            "test:1:6: the character '@' is reserved outside quotes. Put the whole text in double quotes.",
            HoconAssert.Fails("a = x@y").Message);

    [Fact]
    public void A_value_whose_separator_was_forgotten_is_not_quoted_since_it_may_be_a_secret()
    {
        var message = HoconAssert.Fails("http.tls.password swordfish\n").Message;

        Assert.Contains("http.tls.password", message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a:")]
    [InlineData("a{")]
    [InlineData("a=[{b=")]
    [InlineData("a.")]
    [InlineData("[\n")]
    public void Nesting_beyond_all_bounds_is_an_error(string opening) =>
        HoconAssert.Fails(string.Concat(Enumerable.Repeat(opening, 100_000)) + "x = 1");

    [Theory]
    [InlineData("{0} = ${{{1}}}\n", "end = 1")]
    [InlineData("{0} = {{ x = ${{{1}}} }}\n", "end = 1")]
    [InlineData("{0} = [ ${{{1}}} ]\n", "end = 1")]
    public void A_chain_of_substitutions_beyond_all_bounds_is_an_error(string link, string end)
    {
        var format = CompositeFormat.Parse(link);
        var links = Enumerable.Range(0, 20_000)
            .Select(i => string.Format(CultureInfo.InvariantCulture, format, $"k{i}", i == 19_999 ? "end" : $"k{i + 1}"));

        HoconAssert.Fails(string.Concat(links) + end);
    }

    [Theory]
    [InlineData("x", "${{{0}}}${{{0}}}")]
    [InlineData("[x]", "${{{0}}} ${{{0}}}")]
    [InlineData("{ x = 1 }", "${{{0}}} ${{{0}}}")]
    [InlineData("[x]", "[ ${{{0}}}, ${{{0}}} ]")]
    [InlineData("[x]", "{{ l = ${{{0}}}, r = ${{{0}}} }}")]
    public void Values_that_double_each_other_are_an_error(string seed, string doubled)
    {
        var format = CompositeFormat.Parse(doubled);
        var lines = Enumerable.Range(1, 60)
            .Select(i => $"k{i} = {string.Format(CultureInfo.InvariantCulture, format, $"k{i - 1}")}\n");

        HoconAssert.Fails($"k0 = {seed}\n{string.Concat(lines)}");
    }

    [Theory]
    [InlineData("a = ${?x}\n", "b{0} = ${{?a}}\n")]
    [InlineData("a = ${?o}\n", "b{0} = ${{a.p}}\n")]
    public void Lookups_that_cost_the_square_of_the_text_are_an_error(string definition, string lookup)
    {
        var format = CompositeFormat.Parse(lookup);
        var definitions = string.Concat(Enumerable.Repeat(definition, 20_000));
        var lookups = string.Concat(
            Enumerable.Range(0, 20_000).Select(i => string.Format(CultureInfo.InvariantCulture, format, i)));

        HoconAssert.Fails($"o.p = 1\n{definitions}{lookups}");
    }

    [Fact]
    public void A_text_beyond_all_bounds_is_an_error() => HoconAssert.Fails(new string('a', HoconLimits.TextLength + 1));

    [Fact]
    public void Nesting_and_chains_within_bounds_are_fine()
    {
        HoconAssert.Parse(new string('[', 60) + new string(']', 60));
        HoconAssert.Parse("a = []\n" + string.Concat(Enumerable.Repeat("a += 1\n", 100)));
    }
}
