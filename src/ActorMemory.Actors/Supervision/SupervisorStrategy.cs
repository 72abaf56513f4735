namespace ActorMemory.Actors;

/// <summary>What a supervisor does about a failed child.</summary>
public enum SupervisorDirective
{
    /// <summary>A fresh instance takes over the mailbox, after a backoff.</summary>
    Restart,

    /// <summary>The child is stopped.</summary>
    Stop,

    /// <summary>The supervisor fails itself with the same cause.</summary>
    Escalate,
}

/// <summary>
/// How an actor handles failures of its children, each on its own. Restarts wait
/// <c>min(MaxBackoff, MinBackoff · 2ⁿ)</c> plus up to <see cref="Jitter"/> of it, n being the restarts within the window; a child that
/// needs more than <see cref="MaxRestarts"/> restarts within <see cref="Within"/> is stopped.
/// </summary>
public sealed record SupervisorStrategy
{
    /// <summary>Restart with the defaults below.</summary>
    public static SupervisorStrategy Default { get; } = new();

    /// <summary>Restarts allowed within the window.</summary>
    public int MaxRestarts { get; init; } = 10;

    /// <summary>The window in which restarts are counted.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait before the first restart.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before a restart.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The part of the wait that is added at random, so that many children do not come back at once.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>
    /// What to do about a failure. By default stop an actor that could not start or had a death pact, restart any other.
    /// </summary>
    public Func<Exception, SupervisorDirective> Decider { get; init; } = static cause =>
        cause is ActorInitializationException or DeathPactException ? SupervisorDirective.Stop : SupervisorDirective.Restart;

    internal TimeSpan Backoff(int restarts, double random)
    {
        var factor = Math.Pow(2, Math.Min(restarts, 30));
        var wait = Math.Min(MaxBackoff.Ticks, MinBackoff.Ticks * factor);
        return TimeSpan.FromTicks((long)(wait * (1 + Jitter * random)));
    }
}

/// <summary>Counts the restarts of one child within the window of its supervisor's strategy.</summary>
internal sealed class RestartCounter
{
    private long _windowStart;

    public int Restarts { get; private set; }

    /// <summary>Notes a restart; false when it is one too many.</summary>
    public bool TryRestart(SupervisorStrategy strategy, long now)
    {
        if (Restarts == 0 || now - _windowStart > strategy.Within.Ticks * 100)
        {
            _windowStart = now;
            Restarts = 0;
        }

        return ++Restarts <= strategy.MaxRestarts;
    }
}
