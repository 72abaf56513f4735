using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>How the answers of performance keys travel between nodes: the replies of commands.proto.</summary>
internal static class PerformanceReplies
{
    internal const string AcknowledgedManifest = "performance.records-acknowledged.v1";
    internal const string RejectedManifest = "performance.rejected.v1";
    internal const string RollingMetricsManifest = "performance.rolling-metrics.v1";
    internal const string SummaryManifest = "performance.summary.v1";
    internal const string MetaFeaturesManifest = "performance.meta-features.v1";
    internal const string LatestManifest = "performance.latest-record.v1";
    internal const string MetricValueManifest = "performance.metric-value.v1";
    internal const string DescriptionManifest = "performance.key-description.v1";
    internal const string PrunedManifest = "performance.records-pruned-reply.v1";

    internal static string Write(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case RecordsAcknowledged acknowledged:
                ReceiptsWire.Write(acknowledged, output);
                return AcknowledgedManifest;
            case PerformanceRejected rejected:
                PerformanceRejectedWire.Write(rejected, output);
                return RejectedManifest;
            case RollingMetrics rolling:
                StatisticsWire.Write(rolling, output);
                return RollingMetricsManifest;
            case PerformanceSummary summary:
                StatisticsWire.Write(summary, output);
                return SummaryManifest;
            case MetaFeatures features:
                StatisticsWire.Write(features, output);
                return MetaFeaturesManifest;
            case LatestRecord latest:
                AddRecordsWire.Write(latest, output);
                return LatestManifest;
            case MetricValue metric:
                Write(metric, output);
                return MetricValueManifest;
            case KeyDescription description:
                Write(description, output);
                return DescriptionManifest;
            case RecordsPrunedReply pruned:
                WireNumbers.Write(output, pruned.Pruned);
                return PrunedManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    internal static object Read(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        AcknowledgedManifest => ReceiptsWire.Read(payload),
        RejectedManifest => PerformanceRejectedWire.Read(payload),
        RollingMetricsManifest => StatisticsWire.ReadRolling(payload),
        SummaryManifest => StatisticsWire.ReadSummary(payload),
        MetaFeaturesManifest => StatisticsWire.ReadFeatures(payload),
        LatestManifest => AddRecordsWire.ReadLatest(payload),
        MetricValueManifest => ReadMetric(payload),
        DescriptionManifest => ReadDescription(payload),
        PrunedManifest => new RecordsPrunedReply(new WireNumbers(payload, "The message RecordsPrunedReply", 1).Int64(1)),
        _ => throw FormatFault.UnknownManifest("The performance memory", manifest),
    };

    private static void Write(MetricValue metric, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(2 * WireWriter.MaxNumber));
        writer.Double(1, metric.Value);
        writer.Varint(2, (ulong)metric.Records);
        output.Advance(writer.Written);
    }

    private static MetricValue ReadMetric(ReadOnlySpan<byte> payload)
    {
        double value = 0;
        var records = 0;
        var reader = new WireReader(payload, "The message MetricValue");
        while (reader.Next())
        {
            if (reader.Field == 1)
                value = reader.Double();
            else if (reader.Field == 2)
                records = reader.Int32();
            else
                reader.Skip();
        }

        return new MetricValue(value, records);
    }

    private static void Write(KeyDescription description, IBufferWriter<byte> output)
    {
        var key = KeyNames.Of(description.Key);
        var writer = new WireWriter(output.GetSpan(key.MaxSize + (4 * WireWriter.MaxNumber)));
        key.Write(ref writer, 1);
        writer.Varint(2, (ulong)description.Records);
        writer.Varint(3, (ulong)description.TotalRecords);
        writer.Varint(4, (ulong)description.FirstRecordNumber);
        if (description.Latest is { } latest)
            writer.Present(5, (ulong)latest.Value);
        output.Advance(writer.Written);
    }

    private static KeyDescription ReadDescription(ReadOnlySpan<byte> payload)
    {
        var names = KeyNames.None;
        var records = 0;
        long total = 0, first = 0;
        UnixNanoseconds? latest = null;
        var reader = new WireReader(payload, "The message KeyDescription");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: names = KeyNames.Read(reader.Bytes()); break;
                case 2: records = reader.Int32(); break;
                case 3: total = (long)reader.Varint(); break;
                case 4: first = (long)reader.Varint(); break;
                case 5: latest = new UnixNanoseconds((long)reader.Varint()); break;
                default: reader.Skip(); break;
            }
        }

        return PerformanceKey.TryCreate(names.Strategy, names.Regime, names.Horizon, out var key, out var fault)
            ? new KeyDescription(key, records, total, first, latest)
            : throw reader.Fault($"names no key: {fault}");
    }
}
