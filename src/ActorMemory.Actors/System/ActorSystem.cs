using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorMemory.Actors;

/// <summary>The defaults of an actor system.</summary>
public sealed record ActorSystemSettings
{
    /// <summary>Messages that may wait in a mailbox.</summary>
    public int MailboxCapacity { get; init; } = 10_000;

    /// <summary>Messages that an actor processes in a row before others get their turn.</summary>
    public int Throughput { get; init; } = 30;

    /// <summary>How long a question waits for its answer.</summary>
    public TimeSpan AskTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A longer time in which the process did nothing is a standstill. Longer than a garbage collection or a busy machine takes, and shorter than clients
    /// wait before they ask another node.
    /// </summary>
    public TimeSpan StandstillAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Dead letters that are logged before the log falls silent for five minutes.</summary>
    public int DeadLettersLogged { get; init; } = 10;

    /// <summary>How failures of top-level actors are handled.</summary>
    public SupervisorStrategy Supervisor { get; init; } = SupervisorStrategy.Default;

    /// <summary>Where the random part of backoffs starts; the same seed gives the same waits.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>
/// A hierarchy of actors with its time, its threads and its event stream. Everything that could differ between two runs is handed in, so
/// that a system replays exactly under a simulator.
/// </summary>
public sealed class ActorSystem
{
    private readonly ActorCell<object> _guardian;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Random _random;
    private readonly Lazy<StandstillWatch> _standstills;
    private long _lastUid;

    /// <summary>Starts a system.</summary>
    /// <param name="name">Its name, for logs.</param>
    /// <param name="settings">Defaults for its actors.</param>
    /// <param name="timeProvider">Its clock and timers; the machine's when null.</param>
    /// <param name="dispatcher">Who gives actors their turns; the thread pool when null.</param>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The one place where the machine's clock comes in, as a default.")]
    public ActorSystem(
        string name, ActorSystemSettings? settings = null, TimeProvider? timeProvider = null, IDispatcher? dispatcher = null)
    {
        Name = name;
        Settings = settings ?? new ActorSystemSettings();
        TimeProvider = timeProvider ?? TimeProvider.System;
        Dispatcher = dispatcher ?? new ThreadPoolDispatcher();
        _random = new Random(Settings.Seed);
        DeadLetters = new DeadLetters(this);
        _standstills = new Lazy<StandstillWatch>(() => new StandstillWatch(TimeProvider, Settings.StandstillAfter, StoodStill));
        _guardian = new ActorCell<object>(
            this, new Props<object>(() => new Guardian(Settings.Supervisor)), null, "user", "/user", NextUid());
        _guardian.TellSystem(new SystemMessage.Start());
    }

    /// <summary>The name of the system.</summary>
    public string Name { get; }

    /// <summary>The defaults of its actors.</summary>
    public ActorSystemSettings Settings { get; }

    /// <summary>Its clock and timers.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Who gives actors their turns.</summary>
    public IDispatcher Dispatcher { get; }

    /// <summary>What happens in the system, by type: <see cref="DeadLetter"/>, <see cref="LogEvent"/>, <see cref="UnhandledMessage"/>.</summary>
    public EventStream EventStream { get; } = new();

    /// <summary>Notices when the process stood still, from the first use of it on.</summary>
    public StandstillWatch Standstills => _standstills.Value;

    /// <summary>Messages that did not arrive.</summary>
    public DeadLetters DeadLetters { get; }

    /// <summary>Now, in nanoseconds since 1970-01-01 UTC.</summary>
    public long Now => (TimeProvider.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;

    /// <summary>Completes when the system has ended; faulted when a top-level actor escalated a failure.</summary>
    public Task WhenTerminated => _terminated.Task;

    /// <summary>Starts a top-level actor.</summary>
    public ActorRef<TMessage> Spawn<TMessage>(Props<TMessage> props, string name) => _guardian.SpawnChild(props, name);

    /// <summary>The living actors, parents before their children.</summary>
    public IReadOnlyList<ActorDescription> Describe()
    {
        var descriptions = new List<ActorDescription>();
        _guardian.Describe(descriptions);
        return descriptions;
    }

    /// <summary>Stops all actors, children before parents.</summary>
    public async Task TerminateAsync()
    {
        _guardian.Stop();
        await _guardian.WhenTerminated;
        if (_standstills.IsValueCreated)
            _standstills.Value.Dispose();
        _terminated.TrySetResult();
    }

    /// <summary>Publishes a line for the log.</summary>
    public void Log(LogLevel level, string source, string message, Exception? cause = null) =>
        EventStream.Publish(new LogEvent(level, source, message, cause));

    internal long NextUid() => Interlocked.Increment(ref _lastUid);

    internal double NextRandom()
    {
        lock (_random)
            return _random.NextDouble();
    }

    private void StoodStill(TimeSpan time) => Log(
        LogLevel.Warning, "/",
        $"The process stood still for {time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s. What it was asked before is not begun any more: whoever asked may have asked another node.");

    internal void FailedAtTheTop(Exception cause)
    {
        _terminated.TrySetException(cause);
        _guardian.Stop();
    }

    private sealed class Guardian(SupervisorStrategy strategy) : Actor<object>
    {
        protected internal override SupervisorStrategy SupervisorStrategy => strategy;

        protected internal override ValueTask ReceiveAsync(object message)
        {
            Unhandled(message);
            return ValueTask.CompletedTask;
        }
    }
}
