using System.Buffers;
using ActorMemory.Performance;
using ActorMemory.Tests.Performance;
using Google.Protobuf;

namespace ActorMemory.Tests.Travel;

/// <summary>How the commands of all entity types and their answers travel between nodes.</summary>
public sealed class CommandFormatTests
{
    private const int Trials = 200;

    [Fact]
    public void Every_command_and_every_answer_arrives_as_it_left() => ForEveryMessage((format, message, isReply, where) =>
    {
        var (manifest, payload) = format.Write(message, isReply);

        var read = format.Read(manifest, payload, isReply);

        Assert.True(message.GetType() == read.GetType() && ValueText.Of(message) == ValueText.Of(read), $"{where}: {ValueText.Of(message)}\nbecame {ValueText.Of(read)}");
        Assert.Matches(@"^[a-z-]+\.[a-z-]+\.v1$", manifest);
    });

    [Fact]
    public void What_is_written_is_what_the_proto_files_say() => ForEveryMessage((format, message, isReply, where) =>
    {
        var (manifest, payload) = format.Write(message, isReply);

        var read = format.Read(manifest, GoogleParsers.Parse(manifest, payload).ToByteArray(), isReply);

        Assert.True(Expected(message) == Expected(read), $"{where}: {ValueText.Of(message)}\nbecame {ValueText.Of(read)}");

        // Google's codec for C# takes a -0 outside of a column for 0 and leaves it out.
        static string Expected(object message) => ValueText.Of(message).Replace("-0#8000000000000000", "0#0000000000000000", StringComparison.Ordinal);
    });

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        var later = LaterFields();
        ForEveryMessage((format, message, isReply, where) =>
        {
            var (manifest, payload) = format.Write(message, isReply);

            var read = format.Read(manifest, [.. later, .. payload, .. later], isReply);

            Assert.True(ValueText.Of(message) == ValueText.Of(read), where);
        });
    }

    [Fact]
    public void No_two_messages_of_a_format_share_a_manifest()
    {
        var values = new RandomValues(new Random(1));
        foreach (var format in TravelFormat.All)
        {
            Assert.NotEmpty(format.Commands);
            string[] commands = [.. format.Commands.Select(type => format.Write(values.Of(type), isReply: false).Manifest)];
            string[] replies = [.. format.Replies.Select(type => format.Write(values.Of(type), isReply: true).Manifest)];
            Assert.Distinct(commands.Concat(replies));
        }
    }

    [Fact]
    public void A_manifest_that_is_not_known_is_refused_by_name()
    {
        foreach (var format in TravelFormat.All)
        {
            Assert.Contains("'performance.add-records.v9'", Assert.Throws<FormatException>(() => format.ReadCommand("performance.add-records.v9", [])).Message, StringComparison.Ordinal);
            Assert.Contains("'x.summary.v2'", Assert.Throws<FormatException>(() => format.ReadReply("x.summary.v2", [])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_answer_that_has_no_form_is_not_sent()
    {
        foreach (var format in TravelFormat.All)
            Assert.Contains("Version", Assert.Throws<ArgumentException>(() => format.WriteReply(new Version(), new ArrayBufferWriter<byte>())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hundred_records_of_one_key_take_less_than_two_hundred_bytes_each()
    {
        var records = Enumerable.Range(0, 100).Select(i => Records.Of($"017f22e2-79b0-7cc3-98c4-dc0c0c073{i:000}", 0.01 * i)).ToArray();

        var (_, payload) = TravelFormat.For<PerformanceCommand>().Write(new AddRecords(records), isReply: false);

        Assert.InRange(payload.Length, 100 * 16, 100 * 200);
    }

    private static void ForEveryMessage(Action<TravelFormat, object, bool, string> check)
    {
        var seed = Random.Shared.Next(1_000_000);
        var values = new RandomValues(new Random(seed));
        foreach (var (format, type, isReply) in TravelFormat.Messages)
            for (var trial = 0; trial < Trials; trial++)
                check(format, values.Of(type), isReply, $"seed {seed}, {format.Name} {type.Name}, trial {trial}");
    }

    private static byte[] LaterFields()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(900, WireFormat.WireType.Varint);
            output.WriteUInt64(ulong.MaxValue);
            output.WriteTag(901, WireFormat.WireType.Fixed64);
            output.WriteFixed64(1);
            output.WriteTag(902, WireFormat.WireType.Fixed32);
            output.WriteFixed32(1);
            output.WriteTag(903, WireFormat.WireType.LengthDelimited);
            output.WriteString("later");
        }

        return stream.ToArray();
    }
}
