using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Ledger;

/// <summary>A region of ledgers, the kernel alone: whatever a read shows is compared with everything.</summary>
internal class LedgerWorld : IWorld
{
    public virtual string Name => "ledger";

    public string PersistenceIdOf(int key) => $"ledger|{key}";

    public virtual Plan PlanOf(ulong seed) => Plan.From(seed, isPerformance: false);

    public IService Start(Plan plan, ActorSystem system, IJournalStore journal, NodeParts parts, ulong seed, ClusterPart? cluster)
    {
        var format = parts.CommandFormat();
        var region = ShardRegion<LedgerCommand>.Start(
            system, "ledger", parts.LedgerBehavior(), parts.LedgerFormat(), journal, journal, parts.Epochs(journal, cluster?.Node), plan.Shards,
            cluster?.Node.Join(format));
        return new LedgerService(region, plan, PersistenceIdOf, cluster, format);
    }

    public KeyReplay Replay(int key, IReadOnlyList<JournaledEvent> events, Plan plan)
    {
        var records = events.Select(static stored => LedgerFormat.ReadEvent(stored.Payload.Span)).ToArray();
        return new KeyReplay(records, [.. Enumerable.Range(0, records.Length + 1).Select(static total => (total, total))]);
    }

    public (byte[] Replayed, byte[] Continued) Recover(int key, DatabaseStore store)
    {
        var format = new LedgerFormat();
        return RecoveredState.Both(PersistenceIdOf(key), store, format, static () => new LedgerState());
    }
}

internal sealed class LedgerService(
    ShardRegion<LedgerCommand> region, Plan plan, Func<int, string> persistenceIdOf, ClusterPart? cluster, ICommandFormat<LedgerCommand> format) : IService
{
    public Task<long[]> AddAsync(int key, SentRecord[] records, bool isOnce)
    {
        var numbers = Array.ConvertAll(records, static record => record.Number);
        return region.AskAsync<long[]>(
            persistenceIdOf(key), isOnce ? new LedgerCommand.AppendOnce(numbers) : new LedgerCommand.Append(numbers), plan.AskTimeout);
    }

    public Task PostAsync(int key, SentRecord[] records)
    {
        if (cluster is null)
            throw new InvalidOperationException("There is no queue to post to.");
        var payload = new ArrayBufferWriter<byte>();
        var manifest = format.WriteCommand(new LedgerCommand.Append(Array.ConvertAll(records, static record => record.Number)), payload);
        var shard = StableHash.Shard(persistenceIdOf(key), plan.Shards.Count);
        return cluster.Broker.PublishAsync(
            shard, new ShardRequest(shard, 0, null, cluster.Node.Name, [new RemoteCommand("ledger", persistenceIdOf(key), manifest, payload.WrittenMemory)]));
    }

    public async Task<KeySight[]> ReadAsync(ReadRequest request)
    {
        if (request.Kind != ReadKind.AllKeys)
            return [Sight(request.Key, await region.AskAsync<int[]>(persistenceIdOf(request.Key), new LedgerCommand.Read(), plan.AskTimeout))];
        var replies = await region.AskAllAsync(static _ => true, new LedgerCommand.Read(), 2, plan.AskTimeout);
        var sights = new KeySight[plan.Keys];
        for (var key = 0; key < sights.Length; key++)
        {
            var reply = replies.FirstOrDefault(reply => reply.PersistenceId == persistenceIdOf(key));
            sights[key] = Sight(key, reply is null ? [] : reply.Reply as int[] ?? throw reply.Failure ?? new InvalidOperationException($"{reply.PersistenceId} did not answer."));
        }

        return sights;
    }

    public Task<IReadOnlyList<(int Index, Exception Cause)>> ImportAsync(ImportRequest request) => throw NotALedgersTask();

    public Task PruneAsync(int keep) => throw NotALedgersTask();

    public Task NoteImportAsync(int source, int lines) => throw NotALedgersTask();

    public Task<(int PruningRuns, int[] Sources)> SummarizeAsync() => Task.FromResult((0, Array.Empty<int>()));

    public Task StopAsync() => region.StopAsync();

    private static KeySight Sight(int key, int[] records) => new(key, records.Length, records);

    private static NotSupportedException NotALedgersTask() => new("A ledger does not import or prune.");
}
