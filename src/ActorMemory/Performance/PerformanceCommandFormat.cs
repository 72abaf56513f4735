using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>How commands of performance keys and their answers travel between nodes: the Protobuf messages of commands.proto.</summary>
internal sealed class PerformanceCommandFormat : ICommandFormat<PerformanceCommand>
{
    internal const string AddRecordsManifest = "performance.add-records.v1";
    internal const string GetRollingMetricsManifest = "performance.get-rolling-metrics.v1";
    internal const string GetSummaryManifest = "performance.get-summary.v1";
    internal const string GetMetaFeaturesManifest = "performance.get-meta-features.v1";
    internal const string GetLatestManifest = "performance.get-latest.v1";
    internal const string GetMetricValueManifest = "performance.get-metric-value.v1";
    internal const string DescribeKeyManifest = "performance.describe-key.v1";
    internal const string PruneRecordsManifest = "performance.prune-records.v1";

    private const string Me = "The performance memory";
    private const int Conventions = (int)Convention.Prado9 + 1;
    private const int Metrics = (int)LeaderboardMetric.RollingVolatility + 1;

    /// <inheritdoc/>
    public CommandKind KindOf(PerformanceCommand command) => command switch
    {
        // A line of a file is known for ever, an id for a minute: longer than a node waits before it sends again, as its caller would.
        AddRecords => CommandKind.Repeatable,
        // The second of two would also drop what was added in between, and it answers that nothing was dropped.
        PruneRecords => CommandKind.Once,
        GetRollingMetrics or GetSummary or GetMetaFeatures or GetLatest or GetMetricValue or DescribeKey => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(PerformanceCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case AddRecords add:
                AddRecordsWire.Write(add, output);
                return AddRecordsManifest;
            case GetRollingMetrics query:
                WireNumbers.Write(output, query.Window, (long)query.Convention);
                return GetRollingMetricsManifest;
            case GetSummary query:
                WireNumbers.Write(output, (long)query.Convention);
                return GetSummaryManifest;
            case GetMetaFeatures query:
                WireNumbers.Write(output, (long)query.Convention, query.HorizonIsNumber ? 1 : 0);
                return GetMetaFeaturesManifest;
            case GetLatest:
                return GetLatestManifest;
            case GetMetricValue query:
                WireNumbers.Write(output, (long)query.Metric, query.Window, (long)query.Convention);
                return GetMetricValueManifest;
            case DescribeKey:
                return DescribeKeyManifest;
            case PruneRecords prune:
                WireNumbers.Write(output, prune.MaxRecordsPerKey);
                return PruneRecordsManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public PerformanceCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case AddRecordsManifest:
                return AddRecordsWire.Read(payload);
            case GetRollingMetricsManifest:
                var rolling = new WireNumbers(payload, "The message GetRollingMetrics", 2);
                return new GetRollingMetrics(rolling.Int32(1), (Convention)rolling.Choice(2, Conventions));
            case GetSummaryManifest:
                return new GetSummary((Convention)new WireNumbers(payload, "The message GetSummary", 1).Choice(1, Conventions));
            case GetMetaFeaturesManifest:
                var features = new WireNumbers(payload, "The message GetMetaFeatures", 2);
                return new GetMetaFeatures((Convention)features.Choice(1, Conventions), features.Flag(2));
            case GetLatestManifest:
                _ = new WireNumbers(payload, "The message GetLatest", 0);
                return new GetLatest();
            case GetMetricValueManifest:
                var metric = new WireNumbers(payload, "The message GetMetricValue", 3);
                return new GetMetricValue(
                    (LeaderboardMetric)metric.Choice(1, Metrics), metric.Int32(2), (Convention)metric.Choice(3, Conventions));
            case DescribeKeyManifest:
                _ = new WireNumbers(payload, "The message DescribeKey", 0);
                return new DescribeKey();
            case PruneRecordsManifest:
                return new PruneRecords(new WireNumbers(payload, "The message PruneRecords", 1).Int32(1));
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output) => PerformanceReplies.Write(reply, output);

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload) => PerformanceReplies.Read(manifest, payload);
}
