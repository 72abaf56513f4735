using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture;

/// <summary>The short form of each scenario, against the built executable.</summary>
public sealed class ShortTortureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_killed_at_random_moments_loses_and_doubles_nothing() =>
        AssertClean(await KillScenario.RunAsync(JournalStore.Sqlite, 12, Seed(), new StringWriter(), Cancel));

    private int Seed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return seed;
    }

    private void AssertClean(TortureReport report)
    {
        var text = new StringWriter();
        report.Write(text);
        output.WriteLine(text.ToString());
        Assert.True(report.IsClean, text.ToString());
        // A run in which nothing happened proves nothing.
        Assert.True(report.Acknowledged > 0);
        Assert.True(report.Faults > 0);
    }
}
