using System.Security.Cryptography;

namespace ActorMemory.Journal.Tests;

public sealed class CheckpointKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actormemory-key-").FullName;

    private string KeyPath => Path.Combine(_folder, "key.pem");

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void A_checkpoint_signed_by_OpenSSL_is_valid_and_reads_as_it_was_written()
    {
        const string text =
            """
            actormemory/0123456789abcdef/shard/7
            8
            XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=
            last-ordering 412
            recorded-at 1763700000000000000

            — actormemory/0123456789abcdef/shard/7 P6qgNTBFAiB70qhlz72A0FAk0l20uU+Lt47xS5jCS5Ad7CvLYoWc4QIhAJKhKWMlZAIthNym8Vky1q3poj/AfCVwJpU881rUCwo1

            """;
        File.WriteAllText(KeyPath,
            """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1WxRTyIPEUgqsccXiE1TFiZedhZK
            uPIALmCkOx4lyuSI16mQUjJ1vaeWZ+DHEHpNsbH9wLhye2/Nr8uphC7pXA==
            -----END PUBLIC KEY-----
            """);
        using var keys = CheckpointPublicKeys.Read(KeyPath);
        Assert.True(SignedNote.TryParse(text, out var note));
        Assert.Equal(text, note.ToString());
        Assert.True(Checkpoint.TryParse(note.Text, out var checkpoint));
        Assert.Equal(
            ("0123456789abcdef", 7, 8L, 412L, 1_763_700_000_000_000_000L),
            (checkpoint.JournalId, checkpoint.Shard, checkpoint.Size, checkpoint.LastOrdering, checkpoint.RecordedAt));
        Assert.Equal("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", Convert.ToHexStringLower(checkpoint.Root.Span));
        Assert.Equal(SignatureStanding.Valid, keys.Check(note, checkpoint.Origin));
        Assert.Equal(SignatureStanding.UnknownKey, keys.Check(note, checkpoint.Origin + "0"));
        Assert.Equal(SignatureStanding.Forged, keys.Check(note with { Text = text.Split("\n\n")[0].Replace("412", "413", StringComparison.Ordinal) + "\n" }, checkpoint.Origin));
    }

    [Fact]
    public void The_note_in_the_specification_is_read_and_its_unknown_key_is_told()
    {
        const string text =
            """
            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

            """;
        Assert.True(SignedNote.TryParse(text, out var note));
        Assert.Equal((0x033de0aeu, 64), (note.Signatures[0].KeyId, note.Signatures[0].Signature.Length));
        Assert.False(Checkpoint.TryParse(note.Text, out _));
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        using var keys = CheckpointPublicKeys.Read(CheckpointKey.PublicPathOf(KeyPath));
        Assert.Equal(SignatureStanding.UnknownKey, keys.Check(note, "example.com/behind-the-sofa"));
    }

    [Fact]
    public void A_key_is_made_once_for_its_owner_alone_and_signs_the_same_after_a_restart()
    {
        var checkpoint = new Checkpoint("j", 3, 2, SHA256.HashData([1]), 9, -5);
        using (var made = CheckpointKey.ReadOrCreate(KeyPath))
            Assert.Equal(made.PublicKey, File.ReadAllText(CheckpointKey.PublicPathOf(KeyPath)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(KeyPath));
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        using var keys = CheckpointPublicKeys.Read(CheckpointKey.PublicPathOf(KeyPath));
        Assert.Equal(SignatureStanding.Valid, keys.Check(key.Sign(checkpoint), "actormemory/j/shard/3"));
        Assert.True(Checkpoint.TryParse(key.Sign(checkpoint).Text, out var read));
        Assert.Equal(checkpoint.ToText(), read.ToText());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_file_that_others_may_use_is_refused_with_the_way_out(UnixFileMode others)
    {
        CheckpointKey.ReadOrCreate(KeyPath).Dispose();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        var error = Assert.Throws<CheckpointKeyException>(() => CheckpointKey.ReadOrCreate(KeyPath));
        Assert.Contains($"chmod 600 '{KeyPath}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_given_key_in_the_form_of_openssl_ecparam_is_taken()
    {
        using var given = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteForOwner(given.ExportECPrivateKeyPem());
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        Assert.Equal(given.ExportSubjectPublicKeyInfoPem().Trim(), key.PublicKey.Trim());
    }

    [Fact]
    public void A_key_of_another_curve_no_key_or_the_public_key_of_another_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var content in (string[])[other.ExportPkcs8PrivateKeyPem(), "", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
        {
            WriteForOwner(content);
            Assert.Contains(KeyPath, Assert.Throws<CheckpointKeyException>(() => CheckpointKey.ReadOrCreate(KeyPath)).Message, StringComparison.Ordinal);
            File.Delete(KeyPath);
        }

        CheckpointKey.ReadOrCreate(KeyPath).Dispose();
        File.Delete(KeyPath);
        Assert.Contains("key.pub.pem", Assert.Throws<CheckpointKeyException>(() => CheckpointKey.ReadOrCreate(KeyPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_public_keys_may_stand_in_one_file_and_a_private_one_is_not_taken_for_a_public_one()
    {
        var (first, second) = (Path.Combine(_folder, "a.pem"), Path.Combine(_folder, "b.pem"));
        using var a = CheckpointKey.ReadOrCreate(first);
        using var b = CheckpointKey.ReadOrCreate(second);
        File.WriteAllText(KeyPath, a.PublicKey + b.PublicKey);
        using var keys = CheckpointPublicKeys.Read(KeyPath);
        var checkpoint = new Checkpoint("j", 0, 1, SHA256.HashData([1]), 1, 1);
        Assert.Equal(SignatureStanding.Valid, keys.Check(a.Sign(checkpoint), checkpoint.Origin));
        Assert.Equal(SignatureStanding.Valid, keys.Check(b.Sign(checkpoint), checkpoint.Origin));
        Assert.Contains("not a public key", Assert.Throws<CheckpointKeyException>(() => CheckpointPublicKeys.Read(first)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actormemory/j/shard/3\n2\n{0}\nlast-ordering 9\nrecorded-at 1\n", true)]
    [InlineData("actormemory/j/shard/3\n02\n{0}\nlast-ordering 9\nrecorded-at 1\n", false)]
    [InlineData("actormemory/j/shard/03\n2\n{0}\nlast-ordering 9\nrecorded-at 1\n", false)]
    [InlineData("actormemory/j/shard/3\n2\n{0}\nlast-ordering 9\n", false)]
    [InlineData("actormemory/j/shard/3\n2\n{0}\nlast-ordering 9\nrecorded-at 1\nmore\n", false)]
    [InlineData("actormemory/j/shard/3\n2\n{0}\nrecorded-at 1\nlast-ordering 9\n", false)]
    [InlineData("actormemory//shard/3\n2\n{0}\nlast-ordering 9\nrecorded-at 1\n", false)]
    [InlineData("actormemory/j/shard/3\n2\nAAAA\nlast-ordering 9\nrecorded-at 1\n", false)]
    [InlineData("", false)]
    public void Only_the_one_text_of_a_checkpoint_is_read(string text, bool isCheckpoint) => Assert.Equal(
        isCheckpoint,
        Checkpoint.TryParse(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Convert.ToBase64String(new byte[32])), out _));

    [Theory]
    [InlineData("text\n\n— name AAAAAAAA\n", true)]
    [InlineData("text\n\n— name AAAAAAAA\n— other AAAAAAAA\n", true)]
    [InlineData("text\n\n— name AAAAAAAA", false)]
    [InlineData("text\n— name AAAAAAAA\n", false)]
    [InlineData("text\n\n- name AAAAAAAA\n", false)]
    [InlineData("text\n\n— name AAAA\n", false)]
    [InlineData("text\n\n— name %%\n", false)]
    [InlineData("te\rxt\n\n— name AAAAAAAA\n", false)]
    [InlineData("text\n\n", false)]
    [InlineData("", false)]
    public void Only_the_form_of_a_signed_note_is_read(string text, bool isNote) => Assert.Equal(isNote, SignedNote.TryParse(text, out _));

    private void WriteForOwner(string content)
    {
        File.WriteAllText(KeyPath, content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
