using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.Node.Tests.Cluster;

namespace ActorMemory.Node.Tests.Messages;

public sealed class RecordsQueueTests(RunningCluster cluster) : IClassFixture<RunningCluster>, IAsyncLifetime
{
    private PlainPublisher? _publisher;

    private PlainPublisher Publisher => _publisher ?? throw new InvalidOperationException("It is not connected.");

    public async ValueTask InitializeAsync() => _publisher = await PlainPublisher.ConnectAsync(cluster.Broker.Port);

    public ValueTask DisposeAsync() => Publisher.DisposeAsync();

    [Fact]
    public async Task A_record_and_an_array_are_answered_as_over_HTTP_and_stored()
    {
        await Publisher.AskAsync(TestRecords.Line(0, "messages"), correlationId: "one");
        Assert.Equal(("one", "application/json", """{"accepted":1,"duplicates":0,"rejected":[]}"""), await Publisher.AnswerAsync());

        await Publisher.AskAsync(Array(1, 2, "messages"));
        Assert.Equal((null, "application/json", """{"accepted":2,"duplicates":0,"rejected":[]}"""), await Publisher.AnswerAsync());

        await Publisher.AskAsync(TestRecords.Lines(3, "messages", from: 3), contentType: "application/x-ndjson");
        Assert.Equal("""{"accepted":3,"duplicates":0,"rejected":[]}""", (await Publisher.AnswerAsync()).Body);
        Assert.Equal(6, await CountAsync("messages"));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{"timestamp":"2025-01-01T00:00:00Z"},7]""")]
    [InlineData("[1e999")]
    public async Task What_is_wrong_is_told_as_over_HTTP(string body)
    {
        var (_, http) = await cluster.Alpha.PostAsync(body);
        await Publisher.AskAsync(body);
        var answer = await Publisher.AnswerAsync();
        Assert.Equal(http.GetRawText(), answer.Body);
        Assert.Equal(body == "[]" ? "application/json" : "application/problem+json", answer.ContentType);
    }

    [Fact]
    public async Task Records_of_an_array_that_are_legal_are_stored_and_the_others_named()
    {
        var mixed = $"[{TestRecords.Line(0, "mixed")},{TestRecords.Without("win")},{TestRecords.Line(1, "mixed")}]";
        await Publisher.AskAsync(mixed);
        var answer = JsonDocument.Parse((await Publisher.AnswerAsync()).Body).RootElement;
        Assert.Equal((2, 2), (answer.GetProperty("accepted").GetInt32(), Assert.Single(answer.GetProperty("rejected").EnumerateArray()).GetProperty("line").GetInt32()));
        Assert.Equal(2, await CountAsync("mixed"));
    }

    [Fact]
    public async Task A_message_that_comes_twice_is_stored_once()
    {
        // By the ids of its records, by what its sender calls it, and by its content.
        var named = TestRecords.Object(1, "twice");
        named["record_id"] = "a-name";
        foreach (var (body, id) in new[] { (named.ToJsonString(), null), (Array(2, 5, "twice"), "message-7"), (TestRecords.Line(9, "twice"), null) })
        {
            await Publisher.AskAsync(body, id);
            Assert.StartsWith("""{"accepted":""", (await Publisher.AnswerAsync()).Body, StringComparison.Ordinal);
            await Publisher.AskAsync(body, id);
            Assert.StartsWith("""{"accepted":0,"duplicates":""", (await Publisher.AnswerAsync()).Body, StringComparison.Ordinal);
        }

        await Publisher.AskAsync(TestRecords.Line(9, "twice"), "message-8");
        Assert.StartsWith("""{"accepted":1,""", (await Publisher.AnswerAsync()).Body, StringComparison.Ordinal);
        Assert.Equal(8, await CountAsync("twice"));
    }

    [Fact]
    public async Task Messages_are_stored_in_the_order_in_which_they_were_sent()
    {
        for (var index = 0; index < 200; index++)
            await Publisher.PublishAsync(TestRecords.Line(index, "ordered"));
        await Publisher.AskAsync(TestRecords.Line(200, "ordered"));
        await Publisher.AnswerAsync();

        var stored = await cluster.Beta.Client.GetStringAsync("/v1/performance/ordered/bull/5/records?limit=1000", TestContext.Current.CancellationToken);
        Assert.Equal(
            Enumerable.Range(0, 201),
            stored.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!["generation"]!.GetValue<int>()));
    }

    [Fact]
    public async Task What_nobody_awaits_an_answer_of_is_parked_with_the_reason_and_can_be_replayed()
    {
        var mixed = $"[{TestRecords.Line(0, "parked")},{TestRecords.Without("win")}]";
        await Publisher.PublishAsync(mixed);
        await Publisher.PublishAsync(TestRecords.Line(), contentType: "text/plain");
        await Publisher.PublishAsync(TestRecords.Line(), replyTo: "test.shard.3");

        var parked = await ParkedAsync(3);
        Assert.Contains("1 of its 2 records were rejected, the others are stored. Record 2:", parked[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("content_type: 'text/plain' is not taken", parked[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("reply_to names test.shard.3", parked[2].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.All(parked, static message => Assert.Equal(JsonValueKind.Null, message.GetProperty("shard").ValueKind));
        Assert.Equal(1, await CountAsync("parked"));

        // They come back: what was stored before is not stored again, what is wrong still is parked again, and the address of an answer is forgotten.
        using var replayed = await cluster.Alpha.Client.PostAsync("/v1/cluster/parked/replay", null, TestContext.Current.CancellationToken);
        Assert.Equal(3, (await RunningNode.JsonAsync(replayed)).GetProperty("replayed").GetInt32());
        await ParkedAsync(2);
        Assert.Equal(1, await CountAsync("parked"));
    }

    [Fact]
    public async Task The_client_of_the_README_gets_its_answer()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "README.md"), TestContext.Current.CancellationToken);
        var client = readme.Split("```python\n").Single(static part => part.Contains("import json, sys, pika", StringComparison.Ordinal)).Split("```")[0];
        var start = new ProcessStartInfo(PythonWithPika(), [
            "-c", client.Replace("actormemory.records", "test.records", StringComparison.Ordinal), $"amqp://guest:guest@127.0.0.1:{cluster.Broker.Port}/", "batch-0001"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        for (var time = 0; time < 2; time++)
        {
            using var python = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
            await python.StandardInput.WriteAsync(TestRecords.Lines(50, "python"));
            python.StandardInput.Close();
            var said = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await python.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(python.ExitCode == 0, await python.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            Assert.Equal(time == 0 ? """{"accepted":50,"duplicates":0,"rejected":[]}""" : """{"accepted":0,"duplicates":50,"rejected":[]}""", said.TrimEnd());
        }
    }

    private static string PythonWithPika()
    {
        foreach (var python in new[] { "/usr/bin/python3", "python3" })
        {
            using var trying = Process.Start(new ProcessStartInfo(python, ["-c", "import pika"]) { RedirectStandardError = true });
            trying?.WaitForExit();
            if (trying?.ExitCode == 0)
                return python;
        }

        throw new InvalidOperationException("No Python here has pika. On Debian: apt-get install python3-pika.");
    }

    private static string Array(int from, int count, string strategy) =>
        "[" + string.Join(',', Enumerable.Range(from, count).Select(index => TestRecords.Line(index, strategy))) + "]";

    private async Task<int> CountAsync(string strategy)
    {
        var (_, summary) = await cluster.Beta.GetAsync($"/v1/performance/{strategy}/bull/5/summary");
        return summary.GetProperty("total_records").GetInt32();
    }

    private async Task<List<JsonElement>> ParkedAsync(int count)
    {
        while (true)
        {
            var (_, answer) = await cluster.Alpha.GetAsync("/v1/cluster/parked");
            var parked = answer.GetProperty("parked").EnumerateArray().ToList();
            if (parked.Count == count)
                return parked;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
