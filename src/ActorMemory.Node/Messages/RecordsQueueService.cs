using ActorMemory.Hosting;
using ActorMemory.RabbitMq;

namespace ActorMemory.Node.Messages;

/// <summary>Takes records from the broker of the cluster while the node runs: it starts after the node and stops before it.</summary>
internal sealed partial class RecordsQueueService(ActorMemoryNode node, TimeProvider time, ILogger<RecordsQueueService> logger) : IHostedService, IAsyncDisposable
{
    private RecordsQueue? _queue;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = node.Settings.ToBrokerOptions(time, (message, cause) => Trouble(logger, message, cause));
        _queue = new RecordsQueue(options, node.Settings.Cluster.NodeName, node.Standstills, new RecordsMessageHandler(node).HandleAsync);
        await _queue.StartAsync();
    }

    // A message that waits for the journal must not use up the time that the node has to stop: not acknowledged, it is another node's.
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAny(DisposeAsync().AsTask(), Task.Delay(node.Settings.Shutdown.Timeout / 2, time, cancellationToken));

    public ValueTask DisposeAsync() => _queue?.DisposeAsync() ?? ValueTask.CompletedTask;

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Message}")]
    private static partial void Trouble(ILogger logger, string message, Exception? cause);
}
