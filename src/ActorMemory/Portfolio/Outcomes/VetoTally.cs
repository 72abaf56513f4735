namespace ActorMemory.Portfolio;

/// <summary>How vetoes did, of trades that came with veto data, overall and by who vetoes.</summary>
internal sealed class VetoTally
{
    private const string UnknownSource = "unknown";

    private readonly SortedDictionary<string, Counts> _bySource = new(StringComparer.Ordinal);
    private Counts _all;
    private double? _lastScore;
    private double? _lastThreshold;

    internal VetoTally()
    {
    }

    internal VetoTally(VetoStatistics vetoes)
    {
        _all = new Counts(vetoes.Total, vetoes.Applied, vetoes.Correct, vetoes.Incorrect);
        (_lastScore, _lastThreshold) = (vetoes.LastScore, vetoes.LastThreshold);
        foreach (var source in vetoes.BySource)
            _bySource[source.Source] = new Counts(source.Total, source.Applied, source.Correct, source.Incorrect);
    }

    internal void Add(TradeClosed closed)
    {
        var outcome = closed.Outcome;
        if (closed.Decision?.VetoMetadata is null && !HasVetoData(outcome))
            return;

        var source = outcome.VetoSource ?? UnknownSource;
        _all = _all.With(outcome);
        _bySource[source] = _bySource.GetValueOrDefault(source).With(outcome);
        (_lastScore, _lastThreshold) = (outcome.VetoScore, outcome.VetoThreshold);
    }

    internal VetoStatistics ToStatistics() => new(
        _all.Total, _all.Applied, _all.Correct, _all.Incorrect, _lastScore, _lastThreshold,
        [.. _bySource.Select(pair => new VetoSourceStatistics(pair.Key, pair.Value.Total, pair.Value.Applied, pair.Value.Correct, pair.Value.Incorrect))]);

    /// <summary>Whether there was a veto to judge: an outcome that somebody else has computed comes without its decision, and shows it itself.</summary>
    internal static bool HasVetoData(TradeOutcome outcome) =>
        outcome.VetoApplied || outcome.VetoScore is not null || outcome.VetoThreshold is not null || outcome.VetoSource is not null || outcome.VetoReason is not null;

    private readonly record struct Counts(long Total, long Applied, long Correct, long Incorrect)
    {
        internal Counts With(TradeOutcome outcome) => new(
            Total + 1,
            Applied + (outcome.VetoApplied ? 1 : 0),
            Correct + (outcome.VetoCorrect == true ? 1 : 0),
            Incorrect + (outcome.VetoCorrect == false ? 1 : 0));
    }
}
