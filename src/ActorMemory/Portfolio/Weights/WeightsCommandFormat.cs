using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Wire;
using Google.Protobuf;

namespace ActorMemory.Portfolio;

/// <summary>How commands of weights and their answers travel between nodes: the messages of weights.proto.</summary>
internal sealed class WeightsCommandFormat : ICommandFormat<WeightsCommand>
{
    internal const string FoldManifest = "weights.fold.v1";
    internal const string GetProgressManifest = "weights.get-progress.v1";
    internal const string GetManifest = "weights.get.v1";
    internal const string GetHistoryManifest = "weights.get-history.v1";
    internal const string GetRegretManifest = "weights.get-regret.v1";
    internal const string GetVoteManifest = "weights.get-vote.v1";
    internal const string FoldedManifest = "weights.folded.v1";
    internal const string RefusedManifest = "weights.fold-refused.v1";
    internal const string ProgressManifest = "weights.progress.v1";
    internal const string SetManifest = "weights.set.v1";
    internal const string HistoryManifest = "weights.history.v1";
    internal const string RegretManifest = "weights.regret.v1";
    internal const string VoteManifest = "weights.vote.v1";

    private const string Me = "The memory of weights";

    /// <inheritdoc/>
    public CommandKind KindOf(WeightsCommand command) => command switch
    {
        // The second is refused, with the number that the first has reached: whoever reads on from there misses nothing.
        FoldBook => CommandKind.Repeatable,
        GetWeightsProgress or GetWeights or GetWeightHistory or GetWeightRegret or GetVote => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(WeightsCommand command, IBufferWriter<byte> output)
    {
        var (manifest, message) = command switch
        {
            FoldBook fold => (FoldManifest, MessageOf(fold)),
            GetWeightsProgress => (GetProgressManifest, new NothingMessage()),
            GetWeights weights => (GetManifest, new GetWeightsMessage { Rule = (uint)weights.Rule }),
            GetWeightHistory history => (GetHistoryManifest, new GetWeightsMessage { Rule = (uint)history.Rule, Limit = history.Limit }),
            GetWeightRegret => (GetRegretManifest, new NothingMessage()),
            GetVote vote => (GetVoteManifest, (IMessage)MessageOf(vote)),
            _ => throw FormatFault.NoForm(command),
        };
        ProtobufMessage.Write(message, output);
        return manifest;
    }

    /// <inheritdoc/>
    public WeightsCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case FoldManifest:
                var fold = ProtobufMessage.Read(FoldBookMessage.Parser, payload);
                return new FoldBook(fold.Previous, [.. fold.Folds.Select(BookFoldWire.Of)]);
            case GetProgressManifest:
                ProtobufMessage.Read(NothingMessage.Parser, payload);
                return new GetWeightsProgress();
            case GetManifest:
                return new GetWeights(WeightsAnswerWire.RuleOf(ProtobufMessage.Read(GetWeightsMessage.Parser, payload).Rule));
            case GetHistoryManifest:
                var history = ProtobufMessage.Read(GetWeightsMessage.Parser, payload);
                return new GetWeightHistory(WeightsAnswerWire.RuleOf(history.Rule), history.Limit);
            case GetRegretManifest:
                ProtobufMessage.Read(NothingMessage.Parser, payload);
                return new GetWeightRegret();
            case GetVoteManifest:
                var vote = ProtobufMessage.Read(GetVoteMessage.Parser, payload);
                return new GetVote(WeightsAnswerWire.RuleOf(vote.Rule), [.. vote.Opinions.Select(Of)]);
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        var (manifest, message) = reply switch
        {
            BookFolded folded => (FoldedManifest, MessageOf(folded)),
            FoldRefused refused => (RefusedManifest, new FoldRefusedMessage { Cursor = refused.Cursor }),
            WeightsProgress progress => (ProgressManifest, new WeightsProgressMessage { Cursor = progress.Cursor, Providers = { progress.Providers } }),
            WeightSet set => (SetManifest, WeightsAnswerWire.MessageOf(set)),
            WeightSet[] sets => (HistoryManifest, new WeightHistoryMessage { Sets = { sets.Select(WeightsAnswerWire.MessageOf) } }),
            WeightRegret regret => (RegretManifest, WeightsAnswerWire.MessageOf(regret)),
            Vote vote => (VoteManifest, (IMessage)WeightsAnswerWire.MessageOf(vote)),
            _ => throw FormatFault.NoForm(reply),
        };
        ProtobufMessage.Write(message, output);
        return manifest;
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case FoldedManifest:
                var folded = ProtobufMessage.Read(BookFoldedMessage.Parser, payload);
                return new BookFolded(folded.Cursor, [.. folded.Published.Select(WeightsAnswerWire.Of)]);
            case RefusedManifest:
                return new FoldRefused(ProtobufMessage.Read(FoldRefusedMessage.Parser, payload).Cursor);
            case ProgressManifest:
                var progress = ProtobufMessage.Read(WeightsProgressMessage.Parser, payload);
                return new WeightsProgress(progress.Cursor, [.. progress.Providers]);
            case SetManifest:
                return WeightsAnswerWire.Of(ProtobufMessage.Read(WeightSetMessage.Parser, payload));
            case HistoryManifest:
                return ProtobufMessage.Read(WeightHistoryMessage.Parser, payload).Sets.Select(WeightsAnswerWire.Of).ToArray();
            case RegretManifest:
                return WeightsAnswerWire.Of(ProtobufMessage.Read(WeightRegretMessage.Parser, payload));
            case VoteManifest:
                return WeightsAnswerWire.Of(ProtobufMessage.Read(VoteMessage.Parser, payload));
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    private static FoldBookMessage MessageOf(FoldBook fold) => new() { Previous = fold.Previous, Folds = { fold.Folds.Select(BookFoldWire.MessageOf) } };

    private static BookFoldedMessage MessageOf(BookFolded folded) => new() { Cursor = folded.Cursor, Published = { folded.Published.Select(WeightsAnswerWire.MessageOf) } };

    private static GetVoteMessage MessageOf(GetVote vote)
    {
        var message = new GetVoteMessage { Rule = (uint)vote.Rule };
        foreach (var opinion in vote.Opinions)
        {
            var one = new VoterOpinionMessage { Provider = opinion.Provider };
            if (opinion.Action is { } action)
                one.Action = action;
            if (opinion.Confidence is { } confidence)
                one.Confidence = confidence;
            if (opinion.Amount is { } amount)
                one.Amount = amount;
            message.Opinions.Add(one);
        }

        return message;
    }

    private static VoterOpinion Of(VoterOpinionMessage opinion) => new(
        opinion.Provider,
        opinion.HasAction ? opinion.Action : null,
        opinion.HasConfidence ? opinion.Confidence : null,
        opinion.HasAmount ? opinion.Amount : null);
}
