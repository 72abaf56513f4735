using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ActorMemory.Node.Http;
using ActorMemory.Node.Tests.Performance;

namespace ActorMemory.Node.Tests.Http;

public sealed class AddingRecordsTests(RunningNode node) : IClassFixture<RunningNode>
{
    private const string NdJson = "application/x-ndjson";

    [Fact]
    public async Task One_object_is_stored()
    {
        var (status, body) = await node.PostAsync(TestRecords.Line(1, "one"));

        Assert.Equal((200, 1, 0, 0), Counts(status, body));
        Assert.Equal(1, await RecordsOfAsync("one"));
    }

    [Fact]
    public async Task An_array_is_stored_in_its_order()
    {
        var (status, body) = await node.PostAsync($"[{string.Join(',', Enumerable.Range(0, 100).Select(index => TestRecords.Line(index, "array")))}]");

        Assert.Equal((200, 100, 0, 0), Counts(status, body));
        var (_, rolling) = await node.GetAsync("/v1/performance/array/bull/5/rolling?window=3");
        Assert.Equal([(97 % 7 - 3) / 100.0, (98 % 7 - 3) / 100.0, (99 % 7 - 3) / 100.0], Returns(rolling));
    }

    [Fact]
    public async Task Lines_are_stored_and_empty_ones_are_none()
    {
        var (status, body) = await node.PostAsync($"\n{TestRecords.Lines(5000, "lines")}\r\n\n", NdJson);
        Assert.Equal((200, 5000, 0, 0), Counts(status, body));
        Assert.Equal(5000, await RecordsOfAsync("lines"));
    }

    [Fact]
    public async Task An_empty_array_and_empty_lines_are_nothing_and_no_error()
    {
        Assert.Equal((200, 0, 0, 0), Counts(await node.PostAsync("[]")));
        Assert.Equal((200, 0, 0, 0), Counts(await node.PostAsync("\n\n", NdJson)));
    }

    [Fact]
    public async Task An_empty_body_is_an_error() => Assert.Equal(400, (await node.PostAsync("")).Status);

    [Fact]
    public async Task A_bad_line_loses_no_good_one()
    {
        var bad = RecordParserTests.BadRecords.Select(static row => row.Data.Item1)
            .Where(static json => json.Length is > 0 and < 10_000 && !json.Contains('\n', StringComparison.Ordinal)).ToList();
        var lines = bad.SelectMany((json, index) => new[] { TestRecords.Line(index, "around"), json }).Append(TestRecords.Line(bad.Count, "around"));

        var (status, body) = await node.PostAsync(string.Join('\n', lines), NdJson);

        Assert.Equal((200, bad.Count + 1, 0, bad.Count), Counts(status, body));
        Assert.Equal(
            Enumerable.Range(1, bad.Count).Select(static index => index * 2L),
            body.GetProperty("rejected").EnumerateArray().Select(static rejected => rejected.GetProperty("line").GetInt64()));
        Assert.Equal(bad.Count + 1, await RecordsOfAsync("around"));
    }

    [Fact]
    public async Task A_bad_element_loses_no_good_one()
    {
        var (status, body) = await node.PostAsync(
            $"[{TestRecords.Line(1, "elements")},{{\"a\":[1,{{}}]}},7,{TestRecords.Line(2, "elements")}]");

        Assert.Equal((200, 2, 0, 2), Counts(status, body));
        Assert.Equal([2L, 3L], body.GetProperty("rejected").EnumerateArray().Select(static rejected => rejected.GetProperty("line").GetInt64()));
    }

    [Theory]
    [MemberData(nameof(RecordParserTests.BadRecords), MemberType = typeof(RecordParserTests))]
    public async Task A_bad_record_alone_is_an_error_that_names_the_field(string json, string named)
    {
        // As a whole body, the empty array says that there are no records, and that is no error.
        if (json == "[]")
            return;

        var (status, body) = await node.PostAsync(json);

        Assert.InRange(status, 400, 422);
        var detail = body.GetProperty("detail").GetString() ?? "";

        // What is not even one value of JSON is found before anybody looks for fields.
        Assert.True(
            detail.Contains(named, StringComparison.Ordinal) || detail.Contains("not JSON", StringComparison.Ordinal)
            || detail.Contains("body is empty", StringComparison.Ordinal) || detail.Contains("longer than", StringComparison.Ordinal), detail);
    }

    [Fact]
    public async Task Mutated_bodies_never_hurt_the_node()
    {
        const int seed = 99;
        var random = new Random(seed);
        for (var i = 0; i < 1000; i++)
        {
            var body = Encoding.UTF8.GetBytes($"[{TestRecords.Line(i, "mutated")},{TestRecords.Line(i + 1, "mutated")}]");
            for (var change = random.Next(1, 4); change > 0; change--)
                body[random.Next(body.Length)] = (byte)random.Next(256);

            var (status, _) = await node.PostAsync(body, random.Next(2) == 0 ? NdJson : "application/json");
            Assert.True(status is 200 or 400 or 422, $"{status} for {Encoding.UTF8.GetString(body)} (seed {seed})");
        }
    }

    [Theory]
    [InlineData("a\\u0001b", "control")]
    [InlineData("a\\u0000b", "control")]
    [InlineData("a\\u0085b", "control")]
    public async Task A_name_with_control_characters_is_refused(string name, string said)
    {
        var (status, body) = await node.PostAsync(TestRecords.With("strategy_name", $"\"{name}\""));
        Assert.Equal(422, status);
        Assert.Contains("strategy_name", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(said, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_may_have_128_characters_and_not_one_more()
    {
        var name = string.Concat(Enumerable.Repeat("\U0001F600", 128));
        Assert.Equal(200, (await node.PostAsync(TestRecords.With("strategy_name", $"\"{name}\""))).Status);
        Assert.Equal(422, (await node.PostAsync(TestRecords.With("strategy_name", $"\"{name}x\""))).Status);
    }

    [Fact]
    public async Task A_repeated_id_is_acknowledged_and_not_stored_again()
    {
        var record = TestRecords.Line(1, "ids").Insert(1, "\"record_id\":\"the one\",");

        Assert.Equal((200, 1, 0, 0), Counts(await node.PostAsync(record)));
        Assert.Equal((200, 0, 1, 0), Counts(await node.PostAsync(record)));
        Assert.Equal((200, 0, 2, 0), Counts(await node.PostAsync($"{record}\n{record}\n", NdJson)));
        Assert.Equal(1, await RecordsOfAsync("ids"));
    }

    [Fact]
    public async Task Lines_of_a_file_are_stored_once_for_ever()
    {
        const string source = "?source=00000000000000000000000000000abc";
        Assert.Equal((200, 3, 0, 0), Counts(await node.PostAsync(TestRecords.Lines(3, "file"), NdJson, source)));
        Assert.Equal((200, 0, 3, 0), Counts(await node.PostAsync(TestRecords.Lines(3, "file"), NdJson, source)));
        Assert.Equal((200, 2, 1, 0), Counts(await node.PostAsync(TestRecords.Lines(3, "file", from: 2), NdJson, source + "&first_line=3")));
        Assert.Equal(5, await RecordsOfAsync("file"));
    }

    [Fact]
    public async Task A_bad_line_of_a_file_is_named_by_its_place_in_the_file()
    {
        var (_, body) = await node.PostAsync(TestRecords.Line(1, "file2") + "\nbad", NdJson, "?source=00000000000000000000000000000abd&first_line=1000");
        Assert.Equal(1001, Assert.Single(body.GetProperty("rejected").EnumerateArray()).GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task NaN_and_infinities_come_back_as_they_were_sent()
    {
        foreach (var value in new[] { "\"NaN\"", "\"Infinity\"", "\"-Infinity\"" })
            Assert.Equal(200, (await node.PostAsync(TestRecords.With("return_value", value).Replace("\"s\"", "\"non-finite\"", StringComparison.Ordinal))).Status);

        var (_, rolling) = await node.GetAsync("/v1/performance/non-finite/bull/5/rolling");
        Assert.Equal(
            ["NaN", "Infinity", "-Infinity"], rolling.GetProperty("recent_returns").EnumerateArray().Select(static value => value.GetString()));
        Assert.Equal(3, rolling.GetProperty("non_finite").GetInt32());
        var (_, latest) = await node.GetAsync("/v1/performance/non-finite/bull/5/latest");
        Assert.Equal("-Infinity", latest.GetProperty("return_value").GetString());
    }

    [Fact]
    public async Task What_the_node_gives_it_takes()
    {
        await node.PostAsync(TestRecords.Lines(10, "again"), NdJson);
        var lines = await node.Client.GetStringAsync("/v1/performance/again/bull/5/records", TestContext.Current.CancellationToken);

        Assert.Equal((200, 0, 10, 0), Counts(await node.PostAsync(lines, NdJson)));
        Assert.Equal((200, 10, 0, 0), Counts(await node.PostAsync(lines.Replace("\"again\"", "\"anew\"", StringComparison.Ordinal), NdJson)));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    public async Task Another_type_of_body_is_refused(string type)
    {
        var (status, body) = await node.PostAsync(TestRecords.Line(), type);
        Assert.Equal(415, status);
        Assert.Contains(type, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parameters_of_the_type_do_not_matter() =>
        Assert.Equal(200, (await node.PostAsync(TestRecords.Line(1, "charset"), "application/json; charset=utf-8")).Status);

    [Fact]
    public async Task A_body_that_is_not_records_is_given_up_after_ten_thousand_bad_lines()
    {
        var (status, body) = await node.PostAsync(string.Concat(Enumerable.Repeat("x\n", 20_000)), NdJson);

        Assert.Equal(400, status);
        Assert.Equal(10_000, body.GetProperty("rejected").GetArrayLength());
        Assert.Equal(10_001, body.GetProperty("next_line").GetInt64());
    }

    [Theory]
    [InlineData("?source=abc", "source")]
    [InlineData("?source=00000000000000000000000000000000", "source")]
    [InlineData("?sorce=00000000000000000000000000000001", "did you mean source?")]
    [InlineData("?first_line=0", "first_line")]
    [InlineData("?first_line=x", "first_line")]
    [InlineData("?first_line=1&first_line=2", "first_line")]
    public async Task A_wrong_parameter_is_named(string query, string named)
    {
        var (status, body) = await node.PostAsync(TestRecords.Line(), query: query);
        Assert.Equal(400, status);
        Assert.Contains(named, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_the_part_before_it_is_counted()
    {
        await using var small = new RunningNode { MaxRequestBody = 100_000 };
        await small.InitializeAsync();

        Assert.Equal(413, (await small.PostAsync(TestRecords.Lines(1000), NdJson)).Status);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v1/performance/records") { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(TestRecords.Lines(1000)))) };
        chunked.Content.Headers.ContentType = new(NdJson);
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await small.Client.SendAsync(chunked, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        var body = await RunningNode.JsonAsync(answer);
        var (_, keys) = await small.GetAsync("/v1/performance/keys");
        var stored = keys.GetProperty("keys").EnumerateArray().Sum(static key => key.GetProperty("records").GetInt32());
        Assert.Equal(body.GetProperty("accepted").GetInt32(), stored);
    }

    [Fact]
    public async Task A_line_over_the_limit_is_refused_and_costs_no_other()
    {
        await using var small = new RunningNode { MaxLine = 2000 };
        await small.InitializeAsync();
        var (status, body) = await small.PostAsync($"{TestRecords.Line(1)}\n{new string(' ', 10)}{{\"x\":\"{new string('x', 50_000)}\"}}\n{TestRecords.Line(2)}\n", NdJson);

        Assert.Equal((200, 2, 0, 1), Counts(status, body));
        Assert.Contains("longer", body.GetProperty("rejected")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_requests_at_once_than_allowed_are_told_to_come_again()
    {
        await using var busy = new RunningNode { Limits = new HttpLimits { RecordRequests = 0 } };
        await busy.InitializeAsync();
        using var content = new StringContent(TestRecords.Line(), Encoding.UTF8, "application/json");
        using var answer = await busy.Client.PostAsync("/v1/performance/records", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static (int Status, int Accepted, int Duplicates, int Rejected) Counts((int Status, JsonElement Body) answer) => Counts(answer.Status, answer.Body);

    private static (int Status, int Accepted, int Duplicates, int Rejected) Counts(int status, JsonElement body) =>
        (status, body.GetProperty("accepted").GetInt32(), body.GetProperty("duplicates").GetInt32(), body.GetProperty("rejected").GetArrayLength());

    private static IEnumerable<double> Returns(JsonElement rolling) =>
        rolling.GetProperty("recent_returns").EnumerateArray().Select(static value => value.GetDouble());

    private async Task<int> RecordsOfAsync(string strategy)
    {
        var (_, body) = await node.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/performance/keys?strategy={Uri.EscapeDataString(strategy)}"));
        return body.GetProperty("keys").EnumerateArray().Sum(static key => key.GetProperty("records").GetInt32());
    }
}
