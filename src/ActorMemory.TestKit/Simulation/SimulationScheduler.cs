namespace ActorMemory.TestKit;

/// <summary>
/// Runs asynchronous code on one thread, step by step. Which of the steps that are ready goes next is drawn from the seed; when none is
/// ready, virtual time jumps to the next timer. The same seed gives the same run, which <see cref="TraceHash"/> shows.
/// </summary>
/// <remarks>
/// Code under simulation must stay on its synchronization context. A step that arrives from another thread fails the run with
/// the stack of whoever brought it.
/// </remarks>
public sealed class SimulationScheduler
{
    private readonly List<SimulationStep> _ready = [];
    private readonly List<TaskCompletionSource> _quietWaiters = [];
    private readonly PriorityQueue<Action, long> _atStep = new();
    private readonly object _leakGate = new();
    private readonly SplitMix64 _choices;
    private int _thread;
    private int _domains;
    private Exception? _failure;
    private string? _leak;

    /// <summary>Prepares a run.</summary>
    public SimulationScheduler(ulong seed)
    {
        Seed = seed;
        _choices = new SplitMix64(seed);
        Random = _choices.Fork();
        _thread = Environment.CurrentManagedThreadId;
        Main = CreateDomain("main");
    }

    /// <summary>What decides everything.</summary>
    public ulong Seed { get; }

    /// <summary>The clock of the simulation. It is moved by the run, never by the test.</summary>
    public VirtualTimeProvider Time { get; } = new();

    /// <summary>Randomness for the scenario; apart from that of the scheduler's choices.</summary>
    public SplitMix64 Random { get; }

    /// <summary>Where the scenario itself runs; it does not crash.</summary>
    public SimulationDomain Main { get; }

    /// <summary>The longest time that a step takes; zero, the default, lets time pass only when nothing is ready.</summary>
    public TimeSpan LongestStep { get; init; }

    /// <summary>Steps so far.</summary>
    public long Steps { get; private set; }

    /// <summary>A hash of every step and of everything that was traced: equal for equal runs.</summary>
    public ulong TraceHash { get; private set; } = 14695981039346656037UL;

    /// <summary>Makes a domain, for example for a node that may crash.</summary>
    public SimulationDomain CreateDomain(string name) => new(this, name, _domains++);

    /// <summary>Adds something that happened to the trace.</summary>
    public void Trace(ulong value) => TraceHash = (TraceHash ^ value) * 1099511628211UL;

    /// <summary>Does something just before a step, counted from the start of the simulation, such as to crash a domain at every step in turn.</summary>
    public void AtStep(long step, Action action) => _atStep.Enqueue(action, step);

    /// <summary>Completes when nothing is ready, before time moves on.</summary>
    public async Task QuietAsync()
    {
        var quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _quietWaiters.Add(quiet);
        await quiet.Task;
    }

    /// <summary>Lets virtual time pass.</summary>
    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, Time);

    /// <summary>Runs a scenario on the calling thread until it has ended.</summary>
    /// <exception cref="SimulationException">The scenario failed, cannot go on, took too many steps, or left the simulator's thread.</exception>
    public void Run(Func<Task> scenario, long mostSteps = 10_000_000)
    {
        var before = SynchronizationContext.Current;
        _thread = Environment.CurrentManagedThreadId;
        Task? task = null;
        Main.Post(_ => task = Started(scenario), null);
        try
        {
            for (var end = Steps + mostSteps; task is not { IsCompleted: true };)
            {
                ThrowIfFailed();
                if (Steps >= end)
                    throw Failed($"the scenario has not ended after {mostSteps:N0} steps: something goes round in circles");
                if (!TryStep())
                    throw Failed("nothing is ready and no timer is running, but the scenario has not ended: a task is awaited that nobody completes, or that completes on another thread");
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        ThrowIfFailed();
        if (task.Exception is { } failure)
            throw Failed(failure.InnerException?.Message ?? failure.Message, failure.InnerException);
        if (task.IsCanceled)
            throw Failed("the scenario was cancelled");

        static async Task Started(Func<Task> scenario) => await scenario();
    }

    internal void Add(in SimulationStep step)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            lock (_leakGate)
                _leak ??= $"a step for '{step.Domain.Name}' came from thread {Environment.CurrentManagedThreadId}, so the run cannot be repeated:{Environment.NewLine}{Environment.StackTrace}";
            return;
        }

        if (!step.Domain.IsAlive)
            return;
        if (step.Domain.IsPaused)
            step.Domain.Hold(step);
        else
            _ready.Add(step);
    }

    /// <summary>Takes a domain's steps out of those that are ready.</summary>
    internal List<SimulationStep> TakeStepsOf(SimulationDomain domain)
    {
        var taken = _ready.FindAll(step => step.Domain == domain);
        if (taken.Count > 0)
            _ready.RemoveAll(step => step.Domain == domain);
        return taken;
    }

    internal void Fail(Exception cause) => _failure ??= cause;

    private bool TryStep()
    {
        if (LongestStep > TimeSpan.Zero)
            Time.MoveTo(Time.Elapsed + _choices.UpTo(LongestStep));
        TakeDueTimers(Time.Elapsed);
        if (_ready.Count == 0 && !TryBecomeReady())
            return false;
        while (_atStep.TryPeek(out var action, out var step) && step <= Steps)
        {
            _atStep.Dequeue();
            SynchronizationContext.SetSynchronizationContext(Main);
            action();
        }

        if (_ready.Count > 0)
            Execute(TakeOne());
        return true;
    }

    private bool TryBecomeReady()
    {
        if (_quietWaiters.Count > 0)
        {
            foreach (var waiter in _quietWaiters)
                waiter.TrySetResult();
            _quietWaiters.Clear();
            return true;
        }

        if (Time.NextTimer is not { } next)
            return false;
        TakeDueTimers(next);
        return true;
    }

    private void TakeDueTimers(TimeSpan until)
    {
        while (Time.TryTakeDue(until) is { } due)
        {
            var (timer, version) = due;
            Add(new SimulationStep(timer.Owner as SimulationDomain ?? Main, _ => timer.Fire(version), null));
        }
    }

    private SimulationStep TakeOne()
    {
        var chosen = _choices.Next(_ready.Count);
        var step = _ready[chosen];
        _ready[chosen] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        Trace((ulong)step.Domain.Number);
        Trace((ulong)Time.Elapsed.Ticks);
        Trace((ulong)chosen);
        return step;
    }

    private void Execute(SimulationStep step)
    {
        Steps++;
        SynchronizationContext.SetSynchronizationContext(step.Domain);
        try
        {
            step.Callback(step.State);
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    private void ThrowIfFailed()
    {
        lock (_leakGate)
        {
            if (_leak is not null)
                throw Failed(_leak);
        }

        if (_failure is not null)
            throw Failed(_failure.Message, _failure);
    }

    private SimulationException Failed(string what, Exception? cause = null) => new(Seed, Steps, Time.Elapsed, what, cause);
}

/// <summary>A simulated run failed; the message starts with the seed that repeats it.</summary>
public sealed class SimulationException(ulong seed, long steps, TimeSpan elapsed, string what, Exception? cause)
    : Exception($"Seed {seed}, step {steps:N0}, virtual time {elapsed.TotalSeconds:0.######} s: {what}", cause)
{
    /// <summary>The seed that repeats the run.</summary>
    public ulong Seed { get; } = seed;
}
