using System.Globalization;
using Npgsql;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace ActorMemory.Journal;

/// <summary>A schema on a server: makes connections with our session settings, and says when to try again and when not to.</summary>
internal sealed class PostgresDatabase : IDisposable
{
    private const int FailuresBeforeBreak = 4;

    /// <summary>
    /// Every query of ours has its index. The statistics of a table that grows this fast are always old, and with them the planner reads all of
    /// the journal, with all the cores that the commits need, to find its last row.
    /// </summary>
    private const string PlannerSettings = "-c enable_seqscan=off -c max_parallel_workers_per_gather=0 -c jit=off";

    private readonly PostgresJournalOptions _options;
    private readonly NpgsqlDataSource _source;
    private readonly ResiliencePipeline _connecting;
    private readonly ResiliencePipeline _retrying;

    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public PostgresDatabase(PostgresJournalOptions options)
    {
        _options = options;
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            ApplicationName = "actormemory",
            // Each part of the journal keeps its connection: their number is fixed, and nothing is reset between two uses.
            Pooling = false,
            SearchPath = options.Schema,
            Timeout = Seconds(options.ConnectTimeout),
            CommandTimeout = Seconds(options.CommandTimeout),
            // After a time-out the connection is given up at once; the server ends the statement by its own limit.
            CancellationTimeout = -1,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 5,
            Options = string.Create(
                CultureInfo.InvariantCulture,
                $"{new NpgsqlConnectionStringBuilder(options.ConnectionString).Options} -c idle_in_transaction_session_timeout={Milliseconds(options.TransactionTimeout)} -c statement_timeout={Milliseconds(options.CommandTimeout)} " +
                $"-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c extra_float_digits=3 {PlannerSettings}"),
        };
        if (options.PasswordFile is { } file)
            settings.Password = ReadPassword(file);
        Name = PostgresJournalOptions.Describe(options.ConnectionString, options.Schema);
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        _source = settings.Host?.Contains(',', StringComparison.Ordinal) == true
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.Build();

        // The breaker counts attempts to connect: in a healthy journal there are none whose success would outweigh the failures.
        _connecting = new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.9,
                MinimumThroughput = FailuresBeforeBreak,
                SamplingDuration = options.ConnectTimeout * (FailuresBeforeBreak + 1),
                BreakDuration = options.BreakFor,
                ShouldHandle = new PredicateBuilder().Handle<JournalException>(),
            })
            .Build();
        _retrying = new ResiliencePipelineBuilder { TimeProvider = options.TimeProvider }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromMilliseconds(20),
                MaxDelay = TimeSpan.FromSeconds(1),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static attempt => ValueTask.FromResult(
                    attempt.Outcome.Exception is JournalException { Error: JournalError.Unavailable, Outcome: WriteOutcome.NotWritten, InnerException: not BrokenCircuitException }
                    && !attempt.Context.CancellationToken.IsCancellationRequested),
            })
            .Build();
    }

    /// <summary>Server, database and schema, for messages.</summary>
    public string Name { get; }

    /// <summary>Opens a connection, or refuses at once while the server is known to be unreachable.</summary>
    /// <exception cref="JournalException">There is no connection.</exception>
    public NpgsqlConnection Connect()
    {
        try
        {
            return _connecting.Execute(() =>
            {
                try
                {
                    return _source.OpenConnection();
                }
                catch (Exception e)
                {
                    throw Translate(e, "Connecting", WriteOutcome.NotWritten);
                }
            });
        }
        catch (BrokenCircuitException e)
        {
            throw new JournalException(
                JournalError.Unavailable,
                WriteOutcome.NotWritten,
                $"{Name} could not be reached several times in a row; it is tried again soon. Nothing was written. {e.InnerException?.Message}",
                e);
        }
    }

    /// <summary>Repeats what was certainly not written, with growing pauses, until it succeeds or the time for it is over.</summary>
    /// <exception cref="JournalException">What the last attempt failed with.</exception>
    public T Retry<T>(Func<T> attempt)
    {
        using var limit = new CancellationTokenSource(_options.RetryFor, _options.TimeProvider);
        JournalException? last = null;
        try
        {
            return _retrying.Execute(
                _ =>
                {
                    try
                    {
                        return attempt();
                    }
                    catch (JournalException e)
                    {
                        last = e;
                        throw;
                    }
                },
                limit.Token);
        }
        catch (OperationCanceledException) when (last is not null)
        {
            throw last;
        }
    }

    public JournalException Translate(Exception error, string doing, WriteOutcome ifLost) => PostgresErrors.Translate(error, Name, doing, ifLost);

    public JournalException Corrupted(string what) => PostgresErrors.Corrupted(Name, what);

    public void Dispose() => _source.Dispose();

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static string ReadPassword(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault("").TrimEnd('\r');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                JournalError.ReadOnly, WriteOutcome.NotWritten, $"The password file {file} cannot be read: {e.Message}", e);
        }
    }
}
