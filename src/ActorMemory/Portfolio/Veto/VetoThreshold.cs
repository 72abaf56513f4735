namespace ActorMemory.Portfolio;

/// <summary>From which score on to veto, by how right vetoes were.</summary>
public static class VetoThreshold
{
    /// <summary>The threshold as long as nothing is known.</summary>
    public const double Default = 0.6;

    private const int FewestDecisions = 5;
    private const double Step = 0.05;
    private const double Lowest = 0.1;
    private const double Highest = 0.9;

    /// <summary>
    /// The original's adaptive band: from five decisions on, 0.05 lower if at least 60 % of them were right and 0.05 higher if at most 40 % were, within 0.1 to
    /// 0.9.
    /// </summary>
    public static double Adapt(VetoStatistics vetoes, double baseThreshold = Default)
    {
        if (vetoes.Total < FewestDecisions)
            return baseThreshold;

        var accuracy = (double)vetoes.Correct / vetoes.Total;
        var adapted = accuracy >= 0.6 ? baseThreshold - Step : accuracy <= 0.4 ? baseThreshold + Step : baseThreshold;
        return Math.Clamp(adapted, Lowest, Highest);
    }
}
