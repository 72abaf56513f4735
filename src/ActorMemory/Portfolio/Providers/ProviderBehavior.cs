using ActorMemory.Actors;
using ActorMemory.Names;

namespace ActorMemory.Portfolio;

/// <summary>What a provider can be told or asked.</summary>
internal abstract record ProviderCommand;

/// <summary>Adds what trades count; those of events that are known already count nothing. Answered with <see cref="ProviderFolded"/>.</summary>
/// <param name="Scores">In the order of the book; all of an event together.</param>
internal sealed record ScoreProvider(IReadOnlyList<ProviderScore> Scores) : ProviderCommand;

/// <summary>Asks how the provider did; answered with <see cref="ProviderStatistics"/>.</summary>
internal sealed record GetProvider : ProviderCommand;

/// <summary>Everything up to an event of the book counts.</summary>
internal sealed record ProviderFolded(long Cursor);

/// <summary>One provider of one portfolio, or its pseudo provider <c>ensemble</c>. It follows the book: no event counts twice.</summary>
internal sealed class ProviderBehavior : IEventSourcedBehavior<ProviderState, ProviderCommand, ProviderScored>
{
    private const string Prefix = "provider";

    /// <summary>The entity of a provider.</summary>
    internal static string PersistenceId(PortfolioName portfolio, string provider) => PersistenceIdText.Join(Prefix, portfolio.ToString(), provider);

    /// <summary>Whether an entity is one of these.</summary>
    internal static bool IsProvider(string persistenceId) => PersistenceIdText.Split(persistenceId, Prefix, 2) is not null;

    public ProviderState Create(string persistenceId) => new();

    public Decision<ProviderScored> Decide(ProviderState state, ProviderCommand command, in CommandContext context) => command switch
    {
        ScoreProvider score => Score(state, score),
        GetProvider => Decision.Reply<ProviderScored>(state.ToStatistics(NameOf(context.PersistenceId))),
        _ => throw new ArgumentException($"A provider does not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(ProviderState state, ProviderScored @event) => state.Apply(@event);

    public long SizeOf(ProviderState state) => 256 + (state.Cells.Count * 112L);

    private static Decision<ProviderScored> Score(ProviderState state, ScoreProvider score)
    {
        ProviderScore[] unknown = [.. score.Scores.Where(one => one.Cursor > state.Cursor)];
        if (unknown.Length == 0)
            return Decision.Reply<ProviderScored>(new ProviderFolded(state.Cursor));

        var scored = ProviderScoring.Score(state, unknown);
        return Decision.Persist(scored, new ProviderFolded(scored.Cursor));
    }

    private static string NameOf(string persistenceId) => PersistenceIdText.Split(persistenceId, Prefix, 2) is [_, var provider] ? provider : persistenceId;
}
