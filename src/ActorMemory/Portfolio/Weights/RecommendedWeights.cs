namespace ActorMemory.Portfolio;

/// <summary>
/// The weights that the original's memory recommends and nobody applies: 0.6 × win rate + 0.4 × squashed mean profit, normalised. The pseudo provider
/// <c>ensemble</c> is one of those who share.
/// </summary>
/// <param name="Weights">By provider; none without data.</param>
/// <param name="Confidence"><c>high</c>, <c>medium</c> or <c>low</c>, by the provider with the fewest trades.</param>
internal sealed record RecommendedWeights(IReadOnlyList<KeyValuePair<string, double>> Weights, string Confidence)
{
    /// <summary>The weights of providers.</summary>
    internal static RecommendedWeights Of(IReadOnlyList<ProviderStatistics> providers)
    {
        if (providers.Count == 0)
            return new RecommendedWeights([], "low");

        double[] scores = [.. providers.Select(static provider =>
            (0.6 * provider.WinRate / 100) + (0.4 * (Math.Tanh(provider.AvgPnlPerTrade / 50) + 1) / 2))];
        var sum = scores.Sum();
        return new RecommendedWeights(
            [.. providers.Select((provider, i) => KeyValuePair.Create(provider.Provider, sum > 0 ? scores[i] / sum : 1.0 / scores.Length))],
            providers.Min(static provider => provider.TotalTrades) switch { >= 50 => "high", >= 20 => "medium", _ => "low" });
    }
}
