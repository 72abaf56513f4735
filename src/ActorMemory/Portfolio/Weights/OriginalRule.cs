namespace ActorMemory.Portfolio;

/// <summary>What the original rule remembers of a provider.</summary>
/// <param name="Correct">Votes that it counts as right.</param>
/// <param name="Total">Votes.</param>
/// <param name="Average">Moving mean of the performance, which is profit in percent.</param>
internal readonly record struct OriginalHistory(long Correct, long Total, double Average);

/// <summary>
/// The original's way from outcomes to weights: 0.75 × share of correct votes + 0.25 × (0.5 + 0.5 tanh(mean performance / 5)), normalised.
/// </summary>
/// <param name="LearningRate">How much of the mean performance the latest trade is.</param>
/// <param name="AccuracyWeight">How much of the score the share of correct votes is.</param>
/// <param name="PerformanceWeight">How much of it the mean performance is.</param>
/// <param name="PerformanceScale">The mean performance that counts as much as 76 %.</param>
internal sealed record OriginalRule(
    double LearningRate = 0.1, double AccuracyWeight = 0.75, double PerformanceWeight = 0.25, double PerformanceScale = 5)
{
    /// <summary>As the original ships it.</summary>
    internal static readonly OriginalRule Default = new();

    /// <summary>The formula of December 2025: the share of correct votes alone.</summary>
    internal static readonly OriginalRule December2025 = new(AccuracyWeight: 1, PerformanceWeight: 0);

    private const double WithoutHistory = 0.5;

    /// <summary>
    /// Whether a vote is counted as right: where the trade won, one that has a word for the direction of what was done; where it did not, HOLD.
    /// </summary>
    internal static bool IsCorrect(ActionWords vote, ActionWords executed, double performance) => performance > 0
        ? (vote & executed & (ActionWords.Bullish | ActionWords.Bearish)) != 0
        : (vote & ActionWords.Hold) != 0;

    /// <summary>A provider after one more vote.</summary>
    internal OriginalHistory Score(OriginalHistory history, bool isCorrect, double performance) => new(
        history.Correct + (isCorrect ? 1 : 0), history.Total + 1, ((1 - LearningRate) * history.Average) + (LearningRate * performance));

    /// <summary>The weights. Who has no history keeps the current weight as score; null for none.</summary>
    internal double[] Weigh(ReadOnlySpan<OriginalHistory> histories, ReadOnlySpan<double?> current)
    {
        var scores = new double[histories.Length];
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = histories[i].Total > 0 ? ScoreOf(histories[i]) : current[i] ?? WithoutHistory;
            sum += scores[i];
        }

        // Nobody was ever right: the weights stay.
        for (var i = 0; i < scores.Length; i++)
            scores[i] = sum > 0 ? scores[i] / sum : current[i] ?? 1.0 / scores.Length;
        return scores;
    }

    private double ScoreOf(OriginalHistory history) =>
        (AccuracyWeight * history.Correct / history.Total) + (PerformanceWeight * (0.5 + (0.5 * Math.Tanh(history.Average / PerformanceScale))));
}
