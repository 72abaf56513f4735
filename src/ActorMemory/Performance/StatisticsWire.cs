using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes and reads the statistics of commands.proto: RollingMetrics, PerformanceSummary and MetaFeatures.</summary>
internal static class StatisticsWire
{
    private const int Conventions = (int)Convention.Prado9 + 1;

    internal static void Write(RollingMetrics rolling, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(MaxSize(rolling)));
        Write(ref writer, rolling);
        output.Advance(writer.Written);
    }

    internal static void Write(PerformanceSummary summary, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(10 * WireWriter.MaxNumber));
        writer.Varint(1, (ulong)summary.Convention);
        writer.Varint(2, (ulong)summary.TotalRecords);
        writer.Double(3, summary.TotalReturn);
        writer.Double(4, summary.AverageReturn);
        writer.Double(5, summary.Sharpe);
        writer.Double(6, summary.Sortino);
        writer.Double(7, summary.MaxDrawdown);
        writer.Double(8, summary.WinRate);
        writer.Double(9, summary.Volatility);
        writer.Varint(10, (ulong)summary.NonFinite);
        output.Advance(writer.Written);
    }

    internal static void Write(MetaFeatures features, IBufferWriter<byte> output)
    {
        var size = (14 * WireWriter.MaxNumber) + MaxSize(features.Rolling) + (features.RecentReturns.Length * sizeof(double))
            + WireWriter.MaxText(features.Regime) + WireWriter.MaxText(features.Horizon);
        var writer = new WireWriter(output.GetSpan(size));
        writer.Varint(1, (ulong)features.Convention);
        var start = writer.Begin(2);
        Write(ref writer, features.Rolling);
        writer.End(start);
        writer.Doubles(3, features.RecentReturns.Span);
        writer.Double(4, features.MetaAccuracy);
        writer.Double(5, features.WfoSharpe);
        writer.Double(6, features.Volatility);
        writer.Text(7, features.Regime);
        writer.Text(8, features.Horizon);
        writer.Flag(9, features.HorizonIsNumber);
        writer.Double(10, features.BanditConfidence);
        writer.Double(11, features.ForecastDispersion);
        writer.Double(12, features.CorrelationToEnsemble);
        writer.Varint(13, (ulong)features.NonFinite);
        writer.Varint(14, (ulong)features.NonFinitePairs);
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static RollingMetrics ReadRolling(ReadOnlySpan<byte> payload)
    {
        var convention = Convention.ActorMemory;
        Span<double> values = stackalloc double[7];
        values.Clear();
        double[] returns = [];
        var nonFinite = 0;
        var reader = new WireReader(payload, "The message RollingMetrics");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: convention = (Convention)reader.Choice(Conventions); break;
                case >= 2 and <= 6: values[reader.Field] = reader.Double(); break;
                case 7: returns = reader.DoubleColumn(); break;
                case 8: nonFinite = reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }

        return new RollingMetrics(convention, values[2], values[3], values[4], values[5], values[6], returns, nonFinite);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static PerformanceSummary ReadSummary(ReadOnlySpan<byte> payload)
    {
        var convention = Convention.ActorMemory;
        Span<double> values = stackalloc double[10];
        values.Clear();
        int total = 0, nonFinite = 0;
        var reader = new WireReader(payload, "The message PerformanceSummary");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: convention = (Convention)reader.Choice(Conventions); break;
                case 2: total = reader.Int32(); break;
                case >= 3 and <= 9: values[reader.Field] = reader.Double(); break;
                case 10: nonFinite = reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }

        return new PerformanceSummary(
            convention, total, values[3], values[4], values[5], values[6], values[7], values[8], values[9], nonFinite);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static MetaFeatures ReadFeatures(ReadOnlySpan<byte> payload)
    {
        var convention = Convention.ActorMemory;
        ReadOnlySpan<byte> rolling = default;
        double[] returns = [];
        Span<double> values = stackalloc double[13];
        values.Clear();
        string regime = "", horizon = "";
        var horizonIsNumber = false;
        int nonFinite = 0, nonFinitePairs = 0;
        var reader = new WireReader(payload, "The message MetaFeatures");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: convention = (Convention)reader.Choice(Conventions); break;
                case 2: rolling = reader.Bytes(); break;
                case 3: returns = reader.DoubleColumn(); break;
                case >= 4 and <= 6 or >= 10 and <= 12: values[reader.Field] = reader.Double(); break;
                case 7: regime = reader.Text(); break;
                case 8: horizon = reader.Text(); break;
                case 9: horizonIsNumber = reader.Flag(); break;
                case 13: nonFinite = reader.Int32(); break;
                case 14: nonFinitePairs = reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }

        return new MetaFeatures(
            convention, ReadRolling(rolling), returns, values[4], values[5], values[6], regime, horizon, horizonIsNumber, values[10], values[11],
            values[12], nonFinite, nonFinitePairs);
    }

    private static int MaxSize(RollingMetrics rolling) =>
        (8 * WireWriter.MaxNumber) + (rolling.RecentReturns.Length * sizeof(double));

    private static void Write(ref WireWriter writer, RollingMetrics rolling)
    {
        writer.Varint(1, (ulong)rolling.Convention);
        writer.Double(2, rolling.RollingSharpe);
        writer.Double(3, rolling.RollingSortino);
        writer.Double(4, rolling.RollingDrawdown);
        writer.Double(5, rolling.RollingWinRate);
        writer.Double(6, rolling.RollingVolatility);
        writer.Doubles(7, rolling.RecentReturns.Span);
        writer.Varint(8, (ulong)rolling.NonFinite);
    }
}
