using ActorMemory.Torture.Checks;
using ActorMemory.Torture.Clients;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>One run: a data folder, clients with logs elsewhere, and a node that is started again and again.</summary>
internal sealed class TortureRun : IAsyncDisposable
{
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("actormemory-torture-");
    private NodeProcess? _node;
    private bool _isFinished;

    public TortureRun(int seed, TextWriter output, int clients = 8, TimeSpan? timeout = null, TimeSpan? pace = null, string? data = null)
    {
        Seed = seed;
        Output = output;
        Random = new Random(seed);
        Fleet = new Fleet(Path.Combine(_work.FullName, "clients"), clients, seed)
        {
            Patience = timeout ?? TimeSpan.FromSeconds(5),
            Pace = pace ?? TimeSpan.FromMilliseconds(20),
        };
        Live = new LiveCheck(Fleet, Verdict);
        Launch = new NodeLaunch { Data = data ?? Path.Combine(_work.FullName, "data"), LogFile = Path.Combine(_work.FullName, "node.log") };
    }

    public int Seed { get; }

    public TextWriter Output { get; }

    public Random Random { get; }

    public Fleet Fleet { get; }

    public Verdict Verdict { get; } = new();

    public LiveCheck Live { get; }

    public NodeLaunch Launch { get; set; }

    /// <summary>Whether lost records are what the run is to show; then nothing is kept because of them.</summary>
    public bool IsLossExpected { get; init; }

    public TortureReport Report { get; } = new();

    public string WorkFolder => _work.FullName;

    public NodeProcess Node => _node ?? throw new InvalidOperationException("No node was started.");

    /// <summary>Starts the node and tells the clients where it is.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Begin();
        await ReadyAsync(cancellationToken);
    }

    /// <summary>Starts the node's process only.</summary>
    public void Begin()
    {
        _node?.Dispose();
        Report.Starting();
        _node = NodeProcess.Start(Launch);
    }

    /// <summary>Lets go of the node, so that another can be started beside it.</summary>
    public NodeProcess Detach()
    {
        var node = Node;
        _node = null;
        return node;
    }

    /// <summary>Waits until the node that was started takes requests.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (!await Node.ReadyAsync(cancellationToken))
            throw new InvalidOperationException($"The node ended with {Node.ExitCode} when it was started; see {Launch.LogFile}.");
        Report.Started();
        Fleet.Nodes.All = [Node.Address];
    }

    /// <summary>
    /// Stops the clients, kills the node once more, asks a recovered one for the state of every key, stops it in order, and holds journal, states and
    /// clients' logs against one another.
    /// </summary>
    public async Task<TortureReport> FinishAsync(JournalStore store, CancellationToken cancellationToken)
    {
        await Fleet.StopAsync();
        await Node.KillAsync();
        await StartAsync(cancellationToken);
        return await FinishAsync([Node], store, cancellationToken);
    }

    /// <summary>The same for the nodes of a cluster, which have stopped sending.</summary>
    public async Task<TortureReport> FinishAsync(IReadOnlyList<NodeProcess> nodes, JournalStore store, CancellationToken cancellationToken)
    {
        var states = await SettledAsync(nodes[0], cancellationToken);
        await Live.RunAsync(nodes[0].Address, Fleet.Acknowledged(), "at the end", cancellationToken);
        foreach (var other in nodes.Skip(1))
        {
            // Whichever node is asked, the answer is the same.
            var same = await KeyState.AskAsync(Fleet.Http, other.Address, cancellationToken);
            for (var key = 0; key < Workload.Keys; key++)
            {
                if (same[key] != states[key])
                    Verdict.AddOther($"s{key} is {states[key]} at one node and {same[key]} at another");
            }
        }

        foreach (var node in nodes)
        {
            if (await node.StopAsync() is var code and not 0)
                Verdict.AddOther($"a node ended with {code} when it was asked to stop");
        }

        await CheckJournalAsync(store, Launch.Data, ReadLogs(), states);
        if (await NodeProcess.VerifyAsync(Launch) is { } fault)
            Verdict.AddOther($"the journal is not sound: {fault}");
        foreach (var complaint in Fleet.Complaints)
            Verdict.AddOther(complaint);
        Report.Note(Fleet.Counts, Verdict);
        _isFinished = true;
        return Report;
    }

    /// <summary>The states of all keys, once what the clients no longer wait for is done.</summary>
    private async Task<KeyState[]> SettledAsync(NodeProcess node, CancellationToken cancellationToken)
    {
        var states = await KeyState.AskAsync(Fleet.Http, node.Address, cancellationToken);
        while (await KeyState.AskAsync(Fleet.Http, node.Address, cancellationToken) is var again && !again.SequenceEqual(states))
            states = again;
        return states;
    }

    /// <summary>Holds a journal against what the clients' logs say, and against what a node said about its keys.</summary>
    public async Task CheckJournalAsync(JournalStore store, string data, long[,] acknowledged, KeyState[] states)
    {
        var check = new JournalCheck(Fleet.Clients, Verdict);
        await using (var journal = await store.OpenAsync(data))
            await check.RunAsync(journal, acknowledged);
        for (var key = 0; key < Workload.Keys; key++)
        {
            var replayed = KeyState.Of(check.Replays[key]);
            if (!replayed.IsCloseTo(states[key]))
                Verdict.AddOther($"s{key} is {states[key]}, and its journal comes to {replayed}");
        }
    }

    /// <summary>Starts a node on a copy of the data folder, and holds it and the copy's journal against what was acknowledged before it was taken.</summary>
    public async Task CheckCopyAsync(JournalStore store, string data, long[,] acknowledged, CancellationToken cancellationToken)
    {
        using var node = NodeProcess.Start(Launch with { Data = data, Environment = new Dictionary<string, string>() });
        if (!await node.ReadyAsync(cancellationToken))
        {
            Verdict.AddOther($"on copy {Report.Faults + 1} of its data the node does not start; see {Launch.LogFile}");
            return;
        }

        var states = await KeyState.AskAsync(Fleet.Http, node.Address, cancellationToken);
        await node.StopAsync();
        await CheckJournalAsync(store, data, acknowledged, states);
    }

    public async ValueTask DisposeAsync()
    {
        await Fleet.DisposeAsync();
        _node?.Dispose();
        if (_isFinished && (Verdict.IsClean || IsLossExpected))
            _work.Delete(recursive: true);
        else
            await Output.WriteLineAsync($"Everything is kept in {_work.FullName}.");
    }

    private long[,] ReadLogs()
    {
        var told = ClientLog.ReadAll(Fleet.LogPaths);
        var acknowledged = new long[Fleet.Clients, Workload.Keys];
        foreach (var record in told.Acknowledged)
        {
            if (record.Number != acknowledged[record.Client, record.Key])
                throw new InvalidOperationException($"The log of client {record.Client} has {record.Id} out of order.");
            acknowledged[record.Client, record.Key]++;
        }

        Report.Refused = told.Refused.Count;
        return acknowledged;
    }
}
