using ActorMemory.Portfolio;

namespace ActorMemory.Testing;

/// <summary>How the skill of a world's providers goes on.</summary>
internal enum WorldKind
{
    /// <summary>Everybody guesses.</summary>
    NoSkill,

    /// <summary>Skill stays what it is.</summary>
    Stationary,

    /// <summary>All skill is dealt anew at each quarter of the way.</summary>
    Abrupt,

    /// <summary>Skill moves evenly from what it is at first to what it is at last.</summary>
    Drift,
}

/// <summary>
/// A made-up market with made-up providers, from a seed: 3 to 12 of them, of accuracies around 0.53, that run with the herd 25 to 50 % of the time, answer 40 to
/// 80 % of the time, and are surer (0.55 to 0.75) than they are good. Trades are what most say, and end at once or after a while.
/// </summary>
internal sealed class WeightWorld
{
    private const double MeanAccuracy = 0.53;

    private readonly Random _random;
    private readonly WorldKind _kind;
    private readonly int _decisions;
    private readonly double _meanDelay;
    private readonly double _herding;
    private readonly double _availability;
    private readonly double[][] _skills;

    internal WeightWorld(int seed, WorldKind kind, int decisions, double meanDelay)
    {
        (_random, _kind, _decisions, _meanDelay) = (new Random(seed), kind, decisions, meanDelay);
        var (count, spread) = (_random.Next(3, 13), Between(0.02, 0.08));
        (_herding, _availability) = (Between(0.25, 0.5), Between(0.4, 0.8));
        _skills = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, count).Select(_ =>
            kind == WorldKind.NoSkill ? 0.5 : Math.Clamp(MeanAccuracy + (spread * Normal()), 0.05, 0.95)).ToArray())];
    }

    /// <summary>Lives the world through, and lets the weights follow it.</summary>
    internal WeightsState Live()
    {
        var state = new WeightsState();
        var waiting = new PriorityQueue<FoldedTrade, double>();
        long cursor = 0;
        for (var decision = 0; decision < _decisions; decision++)
        {
            while (waiting.TryPeek(out var ended, out var at) && at <= decision)
                Take(new BookFold(++cursor, default, null, Remove(waiting, ended)));

            var isUp = _random.Next(2) == 0;
            var ballots = Vote(decision, isUp);
            if (ballots.Length == 0)
                continue;

            var id = $"decision-{decision}";
            var executed = ballots.Sum(static ballot => ballot.Direction) >= 0 ? "BUY" : "SELL";
            var performance = Math.Abs(Normal()) * (executed == "BUY" == isUp ? 2 : -2);
            Take(new BookFold(++cursor, default, new FoldedDecision(id, ballots), null));
            waiting.Enqueue(
                new FoldedTrade(
                    id, false, isUp ? PriceDirection.Up : PriceDirection.Down, performance, ActionText.WordsOf(null, executed), ballots, []),
                decision + (_meanDelay == 0 ? 0 : -_meanDelay * Math.Log(1 - _random.NextDouble())));
        }

        while (waiting.TryDequeue(out var ended, out _))
            Take(new BookFold(++cursor, default, null, ended));
        return state;

        void Take(BookFold fold) => state.Apply(WeightsFolding.Take(state, fold));
    }

    private static FoldedTrade Remove(PriorityQueue<FoldedTrade, double> waiting, FoldedTrade first)
    {
        waiting.Dequeue();
        return first;
    }

    private Ballot[] Vote(int decision, bool isUp)
    {
        var isHerdRight = _random.NextDouble() < (_kind == WorldKind.NoSkill ? 0.5 : MeanAccuracy);
        var ballots = new List<Ballot>();
        for (var provider = 0; provider < _skills[0].Length; provider++)
        {
            if (_random.NextDouble() >= _availability)
                continue;

            var isRight = _random.NextDouble() < _herding ? isHerdRight : _random.NextDouble() < SkillOf(provider, decision);
            var action = isUp == isRight ? "BUY" : "SELL";
            ballots.Add(new Ballot($"provider-{provider:00}", ActionText.WordsOf(null, action), 100 * Between(0.55, 0.75)));
        }

        return [.. ballots];
    }

    private double SkillOf(int provider, int decision)
    {
        var way = decision / (double)_decisions;
        return _kind switch
        {
            WorldKind.Abrupt => _skills[(int)(way * 4)][provider],
            WorldKind.Drift => ((1 - way) * _skills[0][provider]) + (way * _skills[1][provider]),
            _ => _skills[0][provider],
        };
    }

    private double Between(double low, double high) => low + ((high - low) * _random.NextDouble());

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
