using ActorMemory.Actors;
using ActorMemory.Names;

namespace ActorMemory.Portfolio;

/// <summary>The weights of one portfolio, which follow its book: each event of it is taken once, in order.</summary>
internal sealed class WeightsBehavior : IEventSourcedBehavior<WeightsState, WeightsCommand, BookTaken>
{
    private const string Prefix = "weights";

    /// <summary>The entity of a portfolio.</summary>
    internal static string PersistenceId(PortfolioName portfolio) => PersistenceIdText.Join(Prefix, portfolio.ToString());

    /// <summary>Whether an entity is one of these.</summary>
    internal static bool IsWeights(string persistenceId) => PersistenceIdText.Split(persistenceId, Prefix, 1) is not null;

    public WeightsState Create(string persistenceId) => new();

    public Decision<BookTaken> Decide(WeightsState state, WeightsCommand command, in CommandContext context) => command switch
    {
        FoldBook fold => Fold(state, fold),
        GetWeightsProgress => Decision.Reply<BookTaken>(new WeightsProgress(state.Cursor, [.. state.Providers])),
        GetWeights weights => Decision.Reply<BookTaken>(WeightsAnswers.Now(state, weights.Rule)),
        GetWeightHistory history => Decision.Reply<BookTaken>(WeightsAnswers.History(state, history.Rule, history.Limit)),
        GetWeightRegret => Decision.Reply<BookTaken>(WeightsAnswers.Regret(state)),
        GetVote vote => Decision.Reply<BookTaken>(WeightsVoting.Count(state.Model, vote.Rule, vote.Opinions)),
        _ => throw new ArgumentException($"The weights do not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(WeightsState state, BookTaken @event) => state.Apply(@event);

    public long SizeOf(WeightsState state)
    {
        long ofModel = 1024 + (state.Model.Providers.Count * 256L);
        return 4096 + (ofModel * (state.Published.Count + 1)) + (state.ClosedInOrder.Count * 48L) + (state.Providers.Count * 128L)
            + (state.Forecasts.Count * (512L + (64L * state.Model.Providers.Count)));
    }

    private static Decision<BookTaken> Fold(WeightsState state, FoldBook fold)
    {
        // Folds of two nodes, and repeated ones: only what comes next is taken.
        if (fold.Previous != state.Cursor || !AreInOrder(fold))
            return Decision.Reply<BookTaken>(new FoldRefused(state.Cursor));
        if (fold.Folds.Count == 0)
            return Decision.Reply<BookTaken>(new BookFolded(state.Cursor, []));

        var after = state.Copy();
        var events = new List<BookTaken>();
        foreach (var next in fold.Folds)
        {
            var taken = WeightsFolding.Take(after, next);
            after.Apply(taken);

            // Events of the book that change nothing are passed over together.
            if (taken is { DecisionId: null } && events is [.., { DecisionId: null }])
                events[^1] = taken;
            else
                events.Add(taken);
        }

        WeightSet[] published = after.Model.Number == state.Model.Number
            ? []
            : [WeightsAnswers.Now(after, WeightRule.Evidence), WeightsAnswers.Now(after, WeightRule.Original)];
        return Decision.PersistAll([.. events], new BookFolded(after.Cursor, published));
    }

    private static bool AreInOrder(FoldBook fold)
    {
        var previous = fold.Previous;
        foreach (var next in fold.Folds)
        {
            if (next.Cursor <= previous)
                return false;
            previous = next.Cursor;
        }

        return true;
    }
}
