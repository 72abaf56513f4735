using System.Threading.Channels;

namespace ActorMemory.RabbitMq.Tests;

/// <summary>Keeps what a consumer is given until the test asks for it.</summary>
internal sealed class Deliveries : IShardDeliveries
{
    private readonly Channel<ShardDelivery> _delivered = Channel.CreateUnbounded<ShardDelivery>();
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Ended => _ended.Task.WaitAsync(TestContext.Current.CancellationToken);

    public int Waiting => _delivered.Reader.Count;

    public bool HasEnded => _ended.Task.IsCompleted;

    public ValueTask<ShardDelivery> NextAsync() => _delivered.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async Task<List<ShardDelivery>> NextAsync(int count)
    {
        var all = new List<ShardDelivery>();
        while (all.Count < count)
            all.Add(await NextAsync());
        return all;
    }

    void IShardDeliveries.Delivered(ShardDelivery delivery) => _delivered.Writer.TryWrite(delivery);

    void IShardDeliveries.Ended(string reason) => Assert.True(_ended.TrySetResult(reason), "A consumer ends once.");
}
