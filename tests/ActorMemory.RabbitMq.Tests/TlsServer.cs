using System.Globalization;

namespace ActorMemory.RabbitMq.Tests;

/// <summary>A server that takes encrypted connections beside the others, and only from those with a certificate of its authority.</summary>
public sealed class TlsServer : IAsyncLifetime
{
    private readonly Certificates _certificates = new();
    private RabbitMqServer? _server;

    public RabbitBrokerOptions Options { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        var port = RabbitMqServer.FreePort();
        _server = await RabbitMqServer.StartAsync(
            $"listeners.ssl.1 = 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}",
            $"ssl_options.cacertfile = {_certificates.Authority}",
            $"ssl_options.certfile = {_certificates.Server}",
            $"ssl_options.keyfile = {_certificates.ServerKey}",
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true");
        await _server.ControlAsync("await_startup");
        Options = SharedServer.Options(port) with
        {
            UseTls = true,
            TlsAuthorityFile = _certificates.Authority,
            TlsCertificateFile = _certificates.Client,
            TlsKeyFile = _certificates.ClientKey,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _certificates.Dispose();
    }
}
