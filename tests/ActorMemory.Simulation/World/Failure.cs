using ActorMemory.TestKit;

namespace ActorMemory.Simulation.World;

/// <summary>Why a run failed: a broken promise, or something that never should be thrown.</summary>
/// <param name="Kind">The promise, or the type of what was thrown: what stays the same when a run is made smaller.</param>
/// <param name="Message">What exactly.</param>
internal sealed record Failure(string Kind, string Message)
{
    public static Failure From(SimulationException failure) => failure.InnerException switch
    {
        ViolationException violation => new Failure(violation.Promise.ToString(), violation.Message),
        { } thrown => new Failure(thrown.GetType().Name, thrown.ToString()),

        // It goes round in circles, or waits for nothing.
        null => new Failure(nameof(Promise.Liveness), failure.Message),
    };
}
