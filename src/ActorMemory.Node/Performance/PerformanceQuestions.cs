using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ActorMemory.KnownTime;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>Asks a node in another process over HTTP, as of now or of a moment in the past.</summary>
/// <param name="node">The connection.</param>
/// <param name="moment">The moment; null for now.</param>
internal class PerformanceQuestions(NodeConnection node, KnownMoment? moment) : IPerformanceReader
{
    // A record that a node sends has about 600 bytes, and a few thousand where every name is as long as it may be.
    private const int MaxLine = 64 * 1024;

    /// <inheritdoc/>
    public async Task<RollingMetrics> GetRollingMetricsAsync(
        PerformanceKey key, int window, Convention convention, CancellationToken cancellationToken) =>
        AnswerReader.Rolling(await GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"/v1/performance/rolling?{Of(key)}&window={window}&convention={convention.ToName()}"),
            cancellationToken));

    /// <inheritdoc/>
    public async Task<PerformanceSummary> GetSummaryAsync(PerformanceKey key, Convention convention, CancellationToken cancellationToken) =>
        AnswerReader.Summary(await GetAsync($"/v1/performance/summary?{Of(key)}&convention={convention.ToName()}", cancellationToken));

    /// <inheritdoc/>
    public async Task<MetaFeatures> GetMetaFeaturesAsync(PerformanceKey key, Convention convention, CancellationToken cancellationToken) =>
        AnswerReader.Features(await GetAsync($"/v1/performance/features?{Of(key)}&convention={convention.ToName()}", cancellationToken));

    /// <inheritdoc/>
    public async Task<LatestRecord> GetLatestAsync(PerformanceKey key, CancellationToken cancellationToken = default)
    {
        using var answer = await node.SendAsync(HttpMethod.Get, At($"/v1/performance/latest?{Of(key)}"), null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound && await NodeConnection.CodeOfAsync(answer, cancellationToken) == "no_records")
            return new LatestRecord(0, null);

        await node.ThrowUnlessOkAsync(answer, cancellationToken);
        var parser = new RecordParser();
        var record = Parse(parser, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return new LatestRecord(parser.SequenceNumber, record);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRecord> GetRecordsAsync(
        PerformanceKey key, long after, long limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/v1/performance/records?{Of(key)}&after={after}&limit={limit}");
        using var answer = await node.SendAsync(HttpMethod.Get, At(path), null, cancellationToken);
        await node.ThrowUnlessOkAsync(answer, cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var window = new ByteWindow(body, MaxLine * 2);
        var lines = new LineReader(window, MaxLine);
        var parser = new RecordParser();
        do
        {
            while (lines.TryNext(out var line))
            {
                var record = Parse(parser, line.Text);
                yield return new StoredRecord(parser.SequenceNumber, parser.KnownAt, record);
            }
        }
        while (await lines.FillAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeyDescription>> GetKeysAsync(KeyFilter filter, CancellationToken cancellationToken = default) =>
        AnswerReader.Keys(await GetAsync("/v1/performance/keys?" + Of(filter), cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PerformanceAggregate>> AggregateAsync(
        KeyPart by, KeyFilter filter, CancellationToken cancellationToken = default) =>
        AnswerReader.Aggregates(
            await GetAsync($"/v1/performance/aggregate?by={AnswerWriter.NameOf(by)}&{Of(filter)}", cancellationToken), by);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeaderboardEntry>> GetTopAsync(LeaderboardQuery query, CancellationToken cancellationToken = default) =>
        AnswerReader.Top(await GetAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"/v1/performance/top?by={query.Metric.ToName()}&n={query.Count}&min_records={query.MinimumRecords}"
                + $"&order={(query.Ascending ? "asc" : "desc")}&window={query.Window}&convention={query.Convention.ToName()}&{Of(query.Filter)}"),
            cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PruningRun>> GetPruningRunsAsync(CancellationToken cancellationToken = default) =>
        AnswerReader.Prunes(await GetAsync("/v1/performance/prunes", cancellationToken));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImportProgress>> GetImportsAsync(CancellationToken cancellationToken = default) =>
        AnswerReader.Imports(await GetAsync("/v1/performance/imports", cancellationToken));

    private protected static IEnumerable<(string Name, string Value)> PartsOf(KeyFilter filter)
    {
        if (filter.Strategy is { } strategy)
            yield return ("strategy", strategy);
        if (filter.StrategyPrefix is { } prefix)
            yield return ("prefix", prefix);
        if (filter.Regime is { } regime)
            yield return ("regime", regime);
        if (filter.Horizon is { } horizon)
            yield return ("horizon", horizon);
    }

    private PerformanceRecord Parse(RecordParser parser, ReadOnlyMemory<byte> text) =>
        parser.Parse(text.Span, out var fault)
        ?? throw new NodeProblemException($"{node}: it sent a record that is none: {fault?.Message}", isRetryable: false);

    private static string Of(PerformanceKey key) =>
        $"strategy={Uri.EscapeDataString(key.Strategy)}&regime={Uri.EscapeDataString(key.Regime)}&horizon={Uri.EscapeDataString(key.Horizon)}";

    private static string Of(KeyFilter filter) =>
        string.Join('&', PartsOf(filter).Select(static part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));

    private Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => node.GetAsync(At(path), cancellationToken);

    private string At(string path) => moment switch
    {
        { Time: { } time } => string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Contains('?') ? '&' : '?')}as_of={time.Value}"),
        { Ordering: { } ordering } => string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Contains('?') ? '&' : '?')}at={ordering}"),
        _ => path,
    };
}
