using ActorMemory.RabbitMq.Wire;
using Google.Protobuf;

namespace ActorMemory.RabbitMq;

/// <summary>Writes what nodes send each other as the envelope of <c>cluster.proto</c>.</summary>
internal static class EnvelopeWriter
{
    /// <summary>The version that this code writes, and the highest that it understands.</summary>
    public const int Version = 1;

    /// <summary>The content type of every message.</summary>
    public const string ContentType = "application/x-actormemory-envelope";

    public static byte[] Write(ShardMessageBody message)
    {
        var envelope = new Envelope { Version = Version, Requires = 1 };
        switch (message)
        {
            case ShardRequest request:
                envelope.Request = Of(request);
                break;
            case ShardReply reply:
                envelope.Reply = Of(reply);
                break;
            case ShardClaim claim:
                envelope.Claim = new Claim { Shard = claim.Shard, Node = claim.Node };
                break;
            default:
                throw new ArgumentException($"The envelope has no place for a {message.GetType().Name}.", nameof(message));
        }

        return envelope.ToByteArray();
    }

    public static byte[] Write(NodeAnnouncement announcement)
    {
        var body = new Announcement
        {
            Node = announcement.Node,
            Address = announcement.Address,
            Version = announcement.Version,
            IsLeaving = announcement.IsLeaving,
            Waiting = announcement.Waiting,
            HandedOver = announcement.HandedOver,
            Lost = announcement.Lost,
        };
        body.Shards.AddRange(announcement.Shards);
        return new Envelope { Version = Version, Requires = 1, Announcement = body }.ToByteArray();
    }

    private static Request Of(ShardRequest request)
    {
        var body = new Request { Shard = request.Shard, CorrelationId = (ulong)request.CorrelationId, Sender = request.Sender };
        foreach (var command in request.Commands)
        {
            body.Commands.Add(new Command
            {
                TypeName = command.TypeName,
                PersistenceId = command.PersistenceId,
                Manifest = command.Manifest,
                // Not copied: it is written before the caller goes on.
                Payload = UnsafeByteOperations.UnsafeWrap(command.Payload),
            });
        }

        return body;
    }

    private static Reply Of(ShardReply reply)
    {
        var body = new Reply { CorrelationId = (ulong)reply.CorrelationId, Responder = reply.Responder };
        foreach (var answer in reply.Replies)
        {
            body.Answers.Add(new Answer
            {
                Manifest = answer.Manifest,
                Payload = UnsafeByteOperations.UnsafeWrap(answer.Payload),
                Failure = answer.Failure is not { } failure
                    ? null
                    : new Failure { Kind = (int)failure.Kind, Error = (int)failure.Error, Outcome = (int)failure.Outcome, Message = failure.Message },
            });
        }

        return body;
    }
}
