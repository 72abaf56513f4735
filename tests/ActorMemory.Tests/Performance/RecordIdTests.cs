using System.Security.Cryptography;
using System.Text;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

public sealed class RecordIdTests
{
    [Theory]
    [InlineData("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017F22E279B07CC398C4DC0C0C07398F")] // RFC 9562, A.6
    [InlineData("919108f7-52d1-4320-9bac-f847db4148a8", "919108F752D143209BACF847DB4148A8")] // RFC 9562, A.3
    public void The_text_of_a_uuid_stands_for_the_uuid(string text, string hex)
    {
        var id = RecordId.Parse(text);

        Assert.Equal(UInt128.Parse(hex, System.Globalization.NumberStyles.HexNumber, null), id.Value);
        Assert.False(id.IsText);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("order 42/東京 🚀")]
    [InlineData("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")]
    [InlineData("017f22e279b07cc398c4dc0c0c07398f")]
    [InlineData("017f22e2-79b0-9cc3-98c4-dc0c0c07398f")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("017f22e2-79b0-7cc3-98c4-dc0c0c07398g")]
    [InlineData("017f22e2079b0-7cc3-98c4-dc0c0c07398f")]
    public void Any_other_text_stands_for_its_hash_with_a_version_that_no_uuid_has(string text)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

        var id = RecordId.Parse(text);

        Assert.Equal(hash[..12] + "f" + hash[13..], id.Value.ToString("x32", null));
        Assert.True(id.IsText);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData("", "record_id is empty")]
    [InlineData("a\nb", "record_id has the control character U+000A")]
    public void A_text_that_is_no_id_is_refused(string text, string fault)
    {
        Assert.False(RecordId.TryParse(text, out var id, out var message));
        Assert.StartsWith(fault, message, StringComparison.Ordinal);
        Assert.True(id.IsNone);
        Assert.Throws<FormatException>(() => RecordId.Parse(text));
    }

    [Fact]
    public void An_id_is_valid_unicode_of_at_most_64_characters()
    {
        Assert.False(RecordId.TryParse("\ud83d", out _, out _));
        Assert.True(RecordId.TryParse(string.Concat(Enumerable.Repeat("🚀", 64)), out _, out _));
        Assert.False(RecordId.TryParse(new string('a', 65), out _, out _));
    }

    [Fact]
    public void A_made_id_is_the_version_7_of_rfc_9562()
    {
        // Appendix A.6: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
        var randomness = new UInt128(0xCC3, 0x18C4DC0C0C07398F);

        Assert.Equal("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", RecordId.CreateVersion7(1_645_557_742_000, randomness).ToString());
    }

    [Fact]
    public void A_source_takes_time_and_randomness_from_those_it_was_given()
    {
        var source = new RecordIdSource(new FixedTime(), () => UInt128.MaxValue);

        Assert.Equal("017f22e2-79b0-7fff-bfff-ffffffffffff", source.Next().ToString());
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_645_557_742_000);
    }
}
