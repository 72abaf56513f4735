using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Golden;

public sealed class GoldenTests
{
    /// <summary>The number of values is pinned so that a fixture that is no longer read does not pass unseen.</summary>
    [Theory]
    [InlineData("perf_metrics.json", 9393)]
    [InlineData("perf_long.json", 2111)]
    [InlineData("perf_keys_order.json", 5196)]
    [InlineData("perf_prune_persist.json", 2240)]
    [InlineData("perf_scripts.json", 3598)]
    public void The_convention_prado9_answers_as_the_original_did(string file, int values) => Run(file, Convention.Prado9, values);

    [Theory]
    [InlineData("perf_metrics.json", 9320)]
    [InlineData("perf_long.json", 2111)]
    [InlineData("perf_keys_order.json", 5196)]
    [InlineData("perf_prune_persist.json", 2240)]
    [InlineData("perf_scripts.json", 3598)]
    public void The_convention_actormemory_differs_from_the_original_only_where_an_oddity_is_mended(string file, int values) =>
        Run(file, Convention.ActorMemory, values);

    private static void Run(string file, Convention convention, int values)
    {
        var comparison = new Comparison(file);
        foreach (var test in GoldenCase.Read(file).Where(test => !test.IsInternal))
            new GoldenRunner(test, convention, comparison).Run();

        Assert.Empty(comparison.Differences);
        Assert.Equal(values, comparison.Values);
    }
}
