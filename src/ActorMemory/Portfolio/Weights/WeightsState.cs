using ActorMemory.Actors;
using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>An event of the book was taken into the weights.</summary>
/// <param name="Cursor">Its number in the book, and that of all before it.</param>
/// <param name="At">When the memory knew it.</param>
/// <param name="DecisionId">The decision that it concerns; null for none.</param>
/// <param name="Opened">The forecast for a decision that was made; null for none.</param>
/// <param name="Closes">Whether the decision's trade has ended.</param>
/// <param name="NewProviders">Providers that were not known before.</param>
/// <param name="Model">What the rules have learned, the weights with it; null if nothing changed.</param>
internal sealed record BookTaken(
    long Cursor, UnixNanoseconds At, string? DecisionId, Forecast? Opened, bool Closes, IReadOnlyList<string> NewProviders, WeightsModel? Model);

/// <summary>A set of weights as it was published.</summary>
/// <param name="Cursor">The event of the book that moved the weights.</param>
/// <param name="At">When the memory knew it.</param>
/// <param name="DecisionId">The decision whose trade it was.</param>
/// <param name="Model">What the rules had learned.</param>
internal sealed record PublishedWeights(long Cursor, UnixNanoseconds At, string? DecisionId, WeightsModel Model);

/// <summary>The weights of a portfolio: what the rules have learned, what they said and is not known yet, and how the weights became what they are.</summary>
internal sealed class WeightsState
{
    /// <summary>The most forecasts that wait for their outcome; beyond it the oldest is dropped, and its trade is forecast anew when it ends.</summary>
    internal const int MaxForecasts = 4096;

    /// <summary>The most sets of weights that are remembered.</summary>
    internal const int MaxPublished = 100;

    /// <summary>Of so many decisions is remembered that they were scored: further exits of the same are not scored again.</summary>
    internal const int MaxClosed = 4096;

    private readonly HashSet<ulong> _closed;

    /// <summary>Nothing is known.</summary>
    public WeightsState() => (_closed, ClosedInOrder, Forecasts, Published, Providers) = (
        [], [], new OrderedDictionary<string, Forecast>(StringComparer.Ordinal), [], new SortedSet<string>(StringComparer.Ordinal));

    private WeightsState(WeightsState other)
    {
        _closed = [.. other._closed];
        ClosedInOrder = new Queue<ulong>(other.ClosedInOrder);
        Forecasts = new OrderedDictionary<string, Forecast>(other.Forecasts, StringComparer.Ordinal);
        Published = new Queue<PublishedWeights>(other.Published);
        Providers = new SortedSet<string>(other.Providers, StringComparer.Ordinal);
        (Cursor, Model, DroppedForecasts, MostInFlight) = (other.Cursor, other.Model, other.DroppedForecasts, other.MostInFlight);
    }

    /// <summary>The number of the last event of the book that was taken.</summary>
    public long Cursor { get; private set; }

    /// <summary>What the rules have learned.</summary>
    public WeightsModel Model { get; private set; } = WeightsModel.Empty;

    /// <summary>The forecasts that wait for their outcome, by decision, the oldest first.</summary>
    public OrderedDictionary<string, Forecast> Forecasts { get; }

    /// <summary>The hashes of decisions that were scored, the oldest first.</summary>
    public Queue<ulong> ClosedInOrder { get; }

    /// <summary>The latest sets of weights, the oldest first.</summary>
    public Queue<PublishedWeights> Published { get; }

    /// <summary>The names of all for whom a trade counted, ordered: each has an entity of its own.</summary>
    public SortedSet<string> Providers { get; }

    /// <summary>Forecasts that were dropped before their outcome was known.</summary>
    public long DroppedForecasts { get; private set; }

    /// <summary>The most forecasts that were waiting when another came.</summary>
    public int MostInFlight { get; private set; }

    /// <summary>Whether a decision was scored not long ago.</summary>
    public bool IsClosed(string decisionId) => _closed.Contains(StableHash.Of(decisionId));

    /// <summary>A copy that can be changed without the other.</summary>
    public WeightsState Copy() => new(this);

    /// <summary>Changes the state.</summary>
    public void Apply(BookTaken taken)
    {
        Cursor = taken.Cursor;
        Providers.UnionWith(taken.NewProviders);
        if (taken.Opened is { } forecast)
        {
            MostInFlight = Math.Max(MostInFlight, Forecasts.Count);
            Forecasts[forecast.DecisionId] = forecast;
            DropOldest();
        }

        if (taken is { Closes: true, DecisionId: { } closed })
        {
            Forecasts.Remove(closed);
            Remember(StableHash.Of(closed));
        }

        if (taken.Model is not { } model)
            return;

        if (model.Number > Model.Number)
            Publish(new PublishedWeights(taken.Cursor, taken.At, taken.DecisionId, model));
        Model = model;
    }

    /// <summary>Restores what a snapshot holds.</summary>
    internal void Restore(long cursor, WeightsModel model, long droppedForecasts, int mostInFlight) =>
        (Cursor, Model, DroppedForecasts, MostInFlight) = (cursor, model, droppedForecasts, mostInFlight);

    /// <summary>Remembers the hash of a decision that was scored.</summary>
    internal void Remember(ulong decision)
    {
        if (!_closed.Add(decision))
            return;

        ClosedInOrder.Enqueue(decision);
        if (ClosedInOrder.Count > MaxClosed)
            _closed.Remove(ClosedInOrder.Dequeue());
    }

    /// <summary>Remembers a set of weights.</summary>
    internal void Publish(PublishedWeights weights)
    {
        Published.Enqueue(weights);
        if (Published.Count > MaxPublished)
            Published.Dequeue();
    }

    private void DropOldest()
    {
        if (Forecasts.Count <= MaxForecasts)
            return;

        Forecasts.RemoveAt(0);
        DroppedForecasts++;
    }
}
