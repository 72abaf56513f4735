using ActorMemory.Performance;
using ActorMemory.Tests.Performance;

namespace ActorMemory.Tests.Travel;

/// <summary>Messages that nobody of us sent: a format exception at worst, and no memory for what is not there.</summary>
public sealed class HostileMessageTests
{
    private const long MaxBytes = 16 << 20;

    [Fact]
    public void Damaged_and_foreign_bytes_are_read_or_refused_and_take_no_memory_for_what_is_not_there()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var values = new RandomValues(random);
        var messages = TravelFormat.Messages.ToArray();
        var (read, refused) = (0, 0);
        for (var trial = 0; trial < 30_000; trial++)
        {
            var (format, type, isReply) = messages[random.Next(messages.Length)];
            var (manifest, payload) = format.Write(values.Of(type), isReply);
            if (random.Next(4) == 0)
            {
                // The bytes of one message under the name of another.
                (format, type, isReply) = messages[random.Next(messages.Length)];
                manifest = format.Write(values.Of(type), isReply).Manifest;
            }

            var bytes = random.Next(3) == 0 ? payload[..random.Next(payload.Length + 1)] : HostileBytes.Of(random, payload);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                format.Read(manifest, bytes, isReply);
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, trial {trial}, {manifest}: {exception}\n{Convert.ToHexString(bytes)}");
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < MaxBytes, $"seed {seed}, trial {trial}, {manifest}: {taken:N0} bytes of memory for {Convert.ToHexString(bytes)}");
        }

        Assert.True(read > 1000 && refused > 1000, $"seed {seed}: {read} read and {refused} refused are no test of both");
    }

    [Theory]
    [InlineData("performance.get-rolling-metrics.v1", "088080808010", "beyond 32 bits")]
    [InlineData("performance.get-summary.v1", "0802", "stands for nothing that this version knows")]
    [InlineData("performance.get-metric-value.v1", "080D", "stands for nothing that this version knows")]
    [InlineData("performance.add-records.v1", "1A020805", "names a key for record 5 of 0")]
    [InlineData("performance.add-records.v1", "22030A0100", "identity that is not 16 bytes")]
    [InlineData("performance.add-records.v1", "2203120180", "is cut short")]
    [InlineData("performance.add-records.v1", "0A030A01FF", "not UTF-8")]
    public void A_command_that_cannot_be_is_refused_with_the_reason(string manifest, string hex, string reason) => Assert.Contains(
        reason,
        Assert.Throws<FormatException>(() => TravelFormat.For<PerformanceCommand>().ReadCommand(manifest, Convert.FromHexString(hex))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("performance.records-acknowledged.v1", "1A01022201020801", "calls record 1 of 1 a repetition")]
    [InlineData("performance.rejected.v1", "0802", "a choice that this version does not know")]
    [InlineData("performance.rolling-metrics.v1", "3A0700000000000000", "column of doubles that is cut short")]
    [InlineData("performance.metric-value.v1", "0900000000", "is cut short")]
    [InlineData("performance.key-description.v1", "0A030A0100", "names no key")]
    public void An_answer_that_cannot_be_is_refused_with_the_reason(string manifest, string hex, string reason) => Assert.Contains(
        reason,
        Assert.Throws<FormatException>(() => TravelFormat.For<PerformanceCommand>().ReadReply(manifest, Convert.FromHexString(hex))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_text_that_is_no_id_does_not_come_in()
    {
        var record = Records.Of("fill 42", 0.1);
        var (manifest, payload) = TravelFormat.For<PerformanceCommand>().Write(new AddRecords(new[] { record }), isReply: false);
        var text = payload.AsSpan().IndexOf("fill 42"u8);
        var value = payload.AsSpan().IndexOf(Convert.FromHexString(record.RecordId.Value.ToString("x32", null)));

        Refuse(text, 0x07);
        Refuse(value + 6, 0x7F);

        void Refuse(int at, byte put)
        {
            var damaged = payload.ToArray();
            damaged[at] = put;
            var fault = Assert.Throws<FormatException>(() => TravelFormat.For<PerformanceCommand>().Read(manifest, damaged, isReply: false));
            Assert.Contains("ill 42', which is not legal", fault.Message, StringComparison.Ordinal);
        }
    }
}
