using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>Makes connections as the options say, and tells in a sentence why one could not be made.</summary>
internal sealed class RabbitConnector(RabbitBrokerOptions options)
{
    /// <summary>The broker for people.</summary>
    public string Place { get; } = $"{string.Join(", ", options.Hosts)} (port {Port(options)}, vhost {options.VirtualHost})";

    /// <param name="name">Shown in the broker's list of connections.</param>
    /// <exception cref="BrokerException">No host answers, or it refuses.</exception>
    public async Task<IConnection> ConnectAsync(string name)
    {
        using var patience = new CancellationTokenSource(options.ConnectTimeout * 2, options.TimeProvider);
        try
        {
            var factory = new ConnectionFactory
            {
                VirtualHost = options.VirtualHost,
                UserName = options.User,
                Password = await PasswordAsync(),
                RequestedHeartbeat = options.Heartbeat,
                RequestedConnectionTimeout = options.ConnectTimeout,
                HandshakeContinuationTimeout = options.ConnectTimeout,
                // A connection that heals by itself would hide that answers are lost and shards are somebody else's.
                AutomaticRecoveryEnabled = false,
                TopologyRecoveryEnabled = false,
                ClientProvidedName = name,
            };
            var endpoints = options.Hosts.Select(host => new AmqpTcpEndpoint(host, Port(options), Tls(host)));
            return await factory.CreateConnectionAsync(endpoints, name, patience.Token);
        }
        catch (Exception e)
        {
            throw RabbitErrors.NotConnected(e, Place, options.User);
        }
    }

    private static int Port(RabbitBrokerOptions options) =>
        options.Port != 0 ? options.Port
        : options.UseTls ? 5671
        : 5672;

    private async Task<string> PasswordAsync() =>
        options.PasswordFile is null
            ? options.Password ?? ""
            : await File.ReadLinesAsync(options.PasswordFile).FirstOrDefaultAsync() ?? "";

    private SslOption Tls(string host)
    {
        if (!options.UseTls)
            return new SslOption();
        var tls = new SslOption(options.TlsServerName ?? host, enabled: true);
        if (options.TlsCertificateFile is { } certificate)
        {
            // Without the detour through PKCS#12 some platforms do not send the key of a certificate that was read from PEM.
            using var read = X509Certificate2.CreateFromPemFile(certificate, options.TlsKeyFile ?? certificate);
            tls.Certs = [X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null)];
        }

        if (options.TlsAuthorityFile is { } authorities)
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPemFile(authorities);
            if (trusted.Count == 0)
                throw new CryptographicException($"{authorities} holds no certificate in PEM form.");
            tls.CertificateValidationCallback = (_, presented, _, errors) => IsSignedBy(trusted, presented, errors);
        }

        return tls;
    }

    private static bool IsSignedBy(X509Certificate2Collection trusted, X509Certificate? presented, SslPolicyErrors errors)
    {
        if (presented is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var certificate = new X509Certificate2(presented);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(certificate);
    }
}
