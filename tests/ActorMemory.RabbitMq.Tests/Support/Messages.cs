namespace ActorMemory.RabbitMq.Tests;

internal static class Messages
{
    /// <summary>A request for one command that nobody waits for, told apart by its correlation id.</summary>
    public static ShardRequest Request(int shard, long id, string? replyTo = null, int size = 100) =>
        new(shard, id, replyTo, "asker", [new RemoteCommand("performance", "book|trend", "add/1", Payload(id, size))]);

    public static long Id(ShardDelivery delivery) => Assert.IsType<ShardRequest>(delivery.Message).CorrelationId;

    public static long[] Ids(IEnumerable<ShardDelivery> deliveries) => [.. deliveries.Select(Id)];

    /// <summary>Records have value equality except for their lists and bytes: written again they must be the same.</summary>
    public static void Same(ShardMessageBody expected, ShardMessageBody? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(Convert.ToHexString(EnvelopeWriter.Write(expected)), Convert.ToHexString(EnvelopeWriter.Write(actual)));
    }

    private static byte[] Payload(long id, int size)
    {
        var payload = new byte[size];
        new Random((int)id).NextBytes(payload);
        return payload;
    }
}
