namespace ActorMemory.Portfolio;

/// <summary>
/// Thompson sampling as the original has it: a Beta(1, 1) for each provider, one more success or failure with each credit, and weights drawn from these.
/// For choosing whom to ask when every answer costs; votes are weighed by other rules.
/// </summary>
/// <param name="providers">Who can be chosen.</param>
internal sealed class ThompsonSampling(IReadOnlyList<string> providers)
{
    private readonly Dictionary<string, (long Wins, long Losses)> _counts = providers.ToDictionary(static provider => provider, static _ => (0L, 0L), StringComparer.Ordinal);

    private readonly Dictionary<string, double> _regimes = new(StringComparer.Ordinal) { ["trending"] = 1, ["ranging"] = 1, ["volatile"] = 1 };

    /// <summary>How the regimes did; the original tracks these and uses them for nothing.</summary>
    internal IReadOnlyDictionary<string, double> RegimeMultipliers => _regimes;

    /// <summary>One more credit. A provider that cannot be chosen is passed over, and those after it are not: the original lost these.</summary>
    internal void Update(string provider, bool isWin, string? regime)
    {
        if (_counts.TryGetValue(provider, out var counts))
            _counts[provider] = isWin ? (counts.Wins + 1, counts.Losses) : (counts.Wins, counts.Losses + 1);
        if (regime is not null && _regimes.TryGetValue(regime, out var multiplier))
            _regimes[regime] = Math.Clamp(multiplier * (isWin ? 1.1 : 0.95), 0.1, 10);
    }

    /// <summary>The parameters of a provider's Beta distribution.</summary>
    internal (long Alpha, long Beta) ParametersOf(string provider) => (_counts[provider].Wins + 1, _counts[provider].Losses + 1);

    /// <summary>Wins over credits; 0.5 before the first.</summary>
    internal double WinRateOf(string provider)
    {
        var (wins, losses) = _counts[provider];
        return wins + losses == 0 ? 0.5 : (double)wins / (wins + losses);
    }

    /// <summary>The means of the distributions, normalised.</summary>
    internal IReadOnlyDictionary<string, double> ExpectedWeights() => Normalised(static (alpha, beta) => alpha / (alpha + beta));

    /// <summary>One draw of each distribution, normalised.</summary>
    internal IReadOnlyDictionary<string, double> SampleWeights(Random random) =>
        providers.Count == 1 ? new Dictionary<string, double> { [providers[0]] = 1 } : Normalised((alpha, beta) => Draw(random, alpha, beta));

    /// <summary>The weights of the original's other integration: Wilson's lower bound from ten credits on, one half before, normalised.</summary>
    internal IReadOnlyDictionary<string, double> WilsonWeights()
    {
        (string Provider, double Score)[] scores =
        [
            .. _counts.Where(static count => count.Value.Wins + count.Value.Losses > 0)
                .Select(static count => (count.Key, count.Value.Wins + count.Value.Losses < 10 ? 0.5 : WilsonLowerBound(count.Value.Wins, count.Value.Wins + count.Value.Losses))),
        ];
        var sum = scores.Sum(static score => score.Score);
        return scores.ToDictionary(static score => score.Provider, score => sum > 0 ? score.Score / sum : 1.0 / scores.Length, StringComparer.Ordinal);
    }

    /// <summary>The lower end of Wilson's interval of a probability; 0 without trials.</summary>
    internal static double WilsonLowerBound(long successes, long trials, double z = 1.96)
    {
        if (trials == 0)
            return 0;

        double n = trials, p = successes / n, zz = z * z;
        return Math.Max(0, (p + (zz / (2 * n)) - (z * Math.Sqrt(((p * (1 - p)) + (zz / (4 * n))) / n))) / (1 + (zz / n)));
    }

    private Dictionary<string, double> Normalised(Func<double, double, double> valueOf)
    {
        double[] values = [.. providers.Select(provider => valueOf(ParametersOf(provider).Alpha, ParametersOf(provider).Beta))];
        var sum = values.Sum();
        return providers.Select((provider, i) => KeyValuePair.Create(provider, sum > 0 ? values[i] / sum : 1.0 / values.Length))
            .ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Beta from two Gamma draws.</summary>
    private static double Draw(Random random, double alpha, double beta)
    {
        var (x, y) = (DrawGamma(random, alpha), DrawGamma(random, beta));
        return x / (x + y);
    }

    /// <summary>Marsaglia and Tsang 2000, for shapes of at least 1.</summary>
    private static double DrawGamma(Random random, double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = 1 + (c * normal);
            v = v * v * v;
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v)))
                return d * v;
        }
    }
}
