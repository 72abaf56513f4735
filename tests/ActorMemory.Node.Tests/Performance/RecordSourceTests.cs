using System.Text;
using System.Text.Json;
using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Tests.Performance;

/// <summary>Cutting bodies into texts, whatever the pieces in which they arrive.</summary>
public sealed class RecordSourceTests
{
    private const int MaxText = 64;

    [Fact]
    public async Task Lines_are_those_of_a_plain_split_however_the_bytes_arrive()
    {
        const int seed = 7;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => RandomLine(random) + (random.Next(4) == 0 ? "\r\n" : "\n")))
                + (random.Next(2) == 0 ? RandomLine(random) : "");
            var expected = text.Split('\n').Select((line, index) => (Line: index + 1L, Text: line.Trim()))
                .Where(line => line.Text.Length > 0 || line.Line == 0).ToList();

            var texts = await ReadAsync(new LineReader(Window(text, random), MaxText));

            Assert.True(
                expected.SequenceEqual(texts.Select(static found => (found.Number, found.Text))),
                $"seed {seed}, round {round}: {JsonSerializer.Serialize(text)}");
        }
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_skipped_and_costs_no_other()
    {
        var text = $"first\n{new string('x', 1000)}\nlast\n";
        var texts = await ReadAsync(new LineReader(Window(text, new Random(1)), MaxText));

        Assert.Equal([(1L, "first", false), (2L, "", true), (3L, "last", false)], texts.Select(static found => (found.Number, found.Text, found.IsTooLong)));
    }

    [Fact]
    public async Task A_line_without_an_end_is_told_apart()
    {
        var texts = await ReadAsync(new LineReader(Window("whole\npart", new Random(1)), MaxText));
        Assert.Equal([("whole", true), ("part", false)], texts.Select(static found => (found.Text, found.IsTerminated)));
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_first_line()
    {
        var texts = await ReadAsync(new LineReader(Window("\uFEFF{}\n", new Random(1)), MaxText));
        Assert.Equal("{}", Assert.Single(texts).Text);
    }

    [Fact]
    public async Task A_line_end_between_quotes_belongs_to_the_row()
    {
        var texts = await ReadAsync(new LineReader(Window("a,\"b\nc\",\"d\"\"\ne\"\nf\n", new Random(1)), MaxText, quoted: true));
        Assert.Equal([(1L, "a,\"b\nc\",\"d\"\"\ne\""), (4L, "f")], texts.Select(static found => (found.Number, found.Text)));
    }

    [Fact]
    public async Task A_quote_without_its_end_costs_lines_and_the_next_ones_keep_their_numbers()
    {
        var lost = string.Concat(Enumerable.Range(0, 30).Select(static index => $"row {index}\n"));
        var texts = await ReadAsync(new LineReader(Window($"a\n\"{lost}last\n", new Random(1)), MaxText, quoted: true));

        Assert.Equal((1L, "a"), (texts[0].Number, texts[0].Text));
        Assert.Equal((2L, true), (texts[1].Number, texts[1].IsTooLong));
        Assert.Equal((32L, "last"), (texts[^1].Number, texts[^1].Text));
    }

    [Fact]
    public async Task Elements_are_those_of_the_frameworks_parser_however_the_bytes_arrive()
    {
        const int seed = 8;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var elements = Enumerable.Range(0, random.Next(6)).Select(_ => RandomElement(random, depth: 0)).ToList();
            var text = random.Next(4) == 0 && elements.Count > 0 ? elements[0] : $" [ {string.Join(" ,\n", elements)} ] ";
            using var document = JsonDocument.Parse(text);
            var expected = document.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.EnumerateArray().Select(static element => element.GetRawText()).ToList()
                : [document.RootElement.GetRawText()];

            var texts = await ReadAsync(new JsonElementReader(Window(text, random, window: 4096), 4096));

            Assert.True(expected.SequenceEqual(texts.Select(static found => found.Text.Trim())), $"seed {seed}, round {round}: {text}");
        }
    }

    [Theory]
    [InlineData("[{}")]
    [InlineData("[{},")]
    [InlineData("[{},]")]
    [InlineData("[,{}]")]
    [InlineData("[{}{}]")]
    [InlineData("[{}]]")]
    [InlineData("[{}] {}")]
    [InlineData("{} {}")]
    [InlineData("[")]
    [InlineData("{},{}")]
    public async Task An_array_that_is_none_is_refused(string text) =>
        await Assert.ThrowsAsync<BodySyntaxException>(() => ReadAsync(new JsonElementReader(Window(text, new Random(1)), MaxText)));

    private static string RandomLine(Random random) =>
        random.Next(5) == 0 ? "" : new string((char)random.Next('a', 'z'), random.Next(1, MaxText));

    private static string RandomElement(Random random, int depth) => random.Next(depth > 2 ? 3 : 5) switch
    {
        0 => random.Next(100).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => "\"a]}\\\"\\\\,[{\"",
        2 => "null",
        3 => $"{{\"a\":{RandomElement(random, depth + 1)},\"b\":[{RandomElement(random, depth + 1)},1]}}",
        _ => $"{{\"only\":{RandomElement(random, depth + 1)}}}",
    };

    private static ByteWindow Window(string text, Random random, int window = MaxText * 2) => new(new PieceStream(Encoding.UTF8.GetBytes(text), random), window);

    private static async Task<List<(long Number, string Text, bool IsTooLong, bool IsTerminated)>> ReadAsync(IRecordSource source)
    {
        var texts = new List<(long, string, bool, bool)>();
        do
        {
            while (source.TryNext(out var text))
                texts.Add((text.Number, Encoding.UTF8.GetString(text.Text.Span), text.IsTooLong, text.IsTerminated));
        }
        while (await source.FillAsync(TestContext.Current.CancellationToken));

        return texts;
    }

    /// <summary>Gives its bytes in random small pieces, as a network does.</summary>
    private sealed class PieceStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 20))], cancellationToken);
    }
}
