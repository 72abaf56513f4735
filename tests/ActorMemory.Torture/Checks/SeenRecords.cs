using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Checks;

/// <summary>The records of all keys as they come out of the node or its journal, checked one by one against what the clients sent.</summary>
internal sealed class SeenRecords(int clients, Verdict verdict)
{
    private readonly HashSet<long>[,] _numbers = Create(clients);
    private readonly long[,] _last = CreateLast(clients);
    private readonly long[,] _counted = new long[clients, Workload.Keys];

    /// <summary>Takes the next record of a key.</summary>
    public void Add(int key, string id, double @return, bool win, string where)
    {
        if (!SentRecord.TryParse(id, out var record) || record.Client >= clients)
        {
            verdict.AddOther($"{where} has a record '{id}', which was refused or never sent");
            return;
        }

        if (record.Key != key || record.Return != @return || record.Win != win)
            verdict.AddOther($"{where} has a record '{id}' with return {@return:R}, which is not what was sent");

        if (!_numbers[record.Client, key].Add(record.Number))
        {
            verdict.AddDuplicated($"{id} in {where}");
            return;
        }

        if (record.Number <= _last[record.Client, key])
            verdict.AddOutOfOrder($"{id} after n{_last[record.Client, key]} in {where}");
        _last[record.Client, key] = record.Number;
    }

    /// <summary>Counts what was acknowledged and is not there.</summary>
    /// <param name="acknowledged">The number of acknowledged records of each client and key.</param>
    /// <param name="when">When it should have been there.</param>
    public void CountLost(long[,] acknowledged, string when)
    {
        for (var client = 0; client < clients; client++)
        {
            for (var key = 0; key < Workload.Keys; key++)
            {
                // What was counted once is not counted again: it cannot come or go.
                for (ref var number = ref _counted[client, key]; number < acknowledged[client, key]; number++)
                {
                    if (!_numbers[client, key].Contains(number))
                        verdict.AddLost($"{new SentRecord(client, key, number).Id} {when}");
                }
            }
        }
    }

    private static HashSet<long>[,] Create(int clients)
    {
        var sets = new HashSet<long>[clients, Workload.Keys];
        for (var client = 0; client < clients; client++)
            for (var key = 0; key < Workload.Keys; key++)
                sets[client, key] = [];
        return sets;
    }

    private static long[,] CreateLast(int clients)
    {
        var last = new long[clients, Workload.Keys];
        for (var client = 0; client < clients; client++)
            for (var key = 0; key < Workload.Keys; key++)
                last[client, key] = -1;
        return last;
    }
}
