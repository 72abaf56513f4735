using ActorMemory.RabbitMq.Wire;
using Google.Protobuf;

namespace ActorMemory.RabbitMq.Tests;

public sealed class EnvelopeTests
{
    private static readonly ShardRequest s_request = new(63, 4_711, "reply", "node-a", [
        new RemoteCommand("performance", "book|trend", "add/1", new byte[] { 1, 2, 3 }), new RemoteCommand("performance", "größe", "get/2", default)]);

    private static readonly ShardReply s_reply = new(4_711, "node-b", [
        new RemoteReply("added/1", new byte[] { 9 }),
        new RemoteReply("", default, new RemoteFailure(RemoteFailureKind.Journal, JournalError.Archived, WriteOutcome.Unknown, "why"))]);

    private static readonly NodeAnnouncement s_announcement = new("node-a", "address", 7, true, [0, 5, 63], 1, 2, 3);

    [Fact]
    public void Envelopes_of_version_1_are_read_for_ever_and_written_the_same()
    {
        Assert.Equal(Golden("request-1"), Convert.ToHexString(EnvelopeWriter.Write(s_request)));
        Assert.Equal(Golden("reply-1"), Convert.ToHexString(EnvelopeWriter.Write(s_reply)));
        Assert.Equal(Golden("announcement-1"), Convert.ToHexString(EnvelopeWriter.Write(s_announcement)));

        var request = Assert.IsType<ShardRequest>(Read(Convert.FromHexString(Golden("request-1")), out _));
        Assert.Equal((63, 4_711L, "to", "node-a", 2), (request.Shard, request.CorrelationId, request.ReplyTo, request.Sender, request.Commands.Count));
        Assert.Equal(("performance", "größe", "get/2"), (request.Commands[1].TypeName, request.Commands[1].PersistenceId, request.Commands[1].Manifest));
        var reply = Assert.IsType<ShardReply>(Read(Convert.FromHexString(Golden("reply-1")), out _));
        Assert.Equal(s_reply.Replies[1].Failure, reply.Replies[1].Failure);
        var told = EnvelopeReader.ReadAnnouncement(Convert.FromHexString(Golden("announcement-1")), out _);
        Assert.Equal(s_announcement with { Shards = [] }, told! with { Shards = [] }, new WithoutShards());
        Assert.Equal(s_announcement.Shards, told.Shards);
    }

    [Fact]
    public void Fields_of_a_newer_version_that_may_be_ignored_are_ignored()
    {
        // Field 50, a number, behind the envelope; and inside the claim field 60, a text.
        byte[] claim = [.. new Claim { Shard = 3, Node = "b" }.ToByteArray(), 0xe2, 0x03, 0x01, (byte)'x'];
        byte[] body = [0x08, 0x02, 0x10, 0x01, 0x2a, (byte)claim.Length, .. claim, 0x90, 0x03, 0x05];

        Assert.Equal(new ShardClaim(3, "b"), Read(body, out var fault));
        Assert.Null(fault);
    }

    [Fact]
    public void An_envelope_that_requires_a_newer_version_is_a_fault_that_says_what_to_do()
    {
        var body = new Envelope { Version = 5, Requires = 2, Claim = new Claim { Node = "b" } }.ToByteArray();

        Assert.Null(Read(body, out var fault));
        Assert.Equal(
            "The envelope of version 5 requires a node that understands version 2; this one understands 1. Update this node, then replay the message.", fault);
    }

    [Fact]
    public void Failures_that_a_newer_node_names_are_taken_for_the_most_careful_known_ones()
    {
        var reply = new Reply { Answers = { new Answer { Failure = new Failure { Kind = 99, Error = 99, Outcome = 99, Message = "new" } } } };
        var read = Assert.IsType<ShardReply>(Read(new Envelope { Version = 1, Requires = 1, Reply = reply }.ToByteArray(), out _));

        Assert.Equal(new RemoteFailure(RemoteFailureKind.Other, JournalError.Unavailable, WriteOutcome.Unknown, "new"), read.Replies[0].Failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0801")]
    [InlineData("08011001")]
    public void An_envelope_without_versions_or_without_a_body_is_a_fault(string hex)
    {
        Assert.Null(Read(Convert.FromHexString(hex), out var fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void Whatever_the_bytes_are_there_is_a_message_or_a_fault_and_never_an_exception()
    {
        var random = new Random(20_261_121);
        byte[][] sources = [EnvelopeWriter.Write(s_request), EnvelopeWriter.Write(s_reply), EnvelopeWriter.Write(s_announcement)];
        var messages = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var body = Mutate(sources[i % sources.Length], random);

            var message = Read(body, out var fault);
            Assert.True(message is null != (fault is null), Convert.ToHexString(body));
            var announcement = EnvelopeReader.ReadAnnouncement(body, out fault);
            Assert.True(announcement is null != (fault is null), Convert.ToHexString(body));
            messages += message is not null || announcement is not null ? 1 : 0;
        }

        Assert.InRange(messages, 100, 9_900);
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        var body = source.ToList();
        for (var change = random.Next(1, 6); change > 0; change--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(5))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    body.RemoveRange(at, Math.Min(random.Next(1, 8), body.Count - at));
                    break;
                case 3:
                    body.InsertRange(at, [0xff, 0xff, 0xff, 0xff, (byte)random.Next(256)]);
                    break;
                default:
                    body.InsertRange(at, body.Take(random.Next(body.Count)).ToArray());
                    break;
            }

            if (body.Count == 0)
                body.Add(0);
        }

        return [.. body];
    }

    private static ShardMessageBody? Read(byte[] body, out string? fault) => EnvelopeReader.Read(body, "to", out _, out fault);

    private static string Golden(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".hex")).Trim();

    private sealed class WithoutShards : IEqualityComparer<NodeAnnouncement>
    {
        public bool Equals(NodeAnnouncement? x, NodeAnnouncement? y) => Text(x) == Text(y);

        public int GetHashCode(NodeAnnouncement obj) => 0;

        private static string Text(NodeAnnouncement? told) => $"{told?.Node} {told?.Address} {told?.Version} {told?.IsLeaving} {told?.Waiting} {told?.HandedOver} {told?.Lost}";
    }
}
