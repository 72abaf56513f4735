using System.Text;

namespace ActorMemory.Journal.Tests;

public sealed class ChecksumTests
{
    [Fact]
    public void The_checksum_is_crc32c()
    {
        // The check value of CRC-32/ISCSI in the catalogue of parametrised CRC algorithms.
        Assert.Equal(0xE3069283u, ~RowChecksum.Add(RowChecksum.Start, "123456789"u8));
    }

    [Fact]
    public void Any_part_of_an_event_changes_its_checksum()
    {
        var reference = Of("event.v1", "payload", 1, 2, 3, 4);
        Assert.NotEqual(reference, Of("event.v2", "payload", 1, 2, 3, 4));
        Assert.NotEqual(reference, Of("event.v1", "Payload", 1, 2, 3, 4));
        Assert.NotEqual(reference, Of("event.v1", "payload", 9, 2, 3, 4));
        Assert.NotEqual(reference, Of("event.v1", "payload", 1, 9, 3, 4));
        Assert.NotEqual(reference, Of("event.v1", "payload", 1, 2, 9, 4));
        Assert.NotEqual(reference, Of("event.v1", "payload", 1, 2, 3, 9));
    }

    [Fact]
    public void A_row_that_fails_does_not_leak_into_the_next_hash()
    {
        using var hash = new CanonicalRowsHash();
        hash.Add("a", 1, "m", "x"u8);
        var expected = hash.Finish();
        Assert.ThrowsAny<ArgumentException>(() => hash.Add("\uDC00", 1, "m", "x"u8));
        hash.Reset();
        hash.Add("a", 1, "m", "x"u8);
        Assert.Equal(expected, hash.Finish());
    }

    private static uint Of(string manifest, string payload, long entity, long sequenceNumber, long ordering, long recordedAt) =>
        RowChecksum.OfEvent(
            RowChecksum.Add(RowChecksum.OfManifest(manifest), Encoding.UTF8.GetBytes(payload)), entity, sequenceNumber, ordering, recordedAt);
}
