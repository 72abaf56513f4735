using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Node.Backups;
using ActorMemory.Node.Performance;
using ActorMemory.Node.Portfolio;
using ActorMemory.Node.Retention;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Cli;

/// <summary>The node that a command works on: in this process on a data folder, or in another one over HTTP.</summary>
internal sealed class NodeSession : IAsyncDisposable
{
    private readonly ActorMemoryNode? _node;
    private readonly PerformanceClient? _client;
    private readonly ILoggerFactory? _loggers;

    private NodeSession(ActorMemoryNode node, ILoggerFactory loggers) => (_node, _loggers, Performance) = (node, loggers, node.Performance);

    private NodeSession(PerformanceClient client) => (_client, Performance) = (client, client);

    /// <summary>Its performance memory.</summary>
    public IPerformanceMemory Performance { get; }

    /// <summary>Its portfolio memory.</summary>
    public IPortfolioMemory Portfolio =>
        _client is not null ? new PortfolioClient(_client.Connection)
        : _node?.Portfolio ?? throw new InvalidOperationException("The session has neither a node nor a client.");

    /// <summary>Its retention.</summary>
    public IRetention Retention =>
        _client is not null ? new RetentionClient(_client.Connection)
        : _node?.Retention ?? throw new InvalidOperationException("The session has neither a node nor a client.");

    /// <summary>Opens what the options name.</summary>
    /// <param name="options">The options.</param>
    /// <param name="line">The command line.</param>
    /// <param name="mayCreate">Whether a folder that is not there is created, or is an error.</param>
    public static async Task<NodeSession> OpenAsync(NodeOptions options, ParseResult line, bool mayCreate)
    {
        if (line.GetValue(options.Url) is not null)
            return new NodeSession(Connect(options, line));

        var settings = options.Load(line).Settings;
        if (settings.Cluster.Transport != ClusterTransport.None)
            throw new UsageException("--url: the journal is shared by the nodes of a cluster, and this command would be one more; name one of the running ones.");
        if (!mayCreate && settings.Journal.Store == JournalStore.Sqlite && !Directory.Exists(settings.Data))
        {
            throw new CommandFailedException(
                $"{Path.GetFullPath(settings.Data)}: there is no such folder. Name the data folder with --data, or a running node with --url.");
        }

        return await OpenAsync(settings, line.GetValue(options.Verbose));
    }

    /// <summary>The way to the running node that the options name.</summary>
    /// <exception cref="UsageException">They name none, or two.</exception>
    public static PerformanceClient Connect(NodeOptions options, ParseResult line)
    {
        var url = line.GetValue(options.Url) ?? throw new UsageException("--url: name a running node, such as http://127.0.0.1:8080.");
        return Connect(url, line.GetValue(options.Data), options.ReadApiKey(line));
    }

    /// <summary>Who answers about a moment, and what the answer says of it.</summary>
    /// <param name="moment">The moment; null for now.</param>
    /// <exception cref="KnownTimeException">The journal has no such moment.</exception>
    public async Task<(IPerformanceReader Memory, AnswerMoment? Moment)> AsOfAsync(KnownMoment? moment)
    {
        if (moment is not { } asked)
            return (Performance, null);
        if (_node is null)
            return (Performance.AsOf(asked), new AnswerMoment(asked, null));

        var ordering = await new KnownCut(_node.Journal, asked).OrderingAsync();
        return (Performance.AsOf(KnownMoment.AtOrdering(ordering)), new AnswerMoment(asked, ordering));
    }

    /// <summary>Who answers about portfolios at a moment, and what the answer says of it.</summary>
    /// <param name="moment">The moment; null for now.</param>
    /// <exception cref="KnownTimeException">The journal has no such moment.</exception>
    public async Task<(IPortfolioReader Memory, AnswerMoment? Moment)> AsOfPortfolioAsync(KnownMoment? moment)
    {
        if (moment is not { } asked)
            return (Portfolio, null);
        if (_node is null)
            return (Portfolio.AsOf(asked), new AnswerMoment(asked, null));

        var ordering = await new KnownCut(_node.Journal, asked).OrderingAsync();
        return (Portfolio.AsOf(KnownMoment.AtOrdering(ordering)), new AnswerMoment(asked, ordering));
    }

    /// <summary>Notes what the command has done in the audit log of the folder; a node in another process notes it itself.</summary>
    /// <param name="describe">Describes it, given who did it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task NoteAsync(Func<string, AuditAction> describe, CancellationToken cancellationToken)
    {
        if (_node is not null)
            await _node.Audit.NoteAsync(describe(Environment.UserName), cancellationToken);
    }

    /// <summary>Asks for what is at an address, from a node in another process or from this one.</summary>
    /// <param name="path">The address with its query.</param>
    /// <param name="answer">Answers in this process.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<JsonElement> AskAsync(string path, Func<ActorMemoryNode, Task<Action<Utf8JsonWriter>>> answer, CancellationToken cancellationToken)
    {
        if (_client is not null)
            return await _client.AskAsync(path, cancellationToken);
        var write = await answer(_node ?? throw new InvalidOperationException("The session has neither a node nor a client."));
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, Http.Answer.Options))
            write(json);
        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    /// <summary>What the node holds and how it is.</summary>
    public Task<NodeInfo> GetInfoAsync(CancellationToken cancellationToken) =>
        _client is not null ? _client.GetInfoAsync(cancellationToken)
        : _node is not null ? NodeInfo.OfAsync(_node, cancellationToken)
        : throw new InvalidOperationException("The session has neither a node nor a client.");

    /// <summary>Lets the node make a backup.</summary>
    public async Task<BackupAnswer> CreateBackupAsync(CancellationToken cancellationToken)
    {
        if (_client is not null)
            return await _client.CreateBackupAsync(cancellationToken);
        var backup = await (_node ?? throw new InvalidOperationException("The session has neither a node nor a client.")).Backups.CreateAsync();
        return BackupAnswer.Of(backup.Folder, backup.Manifest);
    }

    /// <summary>Returns when the node takes records.</summary>
    /// <exception cref="NodeProblemException">It does not; the message says why.</exception>
    public async Task CheckReadyAsync(CancellationToken cancellationToken)
    {
        if (_client is not null)
            await _client.CheckReadyAsync(cancellationToken);
        else if (_node is not null && await _node.Journal.GetInfoAsync() is { Health: not JournalHealth.Healthy } journal)
            throw new NodeProblemException($"the journal does not take records: {journal.LastError}", isRetryable: true);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_node is not null)
            await _node.StopAsync("the command ends");
        _loggers?.Dispose();
    }

    private static async Task<NodeSession> OpenAsync(ActorMemorySettings settings, bool verbose)
    {
        var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Warning)
            .AddSimpleConsole(static console => console.SingleLine = true)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                static console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            return new NodeSession(await ActorMemoryNode.StartAsync(settings, loggers), loggers);
        }
        catch
        {
            loggers.Dispose();
            throw;
        }
    }

    private static PerformanceClient Connect(string url, string? data, string? apiKey)
    {
        if (data is not null)
            throw new UsageException("--data and --url name two nodes; give one of them.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageException($"--url: '{url}' is not an address of a node; write for instance http://127.0.0.1:8080.");

        return new PerformanceClient(address, new RecordIdSource(TimeProvider.System, RandomBits), apiKey);
    }

    private static UInt128 RandomBits()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
