using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.RabbitMq;

namespace ActorMemory.Node.Messages;

/// <summary>
/// Takes the records of AMQP messages as <c>POST /v1/performance/records</c> takes those of a body, and answers with the same JSON. For one message
/// at a time.
/// </summary>
internal sealed class RecordsMessageHandler(ActorMemoryNode node)
{
    private const int MaxBatch = 4096;

    private readonly RecordParser _parser = new();

    public async Task<RecordsVerdict> HandleAsync(RecordsMessage message, CancellationToken cancellationToken)
    {
        if (FaultOf(message) is { } fault)
            return Verdict(new IntakeAnswer(new IntakeReport(), new Problem(StatusCodes.Status415UnsupportedMediaType, "bad_request", fault)));

        var maxLine = node.Settings.Http.MaxLine;
        using var body = new MemoryStream(message.Body.ToArray(), writable: false);
        using var window = new ByteWindow(body, maxLine * 2);
        IRecordSource source = MediaType(message) == Answer.NdJson ? new LineReader(window, maxLine) : new JsonElementReader(window, maxLine);
        var ids = new IdsOfMessage(message);
        var report = await new RecordIntake(node.Performance, source, _parser, MaxBatch, UInt128.Zero, 1, ids.Of).RunAsync(cancellationToken);
        return Verdict(IntakeAnswer.Of(report, source));
    }

    private static RecordsVerdict Verdict(IntakeAnswer answer)
    {
        var fate = answer.Problem is { IsRetryable: true } ? RecordsFate.Later
            : answer.Problem is not null || answer.Report.Rejected.Count > 0 ? RecordsFate.Refused
            : RecordsFate.Taken;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Answer.Options))
            answer.Write(json);
        return new RecordsVerdict(fate, buffer.ToArray(), answer.ContentType, ReasonOf(answer));
    }

    private static string? ReasonOf(IntakeAnswer answer)
    {
        var (report, taken) = (answer.Report, answer.Report.Accepted + answer.Report.Duplicates);
        return report.Cause is null && taken > 0 && report.Rejected is [var first, ..]
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Rejected.Count} of its {taken + report.Rejected.Count} records were rejected, the others are stored. Record {first.Line}: {first.Error}")
            : answer.Problem?.Detail;
    }

    private static string? FaultOf(RecordsMessage message)
    {
        if (message.ContentEncoding is { Length: > 0 } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return $"content_encoding: '{Query.Shown(encoding)}' is not taken; send the body as it is.";
        return MediaType(message) is Answer.Json or Answer.NdJson
            ? null
            : $"content_type: '{Query.Shown(message.ContentType ?? "")}' is not taken; send application/json (one record or an array) or application/x-ndjson.";
    }

    // A message that does not say what it is, is JSON.
    private static string MediaType(RecordsMessage message) =>
        message.ContentType is { Length: > 0 } type ? type.Split(';')[0].Trim().ToLowerInvariant() : Answer.Json;

    /// <summary>
    /// Ids of records without one: the same whenever the message comes, so that what was stored before an acknowledgement that was lost is
    /// recognised. They come of what the sender calls the message, else of its content.
    /// </summary>
    private sealed class IdsOfMessage(RecordsMessage message)
    {
        private const int VersionOfHashes = 8;

        private readonly byte[] _name = SHA256.HashData(message.MessageId is { Length: > 0 } id ? Encoding.UTF8.GetBytes(id) : message.Body.Span);

        public RecordId Of(long line)
        {
            Span<byte> named = stackalloc byte[SHA256.HashSizeInBytes + sizeof(long)];
            _name.CopyTo(named);
            BinaryPrimitives.WriteInt64BigEndian(named[SHA256.HashSizeInBytes..], line);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(named, hash);
            hash[6] = (byte)((hash[6] & 0x0F) | (VersionOfHashes << 4));
            hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
            return RecordId.Parse(new Guid(hash[..16], bigEndian: true).ToString());
        }
    }
}
