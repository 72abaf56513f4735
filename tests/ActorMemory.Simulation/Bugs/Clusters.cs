using ActorMemory.Actors;
using ActorMemory.Simulation.Ledger;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Bugs;

/// <summary>A delivery is acknowledged when it arrives, not when what it caused is durable.</summary>
internal sealed record AcknowledgedBeforeCommit : NodeParts
{
    public override IBroker Broker(IBroker broker) => new Hasty(broker);

    private sealed class Hasty(IBroker broker) : BrokerWrapper(broker)
    {
        protected override void Delivered(ConsumerWrapper consumer, ShardDelivery delivery)
        {
            base.Delivered(consumer, delivery);
            consumer.Acknowledge(delivery);
        }
    }
}

/// <summary>A delivery that comes again is taken for one that comes for the first time.</summary>
internal sealed record RedeliveryTakenForNew : NodeParts
{
    public override IBroker Broker(IBroker broker) => new Forgetful(broker);

    private sealed class Forgetful(IBroker broker) : BrokerWrapper(broker)
    {
        protected override void Delivered(ConsumerWrapper consumer, ShardDelivery delivery) =>
            base.Delivered(consumer, delivery with { Redeliveries = 0 });
    }
}

/// <summary>What was delivered at an earlier place in the line is worked off, and acknowledged, at the next one.</summary>
internal sealed record OldDeliveriesWorkedOff : NodeParts
{
    public override IBroker Broker(IBroker broker) => new Diligent(broker);

    private sealed class Diligent(IBroker broker) : BrokerWrapper(broker)
    {
        private readonly Dictionary<int, List<ShardDelivery>> _open = [];

        protected override void Joined(ConsumerWrapper consumer)
        {
            foreach (var delivery in Open(consumer.Shard).ToArray())
                base.Delivered(consumer, delivery);
        }

        protected override void Delivered(ConsumerWrapper consumer, ShardDelivery delivery)
        {
            Open(consumer.Shard).Add(delivery);
            base.Delivered(consumer, delivery);
        }

        protected override void Acknowledged(ConsumerWrapper consumer, ShardDelivery delivery) => Open(consumer.Shard).Remove(delivery);

        private List<ShardDelivery> Open(int shard) => _open.TryGetValue(shard, out var open) ? open : _open[shard] = [];
    }
}

/// <summary>What must not be done twice is sent again like everything else.</summary>
internal sealed record OnceSentAgain : NodeParts
{
    public override ICommandFormat<LedgerCommand> CommandFormat() => new Careless();

    private sealed class Careless : LedgerCommandFormat
    {
        public override CommandKind KindOf(LedgerCommand command) =>
            command is LedgerCommand.Read ? CommandKind.Read : CommandKind.Repeatable;
    }
}

/// <summary>An owner that was thrown out takes the shard again, as if nobody else had it.</summary>
internal sealed record EpochsWithoutOwnership : NodeParts
{
    public override ShardEpochs Epochs(IJournal journal, ClusterNode? cluster) => new(journal);
}

internal abstract class BrokerWrapper(IBroker broker) : IBroker
{
    public Task StartAsync(string nodeName, int shardCount, IBrokerListener listener) => broker.StartAsync(nodeName, shardCount, listener);

    public Task PublishAsync(int shard, ShardMessageBody message) => broker.PublishAsync(shard, message);

    public bool TrySend(string address, ShardMessageBody message) => broker.TrySend(address, message);

    public void Announce(NodeAnnouncement announcement) => broker.Announce(announcement);

    public async Task<IShardConsumer> ConsumeAsync(int shard, IShardDeliveries deliveries)
    {
        var consumer = new ConsumerWrapper(this, shard, deliveries);
        consumer.Inner = await broker.ConsumeAsync(shard, consumer);
        Joined(consumer);
        return consumer;
    }

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    protected virtual void Joined(ConsumerWrapper consumer)
    {
        // Nothing to add.
    }

    protected virtual void Delivered(ConsumerWrapper consumer, ShardDelivery delivery) => consumer.Deliveries.Delivered(delivery);

    protected virtual void Acknowledged(ConsumerWrapper consumer, ShardDelivery delivery)
    {
        // Nothing to add.
    }

    /// <summary>Stands between a place in a line and the seat that has it.</summary>
    internal sealed class ConsumerWrapper(BrokerWrapper wrapper, int shard, IShardDeliveries deliveries) : IShardConsumer, IShardDeliveries
    {
        public int Shard => shard;

        public IShardDeliveries Deliveries => deliveries;

        public IShardConsumer? Inner { get; set; }

        public void Acknowledge(ShardDelivery delivery)
        {
            wrapper.Acknowledged(this, delivery);
            Inner?.Acknowledge(delivery);
        }

        public Task ParkAsync(ShardDelivery delivery, string reason)
        {
            wrapper.Acknowledged(this, delivery);
            return Inner?.ParkAsync(delivery, reason) ?? Task.CompletedTask;
        }

        public Task LeaveAsync() => Inner?.LeaveAsync() ?? Task.CompletedTask;

        public void Delivered(ShardDelivery delivery) => wrapper.Delivered(this, delivery);

        public void Ended(string reason) => deliveries.Ended(reason);
    }
}
