using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>
/// What dies together in a simulation, such as one incarnation of a process: a synchronization context, a dispatcher for actors, and
/// a clock of its own.
/// </summary>
public sealed class SimulationDomain : SynchronizationContext, IDispatcher
{
    private readonly SimulationScheduler _scheduler;
    private readonly List<SimulationStep> _held = [];

    internal SimulationDomain(SimulationScheduler scheduler, string name, int number)
    {
        _scheduler = scheduler;
        Name = name;
        Number = number;
        TimeProvider = new DomainClock(this, scheduler.Time);
    }

    /// <summary>Its name, for messages.</summary>
    public string Name { get; }

    /// <summary>False once it has crashed.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>True while it is stopped by <see cref="Pause"/>.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Its clock: the simulation's, plus <see cref="ClockSkew"/>.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>How far its wall clock is off. Timers and timestamps do not follow it, as on a real machine.</summary>
    public TimeSpan ClockSkew { get; set; }

    internal int Number { get; }

    /// <summary>
    /// Ends it as a kill would: everything in it stays for ever at the await where it stands, its turns and timers are dropped.
    /// </summary>
    public void Crash()
    {
        (IsAlive, IsPaused) = (false, false);
        _held.Clear();
        _scheduler.TakeStepsOf(this);
    }

    /// <summary>
    /// Stops it as SIGSTOP would, or a long pause of the garbage collector: it takes no step and does not know it, while the world goes on.
    /// </summary>
    public void Pause()
    {
        if (!IsAlive || IsPaused)
            return;
        IsPaused = true;
        _held.AddRange(_scheduler.TakeStepsOf(this));
    }

    /// <summary>Lets it go on: what came for it meanwhile, and what is overdue, is all there at once.</summary>
    public void Resume()
    {
        IsPaused = false;
        foreach (var step in _held)
            _scheduler.Add(step);
        _held.Clear();
    }

    /// <summary>Starts something in this domain. What it throws fails the run.</summary>
    public void Start(Func<Task> work) => Post(_ => Observe(work), null);

    /// <inheritdoc />
    public override void Post(SendOrPostCallback d, object? state) => _scheduler.Add(new SimulationStep(this, d, state));

    /// <inheritdoc />
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A blocking Send would stop the simulator's only thread: use Post.");

    /// <inheritdoc />
    public override SynchronizationContext CreateCopy() => this;

    /// <inheritdoc />
    public void Schedule(IThreadPoolWorkItem turn) =>
        Post(static turn => ((IThreadPoolWorkItem)(turn ?? throw new ArgumentNullException(nameof(turn)))).Execute(), turn);

    internal void Hold(in SimulationStep step) => _held.Add(step);

    private async void Observe(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception cause)
        {
            _scheduler.Fail(cause);
        }
    }

    private sealed class DomainClock(SimulationDomain domain, VirtualTimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + domain.ClockSkew;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}

internal readonly record struct SimulationStep(SimulationDomain Domain, SendOrPostCallback Callback, object? State);
