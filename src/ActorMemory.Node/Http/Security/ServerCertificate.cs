using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorMemory.Hosting.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ActorMemory.Node.Http.Security;

/// <summary>
/// The certificate that the node shows. Its files are looked at for every new connection and read again when they have changed; while the
/// new ones are no good the old one stays.
/// </summary>
internal sealed partial class ServerCertificate
{
    private readonly TlsSettings _settings;
    private readonly ILogger _logger;
    private readonly Lock _loading = new();
    private (DateTime, DateTime) _stamp;
    private SslStreamCertificateContext _current;

    /// <summary>Reads the certificate.</summary>
    /// <exception cref="ActorMemoryHostException">There is none, or no private key for it.</exception>
    public ServerCertificate(TlsSettings settings, ILogger<ServerCertificate> logger)
    {
        (_settings, _logger) = (settings, logger);
        _stamp = Stamp();
        _current = Load();
    }

    /// <summary>How connections are encrypted.</summary>
    public HttpsConnectionAdapterOptions Options() => new()
    {
        SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ServerCertificateSelector = (_, _) => Current().TargetCertificate,

        // The selector alone would show the certificate without its chain. A callback that chooses all options is no way out: it is not
        // asked when the first bytes are no TLS, and then the framework logs an error of its own for every such connection.
        OnAuthenticate = (_, tls) => (tls.ServerCertificateContext, tls.ServerCertificateSelectionCallback) = (Current(), null),
    };

    private SslStreamCertificateContext Current()
    {
        lock (_loading)
        {
            if (Stamp() is var stamp && stamp == _stamp)
                return _current;

            try
            {
                (_current, _stamp) = (Load(), stamp);
                Reloaded(_logger, _current.TargetCertificate.NotAfter);
            }
            catch (ActorMemoryHostException e)
            {
                _stamp = stamp;
                NotReloaded(_logger, e.Message);
            }

            return _current;
        }
    }

    private SslStreamCertificateContext Load()
    {
        var file = _settings.Certificate ?? throw new InvalidOperationException("TLS is off.");
        try
        {
            return IsPem(file) ? LoadPem(file) : LoadPfx(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ActorMemoryHostException(
                $"http.tls.certificate: {file} cannot be used: {e.Message.TrimEnd('.')}. It has to be PEM with its private key here or in "
                + "http.tls.key, or PFX; a password goes into ACTORMEMORY_HTTP__TLS__PASSWORD.");
        }
    }

    private SslStreamCertificateContext LoadPem(string file)
    {
        using var withKey = _settings.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, _settings.Key)
            : X509Certificate2.CreateFromPemFile(file, _settings.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return Create(withKey.Export(X509ContentType.Pkcs12), password: null, chain);
    }

    private SslStreamCertificateContext LoadPfx(string file) => Create(File.ReadAllBytes(file), _settings.Password, []);

    private static SslStreamCertificateContext Create(byte[] pfx, string? password, X509Certificate2Collection chain)
    {
        chain.AddRange(X509CertificateLoader.LoadPkcs12Collection(pfx, password));
        var own = chain.LastOrDefault(static certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("there is no private key in it");
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    private static bool IsPem(string file) => File.ReadAllText(file).Contains("-----BEGIN ", StringComparison.Ordinal);

    private (DateTime, DateTime) Stamp() =>
        (File.GetLastWriteTimeUtc(_settings.Certificate ?? ""), _settings.Key is { } key ? File.GetLastWriteTimeUtc(key) : default);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "The certificate was read again; it is valid until {NotAfter}")]
    private static partial void Reloaded(ILogger logger, DateTime notAfter);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The old certificate stays: {Message}")]
    private static partial void NotReloaded(ILogger logger, string message);
}
