using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Portfolio;

/// <summary>How commands of providers and their answers travel between nodes: the messages of providers.proto.</summary>
internal sealed class ProviderCommandFormat : ICommandFormat<ProviderCommand>
{
    internal const string ScoreManifest = "provider.score.v1";
    internal const string GetManifest = "provider.get.v1";
    internal const string FoldedManifest = "provider.folded.v1";
    internal const string StatisticsManifest = "provider.statistics.v1";

    private const string Me = "The memory of providers";

    /// <inheritdoc/>
    public CommandKind KindOf(ProviderCommand command) => command switch
    {
        // Events that are known already count nothing.
        ScoreProvider => CommandKind.Repeatable,
        GetProvider => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(ProviderCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case ScoreProvider score:
                var message = new ScoreProviderMessage();
                foreach (var one in score.Scores)
                    message.Scores.Add(MessageOf(one));
                ProtobufMessage.Write(message, output);
                return ScoreManifest;
            case GetProvider:
                return GetManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public ProviderCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case ScoreManifest:
                return new ScoreProvider([.. ProtobufMessage.Read(ScoreProviderMessage.Parser, payload).Scores.Select(static one => new ProviderScore(
                    one.Cursor, one.IsOwn, one.IsWin, one.Pnl, one.HasConfidence ? one.Confidence : null))]);
            case GetManifest:
                ProtobufMessage.Read(GetProviderMessage.Parser, payload);
                return new GetProvider();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case ProviderFolded folded:
                ProtobufMessage.Write(new ProviderFoldedMessage { Cursor = folded.Cursor }, output);
                return FoldedManifest;
            case ProviderStatistics statistics:
                var totals = new ProviderTotals(
                    statistics.TotalTrades, statistics.WinningTrades, statistics.TotalPnl, statistics.OwnTrades, statistics.OwnPnl);
                ProtobufMessage.Write(
                    new ProviderAnswerMessage { Provider = statistics.Provider, Totals = ProviderWire.MessageOf(0, totals, statistics.Calibration) }, output);
                return StatisticsManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case FoldedManifest:
                return new ProviderFolded(ProtobufMessage.Read(ProviderFoldedMessage.Parser, payload).Cursor);
            case StatisticsManifest:
                var answer = ProtobufMessage.Read(ProviderAnswerMessage.Parser, payload);
                var message = answer.Totals ?? new ProviderTotalsMessage();
                var totals = ProviderWire.TotalsOf(message);
                return new ProviderStatistics(
                    answer.Provider, totals.Trades, totals.Wins, totals.Pnl, totals.OwnTrades, totals.OwnPnl, ProviderWire.CellsOf(message));
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    private static ProviderScoreMessage MessageOf(ProviderScore score)
    {
        var message = new ProviderScoreMessage { Cursor = score.Cursor, IsOwn = score.IsOwn, IsWin = score.IsWin, Pnl = score.Pnl };
        if (score.Confidence is { } confidence)
            message.Confidence = confidence;
        return message;
    }
}
