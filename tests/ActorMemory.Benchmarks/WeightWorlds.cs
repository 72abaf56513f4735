using ActorMemory.Portfolio;
using ActorMemory.Testing;

namespace ActorMemory.Benchmarks;

/// <summary>What the rules come to in made-up worlds of each kind. Seeded: the same table every time.</summary>
internal static class WeightWorlds
{
    public static void Print(int worlds)
    {
        Console.WriteLine("Mean over worlds; accuracy in percent, log loss in nats a decision. Regret: evidence against original, the worst world, beside its bound.");
        Console.WriteLine();
        Console.WriteLine("| decisions | delay | world | accuracy: evidence | equal votes | original | log loss: evidence | equal votes | original | worlds in which evidence lost more | worst regret | bound |");
        Console.WriteLine("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var decisions in (int[])[240, 1_000])
        {
            foreach (var delay in (double[])[0, 5, 20])
            {
                foreach (var kind in Enum.GetValues<WorldKind>())
                    Console.WriteLine(Row(worlds, decisions, delay, kind));
            }
        }
    }

    private static string Row(int worlds, int decisions, double delay, WorldKind kind)
    {
        var regrets = Enumerable.Range(1, worlds).AsParallel()
            .Select(seed => WeightsAnswers.Regret(new WeightWorld(seed, kind, decisions, delay).Live())).ToArray();
        double Mean(Func<WeightRegret, double> of) => regrets.Average(of);
        return FormattableString.Invariant(
            $"| {decisions:N0} | {delay} | {Name(kind)} | {100 * Mean(static regret => regret.EvidenceAccuracy):0.00} | {100 * Mean(static regret => regret.EqualVotesAccuracy):0.00} | {100 * Mean(static regret => regret.OriginalAccuracy):0.00} | {Mean(static regret => regret.EvidenceLogLoss / regret.Decisions):0.0000} | {Mean(static regret => regret.EqualVotesLogLoss / regret.Decisions):0.0000} | {Mean(static regret => regret.OriginalLogLoss / regret.Decisions):0.0000} | {100 * Mean(static regret => regret.Regret > 0 ? 1 : 0):0.0} % | {regrets.Max(static regret => regret.Regret):0.00} | {regrets.Max(static regret => regret.Bound):0.00} |");
    }

    private static string Name(WorldKind kind) => kind switch
    {
        WorldKind.NoSkill => "no skill",
        WorldKind.Stationary => "stationary",
        WorldKind.Abrupt => "abrupt changes",
        _ => "drift",
    };
}
