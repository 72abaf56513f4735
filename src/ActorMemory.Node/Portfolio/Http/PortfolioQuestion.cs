using ActorMemory.Hosting;
using ActorMemory.KnownTime;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>A question about a portfolio: which one, and who answers about now or about a moment in the past.</summary>
/// <param name="Portfolio">Which.</param>
/// <param name="Memory">Who answers.</param>
/// <param name="Moment">The moment; null for now.</param>
internal sealed record PortfolioQuestion(PortfolioName Portfolio, IPortfolioReader Memory, AnswerMoment? Moment)
{
    private const int NamePart = 2;

    /// <summary>Finds the portfolio of the path and the moment of the query.</summary>
    /// <exception cref="KnownTimeException">The journal has no such moment.</exception>
    public static async Task<PortfolioQuestion> ReadAsync(ActorMemoryNode node, HttpContext context, Query query)
    {
        var portfolio = NameOf(context);
        if (query.Moment() is not { } moment)
            return new PortfolioQuestion(portfolio, node.Portfolio, null);

        // The ordering is found once, so that the answer is that of the moment it names.
        var ordering = await new KnownCut(node.Journal, moment).OrderingAsync();
        return new PortfolioQuestion(portfolio, node.Portfolio.AsOf(KnownMoment.AtOrdering(ordering)), new AnswerMoment(moment, ordering));
    }

    /// <summary>The portfolio in the path; default where the path has none.</summary>
    /// <exception cref="BadRequestException">It is not a legal name.</exception>
    public static PortfolioName NameOf(HttpContext context)
    {
        var parts = RawPath.Parts(context);
        if (parts.Length <= NamePart)
            return PortfolioName.Default;
        return PortfolioName.TryCreate(RawPath.Decode(parts[NamePart]), out var name, out var fault) ? name : throw new BadRequestException($"portfolio: {fault}");
    }

    /// <summary>The rule of weights that the query names.</summary>
    public static WeightRule RuleOf(Query query) =>
        PortfolioText.Rule(query.Text("rule"))
        ?? throw new BadRequestException($"rule: '{Query.Shown(query.Text("rule") ?? "")}' is not one; write evidence or original.");

    /// <summary>A time that the query names; null for none.</summary>
    public static UnixNanoseconds? TimeOf(Query query, string name)
    {
        if (query.Text(name) is not { } text)
            return null;
        return UnixNanoseconds.TryParse(text, out var time, out var fault) ? time : throw new BadRequestException($"{name}: {fault}");
    }

    /// <summary>Yes or no; null where the query does not say.</summary>
    public static bool? FlagOf(Query query, string name) => query.Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => throw new BadRequestException($"{name}: '{Query.Shown(text)}' is neither true nor false."),
    };
}
