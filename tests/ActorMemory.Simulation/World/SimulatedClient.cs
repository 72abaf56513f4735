using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>
/// A client that does one thing after the other and sends each record until it is acknowledged, always with the same id. Some records it gives
/// up. Its messages are delayed, and some are delivered again, much later.
/// </summary>
internal sealed class SimulatedClient(
    int number, SimulationScheduler simulation, SimulationPlan plan, SimulatedNode node, History history, SplitMix64 random)
{
    private readonly List<SentRecord> _acknowledged = [];
    private int _records;

    public async Task RunAsync()
    {
        for (var operation = 0; operation < plan.OperationsPerClient; operation++)
        {
            var choice = random.NextDouble();
            if (choice < 0.6)
                await AppendAsync();
            else if (choice < 0.7 && _acknowledged.Count > 0)
                await AppendAgainAsync(_acknowledged[random.Next(_acknowledged.Count)]);
            else if (choice < 0.95)
                await ReadAsync($"ledger-{random.Next(plan.Entities)}");
            else
                await ReadAllAsync();
            await simulation.DelayAsync(random.UpTo(TimeSpan.FromMilliseconds(20)));
        }
    }

    private async Task AppendAsync()
    {
        var record = new SentRecord(
            $"c{number}-{_records}", $"ledger-{random.Next(plan.Entities)}", number, _records++, simulation.Steps);
        history.Sent.Add(record.Id, record);
        var attempts = random.Chance(0.2) ? random.Between(1, 3) : int.MaxValue;
        for (var attempt = 0; attempt < attempts; attempt++)
        {
            if (random.Chance(plan.Duplicated))
                _ = SendLaterAsync(record);
            if (await TrySendAsync(record, record.Start))
            {
                record.IsConfirmed = true;
                _acknowledged.Add(record);
                return;
            }

            await simulation.DelayAsync(random.UpTo(TimeSpan.FromMilliseconds(100)));
        }
    }

    private async Task AppendAgainAsync(SentRecord record)
    {
        var start = simulation.Steps;
        await TrySendAsync(record, start);
    }

    private async Task SendLaterAsync(SentRecord record)
    {
        record.MayBeStored = true;
        await simulation.DelayAsync(random.UpTo(TimeSpan.FromSeconds(1)));
        await TrySendAsync(record, record.Start);
    }

    private async Task<bool> TrySendAsync(SentRecord record, long start)
    {
        await simulation.DelayAsync(random.UpTo(TimeSpan.FromMilliseconds(5)));
        if (node.Region is not { } region)
            return false;
        try
        {
            var position = await region.AskAsync<long>(record.Entity, new LedgerCommand.Append(record.Id), plan.AskTimeout);
            simulation.Trace((ulong)position);
            history.Acknowledgements.Add(new Acknowledgement(record, position, start, simulation.Steps));
            return true;
        }
        catch (JournalException failure) when (failure.Outcome == WriteOutcome.NotWritten)
        {
            history.Refusals++;
            return false;
        }
        catch (ActorTerminatedException)
        {
            history.Refusals++;
            return false;
        }
        catch (Exception failure) when (failure is JournalException or EntityFailedException or AskTimeoutException)
        {
            record.MayBeStored = true;
            return false;
        }
    }

    private async Task ReadAsync(string entity)
    {
        var start = simulation.Steps;
        try
        {
            if (node.Region is { } region)
                Saw(entity, await region.AskAsync<string[]>(entity, new LedgerCommand.Read(), plan.AskTimeout), start);
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            // A read that fails says nothing.
        }
    }

    private async Task ReadAllAsync()
    {
        var start = simulation.Steps;
        try
        {
            if (node.Region is not { } region)
                return;
            var replies = await region.AskAllAsync(static _ => true, new LedgerCommand.Read(), 2, plan.AskTimeout);
            foreach (var reply in replies)
            {
                if (reply.Reply is string[] records)
                    Saw(reply.PersistenceId, records, start);
            }
        }
        catch (Exception failure) when (IsExpected(failure))
        {
            // A read that fails says nothing.
        }
    }

    private void Saw(string entity, string[] records, long start)
    {
        simulation.Trace((ulong)records.Length);
        history.Reads.Add(new CompletedRead(entity, number, records, start, simulation.Steps));
    }

    private static bool IsExpected(Exception failure) =>
        failure is JournalException or EntityFailedException or TimeoutException or ActorTerminatedException;
}
