using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Retention;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Travel;

/// <summary>One entity type as it travels: its format without the type of its commands, and everything it can be told and can answer.</summary>
internal sealed record TravelFormat(
    string Name,
    IReadOnlyList<Type> Commands,
    IReadOnlyList<Type> Replies,
    Func<object, CommandKind> KindOf,
    Func<object, IBufferWriter<byte>, string> WriteCommand,
    Func<string, byte[], object> ReadCommand,
    Func<object, IBufferWriter<byte>, string> WriteReply,
    Func<string, byte[], object> ReadReply)
{
    internal static IReadOnlyList<TravelFormat> All { get; } =
    [
        Of(
            new PerformanceCommandFormat(), typeof(RecordsAcknowledged), typeof(PerformanceRejected), typeof(RollingMetrics), typeof(PerformanceSummary),
            typeof(MetaFeatures), typeof(LatestRecord), typeof(MetricValue), typeof(KeyDescription), typeof(RecordsPrunedReply)),
        Of(new ImportLedgerCommandFormat(), typeof(ImportProgress), typeof(ImportKnown), typeof(PerformanceRejected)),
        Of(new PruningLogCommandFormat(), typeof(PruningRun), typeof(PruningRun[])),
        Of(new LegalHoldCommandFormat(), typeof(LegalHold), typeof(LegalHold[]), typeof(LegalHoldRefused)),
        Of(new AuditCommandFormat(), typeof(AuditEntry), typeof(SegmentEntries), typeof(SegmentFull)),
        Of(new SettingsCommandFormat(), typeof(SettingsDifferences)),
        Of(new ProviderCommandFormat(), typeof(ProviderFolded), typeof(ProviderStatistics)),
        Of(
            new WeightsCommandFormat(), typeof(BookFolded), typeof(FoldRefused), typeof(WeightsProgress), typeof(WeightSet), typeof(WeightSet[]),
            typeof(WeightRegret), typeof(Vote)),
        Of(
            new BookCommandFormat(), typeof(DecisionNoted), typeof(OutcomeNoted), typeof(StoredSnapshot), typeof(BookView), typeof(BookHead), typeof(DecisionFound),
            typeof(BookRejected)),
        Of(new VectorCommandFormat(), typeof(StoreReceipt), typeof(SimilarFound), typeof(VectorCount), typeof(VectorsRefused)),
        Of(new VectorIndexCommandFormat(), typeof(VectorIndex), typeof(VectorsRefused)),
    ];

    internal static TravelFormat For<TCommand>() => All.Single(format => format.Name == typeof(TCommand).Name);

    /// <summary>All messages of all formats.</summary>
    internal static IEnumerable<(TravelFormat Format, Type Message, bool IsReply)> Messages =>
        from format in All
        from message in format.Commands.Select(static type => (type, false)).Concat(format.Replies.Select(static type => (type, true)))
        select (format, message.type, message.Item2);

    internal (string Manifest, byte[] Payload) Write(object message, bool isReply)
    {
        var output = new ArrayBufferWriter<byte>();
        var manifest = isReply ? WriteReply(message, output) : WriteCommand(message, output);
        return (manifest, output.WrittenSpan.ToArray());
    }

    internal object Read(string manifest, byte[] payload, bool isReply) =>
        isReply ? ReadReply(manifest, payload) : ReadCommand(manifest, payload);

    private static TravelFormat Of<TCommand>(ICommandFormat<TCommand> format, params IReadOnlyList<Type> replies)
        where TCommand : class => new(
            typeof(TCommand).Name,
            [.. typeof(TCommand).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(TCommand)))],
            replies,
            command => format.KindOf((TCommand)command),
            (command, output) => format.WriteCommand((TCommand)command, output),
            (manifest, payload) => format.ReadCommand(manifest, payload),
            format.WriteReply,
            (manifest, payload) => format.ReadReply(manifest, payload));
}
