using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Portfolio;

/// <summary>How commands of a portfolio's book and their answers travel between nodes: the messages of book.proto.</summary>
internal sealed class BookCommandFormat : ICommandFormat<BookCommand>
{
    internal const string NoteDecisionManifest = "portfolio.note-decision.v1";
    internal const string NoteExitManifest = "portfolio.note-exit.v1";
    internal const string NoteOutcomeManifest = "portfolio.note-outcome.v1";
    internal const string KeepSnapshotManifest = "portfolio.keep-snapshot.v1";
    internal const string GetBookManifest = "portfolio.get-book.v1";
    internal const string GetHeadManifest = "portfolio.get-head.v1";
    internal const string GetDecisionManifest = "portfolio.get-decision.v1";
    internal const string DecisionNotedManifest = "portfolio.decision-noted.v1";
    internal const string OutcomeNotedManifest = "portfolio.outcome-noted.v1";
    internal const string SnapshotManifest = "portfolio.snapshot.v1";
    internal const string ViewManifest = "portfolio.view.v1";
    internal const string HeadManifest = "portfolio.head.v1";
    internal const string DecisionFoundManifest = "portfolio.decision-found.v1";
    internal const string RejectedManifest = "portfolio.rejected.v1";

    private const string Me = "The portfolio memory";

    /// <inheritdoc/>
    public CommandKind KindOf(BookCommand command) => command switch
    {
        // Ids make the second time the same as the first.
        NoteDecision or NoteExit or NoteOutcome or KeepSnapshot => CommandKind.Repeatable,
        GetBook or GetBookHead or GetDecision => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(BookCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case NoteDecision note:
                ProtobufMessage.Write(DecisionWire.ToMessage(note.Decision), output);
                return NoteDecisionManifest;
            case NoteExit note:
                ProtobufMessage.Write(ExitWire.ToMessage(note.Exit), output);
                return NoteExitManifest;
            case NoteOutcome note:
                ProtobufMessage.Write(OutcomeWire.ToMessage(note.Outcome), output);
                return NoteOutcomeManifest;
            case KeepSnapshot keep:
                ProtobufMessage.Write(SnapshotWire.ToMessage(keep.Snapshot), output);
                return KeepSnapshotManifest;
            case GetBook:
                return GetBookManifest;
            case GetBookHead:
                return GetHeadManifest;
            case GetDecision find:
                ProtobufMessage.Write(new GetDecisionMessage { Id = find.Id }, output);
                return GetDecisionManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public BookCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        NoteDecisionManifest => new NoteDecision(DecisionWire.FromMessage(ProtobufMessage.Read(DecisionMessage.Parser, payload))),
        NoteExitManifest => new NoteExit(ExitWire.FromMessage(ProtobufMessage.Read(ExitMessage.Parser, payload))),
        NoteOutcomeManifest => new NoteOutcome(OutcomeWire.FromMessage(ProtobufMessage.Read(OutcomeMessage.Parser, payload))),
        KeepSnapshotManifest => new KeepSnapshot(SnapshotWire.FromMessage(ProtobufMessage.Read(SnapshotMessage.Parser, payload))),
        GetBookManifest => new GetBook(),
        GetHeadManifest => new GetBookHead(),
        GetDecisionManifest => new GetDecision(ProtobufMessage.Read(GetDecisionMessage.Parser, payload).Id),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case DecisionNoted noted:
                ProtobufMessage.Write(
                    new DecisionNotedMessage { Number = noted.Receipt.Number, IsNew = noted.Receipt.IsNew, SequenceNumber = noted.SequenceNumber }, output);
                return DecisionNotedManifest;
            case OutcomeNoted noted:
                ProtobufMessage.Write(
                    new OutcomeNotedMessage
                    {
                        Number = noted.Receipt.Number,
                        IsNew = noted.Receipt.IsNew,
                        Outcome = OutcomeWire.ToMessage(noted.Receipt.Outcome),
                        SequenceNumber = noted.SequenceNumber,
                    },
                    output);
                return OutcomeNotedManifest;
            case StoredSnapshot stored:
                ProtobufMessage.Write(SnapshotWire.ToMessage(stored), output);
                return SnapshotManifest;
            case BookView view:
                ProtobufMessage.Write(BookViewWire.ToMessage(view), output);
                return ViewManifest;
            case BookHead head:
                ProtobufMessage.Write(new BookHeadMessage { SequenceNumber = head.SequenceNumber }, output);
                return HeadManifest;
            case DecisionFound found:
                ProtobufMessage.Write(
                    found.Decision is { } decision ? new DecisionFoundMessage { Decision = BookStateWire.ToMessage(decision) } : new DecisionFoundMessage(), output);
                return DecisionFoundManifest;
            case BookRejected rejected:
                ProtobufMessage.Write(new BookRejectedMessage { Error = (int)rejected.Error, Message = rejected.Message }, output);
                return RejectedManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        DecisionNotedManifest => ReadNoted(ProtobufMessage.Read(DecisionNotedMessage.Parser, payload)),
        OutcomeNotedManifest => ReadNoted(ProtobufMessage.Read(OutcomeNotedMessage.Parser, payload)),
        SnapshotManifest => SnapshotWire.FromMessage(ProtobufMessage.Read(SnapshotKeptMessage.Parser, payload)),
        ViewManifest => BookViewWire.FromMessage(ProtobufMessage.Read(BookViewMessage.Parser, payload)),
        HeadManifest => new BookHead(ProtobufMessage.Read(BookHeadMessage.Parser, payload).SequenceNumber),
        DecisionFoundManifest => new DecisionFound(
            ProtobufMessage.Read(DecisionFoundMessage.Parser, payload).Decision is { } found ? BookStateWire.FromMessage(found) : null),
        RejectedManifest => ReadRejected(ProtobufMessage.Read(BookRejectedMessage.Parser, payload)),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };

    private static DecisionNoted ReadNoted(DecisionNotedMessage message) =>
        new(new DecisionReceipt(message.Number, message.IsNew), message.SequenceNumber);

    private static OutcomeNoted ReadNoted(OutcomeNotedMessage message) =>
        new(new OutcomeReceipt(message.Number, message.IsNew, OutcomeWire.FromMessage(message.Outcome ?? new OutcomeMessage())), message.SequenceNumber);

    private static BookRejected ReadRejected(BookRejectedMessage message) => Enum.IsDefined((PortfolioError)message.Error)
        ? new BookRejected((PortfolioError)message.Error, message.Message)
        : throw new FormatException($"The message BookRejected has the error {message.Error}, which this version does not know.");
}
