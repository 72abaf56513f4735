using ActorMemory.RabbitMq.Wire;
using Google.Protobuf;

namespace ActorMemory.RabbitMq;

/// <summary>Reads envelopes. Whatever the bytes are, the result is a message or the reason why there is none.</summary>
internal static class EnvelopeReader
{
    /// <summary>Reads a message to a shard or a node.</summary>
    /// <param name="body">The bytes; nothing of them is kept.</param>
    /// <param name="replyTo">Where the answer to a request goes.</param>
    /// <param name="envelope">What was parsed, with the fields that this version does not know; null when it could not be parsed.</param>
    /// <param name="fault">Why there is no message.</param>
    public static ShardMessageBody? Read(ReadOnlySpan<byte> body, string? replyTo, out Envelope? envelope, out string? fault)
    {
        envelope = Parse(body, out fault);
        if (envelope is null || fault is not null)
            return null;
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Request:
                return Of(envelope.Request, replyTo);
            case Envelope.BodyOneofCase.Reply:
                return Of(envelope.Reply);
            case Envelope.BodyOneofCase.Claim:
                return new ShardClaim(envelope.Claim.Shard, envelope.Claim.Node);
            default:
                fault = $"The envelope holds {envelope.BodyCase}, which is no message to a shard or a node.";
                return null;
        }
    }

    /// <summary>Reads what a node tells all others.</summary>
    public static NodeAnnouncement? ReadAnnouncement(ReadOnlySpan<byte> body, out string? fault)
    {
        var envelope = Parse(body, out fault);
        if (envelope is null || fault is not null)
            return null;
        if (envelope.BodyCase != Envelope.BodyOneofCase.Announcement)
        {
            fault = $"The envelope holds {envelope.BodyCase} instead of an announcement.";
            return null;
        }

        var told = envelope.Announcement;
        return new NodeAnnouncement(
            told.Node, told.Address, told.Version, told.IsLeaving, [.. told.Shards], told.Waiting, told.HandedOver, told.Lost);
    }

    private static Envelope? Parse(ReadOnlySpan<byte> body, out string? fault)
    {
        Envelope envelope;
        try
        {
            envelope = Envelope.Parser.ParseFrom(body);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Not only its own exceptions: of some malformed groups the parser reads past the end of its array.
            fault = $"{body.Length} bytes are no envelope: {e.Message}";
            return null;
        }

        fault = envelope.Version == 0 || envelope.Requires == 0 ? $"{body.Length} bytes are no envelope: they name no version."
            : envelope.Requires > EnvelopeWriter.Version
                ? $"The envelope of version {envelope.Version} requires a node that understands version {envelope.Requires}; "
                    + $"this one understands {EnvelopeWriter.Version}. Update this node, then replay the message."
            : null;
        return envelope;
    }

    private static ShardRequest Of(Request request, string? replyTo)
    {
        var commands = new RemoteCommand[request.Commands.Count];
        for (var i = 0; i < commands.Length; i++)
        {
            var command = request.Commands[i];
            commands[i] = new RemoteCommand(command.TypeName, command.PersistenceId, command.Manifest, command.Payload.Memory);
        }

        return new ShardRequest(request.Shard, (long)request.CorrelationId, replyTo, request.Sender, commands);
    }

    private static ShardReply Of(Reply reply)
    {
        var answers = new RemoteReply[reply.Answers.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var answer = reply.Answers[i];
            answers[i] = new RemoteReply(answer.Manifest, answer.Payload.Memory, answer.Failure is null ? null : Of(answer.Failure));
        }

        return new ShardReply((long)reply.CorrelationId, reply.Responder, answers);
    }

    private static RemoteFailure Of(Failure failure)
    {
        // What a newer node names and this one does not know is the most careful of what it knows.
        var kind = Enum.IsDefined((RemoteFailureKind)failure.Kind) ? (RemoteFailureKind)failure.Kind : RemoteFailureKind.Other;
        var error = Enum.IsDefined((JournalError)failure.Error) ? (JournalError)failure.Error : JournalError.Unavailable;
        var outcome = failure.Outcome == (int)WriteOutcome.NotWritten ? WriteOutcome.NotWritten : WriteOutcome.Unknown;
        return new RemoteFailure(kind, error, outcome, failure.Message);
    }
}
