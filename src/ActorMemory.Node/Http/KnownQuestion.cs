using System.Globalization;
using ActorMemory.Hosting;
using ActorMemory.KnownTime;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>Who answers a question about now or about a moment in the past, and what the answer says of that moment.</summary>
/// <param name="Memory">Who answers.</param>
/// <param name="Moment">The moment; null for now.</param>
internal sealed record KnownQuestion(IPerformanceReader Memory, AnswerMoment? Moment)
{
    private const string TimeHeader = "ActorMemory-As-Of";
    private const string OrderingHeader = "ActorMemory-At-Ordering";

    /// <summary>Finds the moment that the query names.</summary>
    /// <exception cref="KnownTimeException">The journal has no such moment.</exception>
    public static async Task<KnownQuestion> ReadAsync(ActorMemoryNode node, Query query)
    {
        if (query.Moment() is not { } moment)
            return new KnownQuestion(node.Performance, null);

        // The ordering is found once, so that the answer is that of the moment it names.
        var ordering = await new KnownCut(node.Journal, moment).OrderingAsync();
        return new KnownQuestion(node.Performance.AsOf(KnownMoment.AtOrdering(ordering)), new AnswerMoment(moment, ordering));
    }

    /// <summary>Says the moment in headers, for answers that are records and have no place for it.</summary>
    public void AddTo(HttpResponse response)
    {
        if (Moment is not { Ordering: { } ordering } moment)
            return;
        if (moment.Given.Time is { } time)
            response.Headers[TimeHeader] = time.ToString();
        response.Headers[OrderingHeader] = ordering.ToString(CultureInfo.InvariantCulture);
    }
}
