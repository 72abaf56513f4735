using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorMemory.RabbitMq.Tests;

/// <summary>An authority and what it has signed, as PEM files in a folder of their own.</summary>
internal sealed class Certificates : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder = Directory.CreateTempSubdirectory("actormemory-tls-").FullName;

    public Certificates()
    {
        using var key = RSA.Create(2048);
        var request = Request("CN=authority", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Authority = Write("authority.pem", authority.ExportCertificatePem());
        (Server, ServerKey) = Sign(authority, "broker.test", ForServers);
        (Client, ClientKey) = Sign(authority, "node.test", ForClients);
    }

    public string Authority { get; }

    /// <summary>For the name broker.test and the address 127.0.0.1.</summary>
    public string Server { get; }

    public string ServerKey { get; }

    public string Client { get; }

    public string ClientKey { get; }

    public void Dispose() => Directory.Delete(_folder, true);

    private static CertificateRequest Request(string name, RSA key) => new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private (string Certificate, string Key) Sign(X509Certificate2 authority, string name, string use)
    {
        using var key = RSA.Create(2048);
        var request = Request($"CN={name}", key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], true));
        using var signed = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return (Write(name + ".pem", signed.ExportCertificatePem()), Write(name + ".key", key.ExportPkcs8PrivateKeyPem()));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
