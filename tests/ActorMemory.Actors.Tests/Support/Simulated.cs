using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

/// <summary>
/// Runs a scenario in the simulator, once for each of several seeds: every seed gives the turns and continuations another order. A failure
/// names its seed.
/// </summary>
internal static class Simulated
{
    public static void Run(Func<SimulationScheduler, ActorSystem, Task> scenario, ActorSystemSettings? settings = null, int seeds = 25)
    {
        for (var seed = 1UL; seed <= (ulong)seeds; seed++)
        {
            var simulation = new SimulationScheduler(seed);
            simulation.Run(async () =>
            {
                var system = new ActorSystem("test", settings, simulation.Main.TimeProvider, simulation.Main);
                await scenario(simulation, system);
            });
        }
    }
}
