using System.Globalization;
using ActorMemory.Simulation.Bugs;

namespace ActorMemory.Simulation;

/// <summary>A simulation that finds nothing may be blind. Each of these bugs is found, by the promise that it breaks.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const ulong MostSeeds = 2000;

    public static TheoryData<string> Bugs => [.. PlantedBugs.All.Select(static bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_planted_bug_is_found_by_the_promise_that_it_breaks(string name)
    {
        var bug = PlantedBugs.Find(name) ?? throw new ArgumentException($"There is no bug {name}.", nameof(name));

        for (var seed = 1UL; seed <= MostSeeds; seed++)
        {
            if (World.Simulation.Run(seed, bug.Create(), bug.World).Failure is not { } failure)
                continue;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: found by seed {seed} of {MostSeeds:N0} in {bug.World}: {failure.Message}"));
            Assert.Contains(failure.Kind, bug.Breaks.Select(static promise => promise.ToString()));
            return;
        }

        Assert.Fail($"{name} was not found in {MostSeeds} seeds.");
    }

    [Fact]
    public void There_are_at_least_sixteen_planted_bugs_in_all_worlds()
    {
        Assert.True(PlantedBugs.All.Count >= 16);
        Assert.Equal(World.Simulation.Worlds.Select(static world => world.Name).Order(), PlantedBugs.All.Select(static bug => bug.World).Distinct().Order());
        Assert.Equal(PlantedBugs.All.Count, PlantedBugs.All.Select(static bug => bug.Name).Distinct().Count());
    }
}
