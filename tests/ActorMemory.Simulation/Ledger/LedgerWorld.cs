using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Ledger;

/// <summary>A region of ledgers, the kernel alone: whatever a read shows is compared with everything.</summary>
internal sealed class LedgerWorld : IWorld
{
    public string Name => "ledger";

    public string PersistenceIdOf(int key) => $"ledger|{key}";

    public IService Start(Plan plan, ActorSystem system, IJournalStore journal, NodeParts parts, ulong seed) =>
        new LedgerService(
            ShardRegion<LedgerCommand>.Start(
                system, "ledger", parts.LedgerBehavior(), parts.LedgerFormat(), journal, journal, new ShardEpochs(journal), plan.Shards),
            plan, PersistenceIdOf);

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

internal sealed class LedgerService(ShardRegion<LedgerCommand> region, Plan plan, Func<int, string> persistenceIdOf) : IService
{
    public Task<long[]> AddAsync(int key, SentRecord[] records) => region.AskAsync<long[]>(
        persistenceIdOf(key), new LedgerCommand.Append(Array.ConvertAll(records, static record => record.Number)), plan.AskTimeout);

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
