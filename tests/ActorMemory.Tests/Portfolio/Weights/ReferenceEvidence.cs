using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>
/// The evidence rule once more, as slowly as it is written down: all votes are kept and every number is reckoned anew from the first trade, with logarithms
/// in the place of products.
/// </summary>
internal sealed class ReferenceEvidence
{
    private static readonly double[] s_betas = [0, 0.15, 0.3, 0.5, 0.7, 1, 1.4];

    private readonly List<(Ballot[] Ballots, bool IsUp)> _scored = [];
    private readonly SortedDictionary<string, (double Correct, double Total, double Average, double Weight)> _original = [];
    private readonly double[,] _temperatures = new double[5, 7];

    internal ReferenceEvidence()
    {
        for (var rule = 0; rule < 5; rule++)
            for (var i = 0; i < 7; i++)
                _temperatures[rule, i] = 1.0 / 7;
    }

    internal double[] Shares { get; } = [1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6];

    internal double[] Losses { get; } = new double[6];

    internal double Loss { get; private set; }

    internal void Add(Ballot[] ballots, bool isUp, double performance, ActionWords executed)
    {
        var awake = ballots.Where(static ballot => ballot.Direction != 0).ToArray();
        if (awake.Length > 0)
            Score(awake, isUp);
        foreach (var ballot in ballots)
            _original.TryAdd(ballot.Provider, (0, 0, 0, double.NaN));
        if (awake.Length > 0)
            _scored.Add((awake, isUp));
        MoveOriginal(awake, performance, executed);
    }

    private void Score(Ballot[] awake, bool isUp)
    {
        var pool = Pool(awake);
        double[] x =
        [
            awake.Sum(static ballot => ballot.Direction) * Math.Log(11.0 / 9), LogOdds(awake, 1, 60), LogOdds(awake, 0.99, 60), LogOdds(awake, 0.97, 30), Math.Log(pool / (1 - pool)),
        ];
        var given = new double[6];
        var mixture = 0.0;
        for (var rule = 0; rule < 6; rule++)
        {
            var up = rule == 5 ? pool : Enumerable.Range(0, 7).Sum(i => _temperatures[rule, i] / (1 + Math.Exp(-s_betas[i] * x[rule])));
            given[rule] = isUp ? up : 1 - up;
            mixture += Shares[rule] * given[rule];
            Losses[rule] -= Math.Log(given[rule]);
        }

        Loss -= Math.Log(mixture);
        for (var rule = 0; rule < 6; rule++)
            Shares[rule] = (0.99 * Math.Exp(Math.Log(Shares[rule]) + Math.Log(given[rule]) - Math.Log(mixture))) + (0.01 / 6);
        for (var rule = 0; rule < 5; rule++)
        {
            var one = rule;
            double[] weights = [.. Enumerable.Range(0, 7).Select(i => _temperatures[one, i] / (1 + Math.Exp((isUp ? -1 : 1) * s_betas[i] * x[one])))];
            for (var i = 0; i < 7; i++)
                _temperatures[rule, i] = (0.99 * weights[i] / weights.Sum()) + (0.01 / 7);
        }
    }

    private double LogOdds(Ballot[] awake, double discount, double prior)
    {
        var counts = _scored.SelectMany(static trade => trade.Ballots.Select(static ballot => ballot.Provider)).Distinct()
            .ToDictionary(static provider => provider, provider => Counts(provider, discount));
        var mean = Math.Clamp((counts.Values.Sum(static count => count.Wins) + 15) / (counts.Values.Sum(static count => count.Votes) + 30), 0.5, 0.6);
        return awake.Sum(ballot =>
        {
            var (wins, votes) = counts.GetValueOrDefault(ballot.Provider);
            var accuracy = Math.Clamp((wins + (prior * mean)) / (votes + prior), 0.5, 0.7);
            return ballot.Direction * (Math.Log(accuracy) - Math.Log(1 - accuracy));
        });
    }

    private (double Wins, double Votes) Counts(string provider, double discount)
    {
        var votes = _scored.SelectMany(trade => trade.Ballots.Where(ballot => ballot.Provider == provider).Select(ballot => ballot.Direction > 0 == trade.IsUp)).Reverse();
        return votes.Select((isRight, age) => (Wins: isRight ? Math.Pow(discount, age) : 0, Votes: Math.Pow(discount, age)))
            .Aggregate((Wins: 0.0, Votes: 0.0), static (sum, one) => (sum.Wins + one.Wins, sum.Votes + one.Votes));
    }

    private double Pool(Ballot[] awake)
    {
        var weights = awake.Select(ballot => _original.TryGetValue(ballot.Provider, out var known) && !double.IsNaN(known.Weight) ? known.Weight : 1.0 / Math.Max(1, _original.Count)).ToArray();
        var up = awake.Select((ballot, i) => weights[i] * (ballot.Direction > 0 ? Math.Max(0.5, ballot.Confidence / 100) : 1 - Math.Max(0.5, ballot.Confidence / 100))).Sum();
        return Math.Clamp(up / weights.Sum(), 0.005, 0.995);
    }

    private void MoveOriginal(Ballot[] awake, double performance, ActionWords executed)
    {
        foreach (var ballot in awake)
        {
            var known = _original[ballot.Provider];
            var isCorrect = performance > 0 && ballot.Direction == ActionText.DirectionOf(executed);
            _original[ballot.Provider] = known with
            {
                Correct = known.Correct + (isCorrect ? 1 : 0),
                Total = known.Total + 1,
                Average = (0.9 * known.Average) + (0.1 * performance),
            };
        }

        if (awake.Length == 0)
            return;
        var scores = _original.ToDictionary(static one => one.Key, static one => one.Value.Total > 0
            ? (0.75 * one.Value.Correct / one.Value.Total) + (0.25 * (0.5 + (0.5 * Math.Tanh(one.Value.Average / 5))))
            : double.IsNaN(one.Value.Weight) ? 0.5 : one.Value.Weight);
        foreach (var (provider, score) in scores)
            _original[provider] = _original[provider] with { Weight = score / scores.Values.Sum() };
    }
}
