using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.World;

/// <summary>A client that does one thing after the other, and sends each record until it is acknowledged, always with the same id.</summary>
internal sealed class SimulatedClient(
    int number, SimulationScheduler simulation, Plan plan, Cluster cluster, History history, Trace? trace)
{
    private readonly SplitMix64 _random = simulation.Random.Fork();

    public async Task RunAsync()
    {
        foreach (var operation in plan.Operations)
        {
            if (operation.Client != number)
                continue;
            await simulation.DelayAsync(operation.Gap);
            trace?.Write($"{operation}");
            await DoAsync(operation);
        }
    }

    private Task DoAsync(Operation operation) => operation switch
    {
        AppendOperation append => AppendAsync(append),
        AppendAgainOperation again => AppendAgainAsync(again),
        ReadOperation read => ReadAsync(read),
        ImportOperation import => ImportAsync(import),
        PruneOperation prune => PruneAsync(prune),
        _ => throw new ArgumentException($"No client knows {operation}.", nameof(operation)),
    };

    private async Task AppendAsync(AppendOperation append)
    {
        var records = Array.ConvertAll(append.Records, record => Sent(record, append.Key));
        history.Together.Add(records);
        var request = new AddRequest(append.Key, records, append.How);
        for (var attempt = 0; attempt < append.MostAttempts; attempt++)
        {
            var answer = await CallAsync(append.Key, request);
            if (answer is Added added)
            {
                Acknowledge(records, added.Positions, goesOn: true);
                return;
            }

            if (answer is Done)
            {
                history.Posted.AddRange(records);
                return;
            }

            await RestAsync();
        }

        trace?.Write($"client {number} gives up {request}");
    }

    private async Task AppendAgainAsync(AppendAgainOperation again)
    {
        var record = Sent(again.Record, again.Key);
        history.Together.RemoveAll(together => together.Contains(record));
        if (await CallAsync(again.Key, new AddRequest(again.Key, [record])) is Added added)
            Acknowledge([record], added.Positions, goesOn: false);
    }

    private async Task ReadAsync(ReadOperation read)
    {
        var start = simulation.Steps;
        if (await CallAsync(read.Kind == ReadKind.AllKeys ? null : read.Key, new ReadRequest(read.Key, read.Kind, read.Window)) is not Seen seen)
            return;
        foreach (var sight in seen.Keys)
        {
            simulation.Trace((ulong)sight.Total);
            history.Reads.Add(new CompletedRead(sight, start, simulation.Steps));
        }
    }

    private async Task ImportAsync(ImportOperation import)
    {
        for (var next = 0; next < import.Lines.Length;)
        {
            var lines = import.Lines[next..Math.Min(next + import.Chunk, import.Lines.Length)];
            var records = Array.ConvertAll(lines, line => Sent(line.Record, line.Key));
            if (await CallAsync(lines[0].Key, new ImportRequest(import.Source, next + 1, records)) is Added added)
            {
                Acknowledge(records, added.Positions, goesOn: true);
                next += lines.Length;
                continue;
            }

            // Whoever imports may have forgotten how far it was.
            if (_random.Chance(import.BeginsAgain))
                next = 0;
            await RestAsync();
        }

        while (await CallAsync(null, new NoteRequest(import.Source, import.Lines.Length)) is not Done)
            await RestAsync();
        history.Sources.Add(import.Source);
    }

    private async Task PruneAsync(PruneOperation prune)
    {
        if (await CallAsync(null, new PruneRequest(prune.Keep)) is Done)
            history.PruningRuns++;
    }

    private async Task<Answer?> CallAsync(int? key, Request request)
    {
        var answer = await cluster.Network.CallAsync(number, cluster.NodeFor(key), request, plan.CallTimeout);
        if (answer is null)
            trace?.Write($"client {number} waits no longer for {request}");
        if (answer is null or NotDone)
            history.Failures++;
        return answer;
    }

    private SentRecord Sent(int record, int key)
    {
        if (!history.Sent.TryGetValue(record, out var sent))
            history.Sent.Add(record, sent = new SentRecord(record, key, number, simulation.Steps));
        return sent;
    }

    /// <param name="records">What was sent.</param>
    /// <param name="positions">What the answer says; an answer to something else may be shorter.</param>
    /// <param name="goesOn">Whether the client had waited for this before it sends the next record.</param>
    private void Acknowledge(SentRecord[] records, long[] positions, bool goesOn)
    {
        for (var index = 0; index < records.Length; index++)
        {
            var position = index < positions.Length ? positions[index] : long.MaxValue;
            simulation.Trace((ulong)position);
            history.Acknowledgements.Add(new Acknowledgement(records[index], position, simulation.Steps));
            records[index].IsConfirmed |= goesOn;
        }
    }

    private Task RestAsync() => simulation.DelayAsync(_random.UpTo(TimeSpan.FromMilliseconds(50)));
}
