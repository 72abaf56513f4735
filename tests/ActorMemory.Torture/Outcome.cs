using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture;

/// <summary>What the tests make of a report.</summary>
internal static class Outcome
{
    /// <summary>A new seed, which the test's output shows.</summary>
    public static int Seed(ITestOutputHelper output)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return seed;
    }

    public static void AssertClean(TortureReport report, ITestOutputHelper output)
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
