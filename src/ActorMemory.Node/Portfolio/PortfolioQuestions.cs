using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using ActorMemory.KnownTime;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>Questions to the portfolio memory of a node in another process, about now or a moment in the past.</summary>
internal class PortfolioQuestions(NodeConnection node, KnownMoment? moment) : IPortfolioReader
{
    /// <summary>As many as there are.</summary>
    public const int All = 1_000_000_000;

    private protected NodeConnection Node { get; } = node;

    public async Task<IReadOnlyList<PortfolioName>> GetPortfoliosAsync(CancellationToken cancellationToken = default)
    {
        var answer = await GetAsync("/v1/portfolio", [], cancellationToken);
        return [.. answer.GetProperty("portfolios").EnumerateArray().Select(static name => new PortfolioName(name.GetString() ?? ""))];
    }

    public async Task<IReadOnlyList<StoredOutcome>> GetOutcomesAsync(
        PortfolioName portfolio, OutcomeFilter filter, int limit = 100, CancellationToken cancellationToken = default) =>
        PortfolioAnswers.ReadList<StoredOutcome>(
            await GetAsync(
                Address(portfolio, "outcomes"),
                [
                    ("asset", filter.AssetPair), ("provider", filter.Provider), ("regime", filter.Regime), ("profitable", Text(filter.WasProfitable)),
                    ("from", filter.From?.ToString()), ("until", filter.Until?.ToString()), ("limit", Text(limit)),
                ],
                cancellationToken),
            "outcomes");

    public async Task<StoredDecision?> GetDecisionAsync(PortfolioName portfolio, string decisionId, CancellationToken cancellationToken = default)
    {
        using var answer = await Node.SendAsync(HttpMethod.Get, PathOf(Address(portfolio, "decisions"), [("id", decisionId)]), null, cancellationToken);
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound && await NodeConnection.CodeOfAsync(answer, cancellationToken) == PortfolioProblem.NotFoundCode)
            return null;
        await Node.ThrowUnlessOkAsync(answer, cancellationToken);
        using var document = await NodeConnection.ReadAsync(answer, cancellationToken);
        return PortfolioJson.ReadAnswer<StoredDecision>(document.RootElement);
    }

    public Task<IReadOnlyList<ProviderStatistics>> GetProvidersAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        ListAsync<ProviderStatistics>(portfolio, "providers", "providers", [], cancellationToken);

    public Task<IReadOnlyList<RegimeStatistics>> GetRegimesAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        ListAsync<RegimeStatistics>(portfolio, "regimes", "regimes", [], cancellationToken);

    public Task<IReadOnlyList<StrategyStatistics>> GetStrategiesAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        ListAsync<StrategyStatistics>(portfolio, "strategies", "strategies", [], cancellationToken);

    public Task<VetoStatistics> GetVetoesAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        OneAsync<VetoStatistics>(portfolio, "vetoes", [], cancellationToken);

    public Task<WeightSet> GetWeightsAsync(PortfolioName portfolio, WeightRule rule = WeightRule.Evidence, CancellationToken cancellationToken = default) =>
        OneAsync<WeightSet>(portfolio, "weights", [("rule", rule.ToName())], cancellationToken);

    public Task<IReadOnlyList<WeightSet>> GetWeightHistoryAsync(
        PortfolioName portfolio, WeightRule rule = WeightRule.Evidence, int limit = 20, CancellationToken cancellationToken = default) =>
        ListAsync<WeightSet>(portfolio, "weights/history", "weights", [("rule", rule.ToName()), ("limit", Text(limit))], cancellationToken);

    public Task<WeightRegret> GetWeightRegretAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        OneAsync<WeightRegret>(portfolio, "weights/regret", [], cancellationToken);

    public async Task<Vote> VoteAsync(
        PortfolioName portfolio, IReadOnlyDictionary<string, ProviderOpinion> opinions, WeightRule rule = WeightRule.Evidence,
        CancellationToken cancellationToken = default) =>
        PortfolioJson.ReadAnswer<Vote>(await PostAsync(portfolio, "vote", [("rule", rule.ToName())], new VoteBody(opinions), cancellationToken));

    public Task<IReadOnlyList<StoredSnapshot>> GetSnapshotsAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        ListAsync<StoredSnapshot>(portfolio, "snapshots", "snapshots", [], cancellationToken);

    public Task<PortfolioSnapshot> AnalyzeAsync(PortfolioName portfolio, int? windowDays = null, CancellationToken cancellationToken = default) =>
        OneAsync<PortfolioSnapshot>(portfolio, "analyze", [("window_days", windowDays is { } days ? Text(days) : null)], cancellationToken);

    public Task<VetoEffectiveness> GetVetoEffectivenessAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        OneAsync<VetoEffectiveness>(portfolio, "vetoes/effectiveness", [], cancellationToken);

    public Task<RollingCosts> GetCostsAsync(PortfolioName portfolio, int window = RollingCosts.DefaultWindow, CancellationToken cancellationToken = default) =>
        OneAsync<RollingCosts>(portfolio, "costs", [("window", Text(window))], cancellationToken);

    public Task<KellyCheck> CheckKellyAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        OneAsync<KellyCheck>(portfolio, "kelly", [], cancellationToken);

    public Task<LearningReport> GetLearningAsync(PortfolioName portfolio, string? assetPair = null, CancellationToken cancellationToken = default) =>
        OneAsync<LearningReport>(portfolio, "learning", [("asset", assetPair)], cancellationToken);

    public async Task<IReadOnlyList<SimilarRecord>> FindSimilarAsync(PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken = default) =>
        PortfolioAnswers.ReadList<SimilarRecord>(await PostAsync(portfolio, "similar", [], SimilarBody.Of(query), cancellationToken), "similar");

    public async Task<DecisionContext> GetContextAsync(PortfolioName portfolio, ContextQuery query, CancellationToken cancellationToken = default) =>
        PortfolioAnswers.ReadContext(await PostAsync(portfolio, "context", [], query, cancellationToken));

    private protected static string Address(PortfolioName portfolio, string what) => $"/v1/portfolio/{Uri.EscapeDataString(portfolio.ToString())}/{what}";

    private protected async Task<JsonElement> PostAsync<T>(
        PortfolioName portfolio, string what, IEnumerable<(string Name, string? Value)> query, T body, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, PortfolioJson.TypeOf<T>()))
        {
            Headers = { ContentType = new MediaTypeHeaderValue(Answer.Json) },
        };
        return await Node.AskAsync(HttpMethod.Post, PathOf(Address(portfolio, what), query), content, cancellationToken);
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        PortfolioName portfolio, string what, string name, IEnumerable<(string Name, string? Value)> query, CancellationToken cancellationToken) =>
        PortfolioAnswers.ReadList<T>(await GetAsync(Address(portfolio, what), query, cancellationToken), name);

    private async Task<T> OneAsync<T>(
        PortfolioName portfolio, string what, IEnumerable<(string Name, string? Value)> query, CancellationToken cancellationToken) =>
        PortfolioJson.ReadAnswer<T>(await GetAsync(Address(portfolio, what), query, cancellationToken));

    private Task<JsonElement> GetAsync(string address, IEnumerable<(string Name, string? Value)> query, CancellationToken cancellationToken) =>
        Node.GetAsync(PathOf(address, query), cancellationToken);

    private string PathOf(string address, IEnumerable<(string Name, string? Value)> query)
    {
        var known = new (string Name, string? Value)[]
        {
            ("as_of", moment?.Time?.ToString()), ("at", moment?.Ordering?.ToString(CultureInfo.InvariantCulture)),
        };
        var given = query.Concat(known).Where(static pair => pair.Value is not null).Select(static pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value ?? "")}");
        var text = string.Join('&', given);
        return text.Length == 0 ? address : $"{address}?{text}";
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Text(bool? value) => value is { } flag ? (flag ? "true" : "false") : null;
}
