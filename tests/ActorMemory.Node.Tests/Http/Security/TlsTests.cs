using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Node.Tests.Http.Security;

public sealed class TlsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string CertificatePath => Path.Combine(_folder.Path, "node.pem");

    private string KeyPath => Path.Combine(_folder.Path, "node.key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_that_trusts_the_certificate_is_answered_encrypted_and_another_one_is_not()
    {
        WritePem(SelfSigned("first"));
        await using var node = await StartAsync(new TlsSettings(CertificatePath, KeyPath, null));

        Assert.Equal("https", node.Node.Address.Scheme);
        Assert.Equal("CN=first", await SubjectAsync(node.Node));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => node.Node.GetAsync("/health/live"));
        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Fact]
    public async Task A_new_certificate_is_shown_without_a_restart_and_a_broken_one_never()
    {
        WritePem(SelfSigned("first"));
        await using var node = await StartAsync(new TlsSettings(CertificatePath, KeyPath, null));
        Assert.Equal("CN=first", await SubjectAsync(node.Node));

        await File.WriteAllTextAsync(CertificatePath, "-----BEGIN CERTIFICATE-----\nhalf", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(CertificatePath, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal("CN=first", await SubjectAsync(node.Node));

        WritePem(SelfSigned("second"));
        File.SetLastWriteTimeUtc(CertificatePath, DateTime.UtcNow.AddMinutes(2));
        Assert.Equal("CN=second", await SubjectAsync(node.Node));
    }

    [Fact]
    public async Task A_PFX_with_a_password_and_a_locked_PEM_key_are_taken()
    {
        using var certificate = SelfSigned("pfx");
        var pfx = Path.Combine(_folder.Path, "node.pfx");
        await File.WriteAllBytesAsync(pfx, certificate.Export(X509ContentType.Pkcs12, "tls-password"), TestContext.Current.CancellationToken);
        await using (var node = await StartAsync(new TlsSettings(pfx, null, "tls-password")))
            Assert.Equal("CN=pfx", await SubjectAsync(node.Node));

        using var key = certificate.GetECDsaPrivateKey();
        Assert.NotNull(key);
        var locked = key.ExportEncryptedPkcs8PrivateKeyPem("tls-password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        await File.WriteAllTextAsync(CertificatePath, certificate.ExportCertificatePem() + "\n" + locked, TestContext.Current.CancellationToken);
        await using (var node = await StartAsync(new TlsSettings(CertificatePath, null, "tls-password")))
            Assert.Equal("CN=pfx", await SubjectAsync(node.Node));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_stops_the_start_and_the_message_holds_no_password()
    {
        using var certificate = SelfSigned("pfx");
        var pfx = Path.Combine(_folder.Path, "node.pfx");
        await File.WriteAllBytesAsync(pfx, certificate.Export(X509ContentType.Pkcs12, "right"), TestContext.Current.CancellationToken);
        _folder.Write("none.pem", "nothing");

        foreach (var tls in new[]
        {
            new TlsSettings(pfx, null, "swordfish"), new TlsSettings(Path.Combine(_folder.Path, "none.pem"), null, "swordfish"),
            new TlsSettings("/no/such.pem", null, "swordfish"),
        })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(tls));
            Assert.StartsWith($"http.tls.certificate: {tls.Certificate}", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("swordfish", error.ToString(), StringComparison.Ordinal);
        }
    }

#pragma warning disable CA5397, CA5398, SYSLIB0039 // That they are refused is what is tested.
    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls11, false)]
    public async Task Only_TLS_of_version_1_2_and_newer_is_spoken(SslProtocols protocol, bool isSpoken)
    {
        WritePem(SelfSigned("node"));
        await using var node = await StartAsync(new TlsSettings(CertificatePath, KeyPath, null));

        Task<string> Asking() => SubjectAsync(node.Node, protocol);

        if (isSpoken)
            Assert.Equal("CN=node", await Asking());
        else
            await Assert.ThrowsAnyAsync<Exception>(Asking);
    }
#pragma warning restore CA5397, CA5398, SYSLIB0039

    [Fact]
    public async Task Browsers_are_told_to_stay_with_TLS_except_on_the_loopback_address()
    {
        WritePem(SelfSigned("node"));
        await using var here = await StartAsync(new TlsSettings(CertificatePath, KeyPath, null));
        Assert.Empty(await HstsAsync(here.Node, here.Node.Address));

        if (OwnAddress() is not { } own)
            return;

        await using var anywhere = await StartAsync(new TlsSettings(CertificatePath, KeyPath, null), "0.0.0.0");
        var port = anywhere.Node.Address.Port;
        Assert.Equal(["max-age=31536000"], await HstsAsync(anywhere.Node, new Uri($"https://{own}:{port}/")));
        Assert.Empty(await HstsAsync(anywhere.Node, new Uri($"https://127.0.0.1:{port}/")));
    }

    private static async Task<IEnumerable<string>> HstsAsync(RunningNode node, Uri address)
    {
        using var client = new HttpClient(Trusting(null));
        using var answer = await client.GetAsync(new Uri(address, "/health/live"), TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, node.Address.ToString());
        return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values : [];
    }

    private static IPAddress? OwnAddress() => Dns.GetHostAddresses(Dns.GetHostName()).FirstOrDefault(static address =>
        address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private static async Task<string> SubjectAsync(RunningNode node, SslProtocols protocols = SslProtocols.None)
    {
        var subject = "";
        using var client = new HttpClient(Trusting(certificate => subject = certificate.Subject, protocols));
        using var answer = await client.GetAsync(new Uri(node.Address, "/health/live"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return subject;
    }

#pragma warning disable CA5359 // The test looks at the certificate itself.
    private static SocketsHttpHandler Trusting(Action<X509Certificate>? seen, SslProtocols protocols = SslProtocols.None) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                if (certificate is not null)
                    seen?.Invoke(certificate);
                return true;
            },
        },
    };
#pragma warning restore CA5359

    private static async Task<SecuredNode> StartAsync(TlsSettings tls, string host = "127.0.0.1")
    {
        var node = new SecuredNode(settings => settings with { Http = settings.Http with { Tls = tls, Host = host } });
        try
        {
            await node.InitializeAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private void WritePem(X509Certificate2 certificate)
    {
        using (certificate)
        {
            using var key = certificate.GetECDsaPrivateKey();
            File.WriteAllText(KeyPath, key?.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        }
    }
}
