using ActorMemory.Node.Tests.Cluster;

namespace ActorMemory.Node.Tests.Messages;

public sealed class RecordsQueueFaultTests
{
    [Fact]
    public async Task A_message_waits_while_the_journal_is_away_and_is_taken_when_it_is_back()
    {
        await using var cluster = new RunningCluster();
        await cluster.InitializeAsync();
        await using var publisher = await PlainPublisher.ConnectAsync(cluster.Broker.Port);

        await cluster.Database.CrashAsync();
        for (var index = 0; index < 20; index++)
            await publisher.AskAsync(TestRecords.Line(index, "patient"), correlationId: $"{index}");
        await cluster.Database.StartAgainAsync();

        for (var index = 0; index < 20; index++)
        {
            var answer = await publisher.AnswerAsync();
            Assert.Equal(($"{index}", "application/json"), (answer.CorrelationId, answer.ContentType));
        }

        Assert.Equal(20, await CountAsync(cluster.Alpha));
    }

    [Fact]
    public async Task A_message_that_waits_for_the_journal_goes_to_the_other_node_when_its_own_stops()
    {
        await using var cluster = new RunningCluster();
        await cluster.InitializeAsync();
        await using var publisher = await PlainPublisher.ConnectAsync(cluster.Broker.Port);

        await cluster.Database.CrashAsync();
        await publisher.AskAsync(TestRecords.Line(0, "patient"));
        await cluster.Alpha.StopAsync();
        await cluster.Database.StartAgainAsync();

        Assert.Equal("application/json", (await publisher.AnswerAsync()).ContentType);
        Assert.Equal(1, await CountAsync(cluster.Beta));
    }

    [Fact]
    public async Task When_the_node_that_takes_messages_stops_the_other_goes_on_in_order()
    {
        await using var cluster = new RunningCluster();
        await cluster.InitializeAsync();
        await using var publisher = await PlainPublisher.ConnectAsync(cluster.Broker.Port);

        // Alpha was there first, so it is the one that takes them.
        for (var index = 0; index < 100; index++)
            await publisher.AskAsync(TestRecords.Line(index, "patient"), correlationId: $"{index}");
        await cluster.Alpha.StopAsync();

        // One that was answered and not acknowledged any more is answered again.
        var answered = new List<string?>();
        while (answered.Count < 100)
        {
            if ((await publisher.AnswerAsync()).CorrelationId is var id && !answered.Contains(id))
                answered.Add(id);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(static index => $"{index}"), answered);
        Assert.Equal(100, await CountAsync(cluster.Beta));
    }

    private static async Task<int> CountAsync(RunningNode node)
    {
        var (_, summary) = await node.GetAsync("/v1/performance/patient/bull/5/summary");
        return summary.GetProperty("total_records").GetInt32();
    }
}
