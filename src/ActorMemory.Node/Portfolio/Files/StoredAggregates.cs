using System.Globalization;
using System.Text.Json;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>What an aggregate is about.</summary>
internal enum AggregateKind
{
    Provider,
    Regime,
    Strategy,
}

/// <summary>A number of the files that is another one when it is computed from the trades.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="Of">What it is about, such as <c>provider local</c>.</param>
/// <param name="Field">Which.</param>
/// <param name="Stored">What the file says; null for nothing.</param>
/// <param name="Recomputed">What the trades say; null for nothing.</param>
internal sealed record Difference(string File, string Of, string Field, double? Stored, double? Recomputed);

/// <summary>What the original had computed of its trades: never taken over, because it counts trades again at every start, but compared.</summary>
internal sealed class StoredAggregates
{
    private const double Tolerance = 1e-9;

    private readonly List<(string File, AggregateKind Kind, string Name, Dictionary<string, double> Values)> _totals = [];
    private readonly List<(string File, Dictionary<string, double> Values)> _vetoes = [];
    private readonly HashSet<(string File, AggregateKind Kind)> _complete = [];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _totals.Count == 0 && _vetoes.Count == 0;

    /// <summary>Takes the totals of a file.</summary>
    /// <exception cref="JsonException">They are not what they must be.</exception>
    public void Add(string file, JsonElement json, AggregateKind kind)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is not a JSON object of totals.");
        foreach (var member in json.EnumerateObject())
        {
            // The same totals in a second file are told once.
            var values = NumbersOf(member.Value, "total_trades", "winning_trades", "total_pnl");
            if (!_totals.Any(known => known.Kind == kind && known.Name == member.Name && known.Values.SequenceEqual(values)))
                _totals.Add((file, kind, member.Name, values));
        }

        // An engine that never folded regimes has written {}; that says nothing about them.
        if (json.EnumerateObject().Any())
            _complete.Add((file, kind));
    }

    /// <summary>Takes the counters of vetoes.</summary>
    public void AddVetoes(string file, JsonElement json) => _vetoes.Add((file, NumbersOf(json, "total", "applied", "correct", "incorrect")));

    /// <summary>How they differ from what the trades say.</summary>
    public async Task<IReadOnlyList<Difference>> CompareAsync(IPortfolioReader memory, PortfolioName portfolio, CancellationToken cancellationToken)
    {
        var differences = new List<Difference>();
        var computed = new Dictionary<AggregateKind, Dictionary<string, Dictionary<string, double>>>
        {
            [AggregateKind.Provider] = (await memory.GetProvidersAsync(portfolio, cancellationToken)).ToDictionary(
                static provider => provider.Provider, static provider => Totals(provider.TotalTrades, provider.WinningTrades, provider.TotalPnl)),
            [AggregateKind.Regime] = (await memory.GetRegimesAsync(portfolio, cancellationToken)).ToDictionary(
                static regime => regime.Regime, static regime => Totals(regime.TotalTrades, regime.WinningTrades, regime.TotalPnl)),
            [AggregateKind.Strategy] = (await memory.GetStrategiesAsync(portfolio, cancellationToken)).ToDictionary(
                static strategy => strategy.Strategy, static strategy => Totals(strategy.TotalTrades, strategy.WinningTrades, strategy.TotalPnl)),
        };

        foreach (var (file, kind, name, stored) in _totals)
            Compare(file, $"{NameOf(kind)} {name}", stored, computed[kind].GetValueOrDefault(name), differences);
        foreach (var (file, kind) in _complete)
        {
            foreach (var (name, values) in computed[kind].Where(pair => !_totals.Any(total => total.Kind == kind && total.Name == pair.Key)))
                Compare(file, $"{NameOf(kind)} {name}", null, values, differences);
        }

        if (_vetoes.Count > 0)
        {
            var vetoes = await memory.GetVetoesAsync(portfolio, cancellationToken);
            var values = new Dictionary<string, double>
            {
                ["total"] = vetoes.Total,
                ["applied"] = vetoes.Applied,
                ["correct"] = vetoes.Correct,
                ["incorrect"] = vetoes.Incorrect,
            };
            foreach (var (file, stored) in _vetoes)
                Compare(file, "vetoes", stored, values, differences);
        }

        return differences;
    }

    private static void Compare(
        string file, string of, Dictionary<string, double>? stored, Dictionary<string, double>? computed, List<Difference> differences)
    {
        foreach (var field in (stored ?? computed ?? []).Keys)
        {
            double? left = stored is null ? null : stored[field], right = computed is null ? null : computed[field];
            if (left is not { } was || right is not { } value || Math.Abs(was - value) > Tolerance * Math.Max(1, Math.Max(Math.Abs(was), Math.Abs(value))))
                differences.Add(new Difference(file, of, field, left, right));
        }
    }

    private static Dictionary<string, double> Totals(long trades, long wins, double pnl) =>
        new() { ["total_trades"] = trades, ["winning_trades"] = wins, ["total_pnl"] = pnl };

    private static Dictionary<string, double> NumbersOf(JsonElement json, params string[] names)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is not a JSON object.");
        return names.ToDictionary(
            static name => name,
            name => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                ? value.GetDouble()
                : throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"{name}: the number is missing.")));
    }

    private static string NameOf(AggregateKind kind) => kind switch
    {
        AggregateKind.Provider => "provider",
        AggregateKind.Regime => "regime",
        _ => "strategy",
    };
}
