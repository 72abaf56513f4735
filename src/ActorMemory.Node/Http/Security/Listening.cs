using System.Net;
using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Node.Http.Security;

/// <summary>Where the node may listen, and how. What is not safe is refused at the start.</summary>
internal static class Listening
{
    /// <summary>The address of the setting <c>http.host</c>.</summary>
    /// <exception cref="ActorMemoryHostException">It is none.</exception>
    public static IPAddress AddressOf(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;

        return IPAddress.TryParse(host, out var address)
            ? address
            : throw new ActorMemoryHostException($"http.host: '{host}' is not an address; write 127.0.0.1, or the address of one of this machine's networks.");
    }

    /// <summary>Checks that nobody else can call the node, or read what its callers send.</summary>
    /// <param name="http">The settings.</param>
    /// <param name="isEncryptedElsewhere">Whether somebody said that the network in front of the node encrypts or is private.</param>
    /// <exception cref="ActorMemoryHostException">Somebody could.</exception>
    public static void Check(HttpSettings http, bool isEncryptedElsewhere)
    {
        if (IPAddress.IsLoopback(AddressOf(http.Host)))
            return;

        if (http.Authentication == HttpAuthentication.Off)
        {
            throw new ActorMemoryHostException(
                $"http.authentication: it is off, and other machines reach {http.Host}: all of them could read, write and prune. "
                + "Listen on 127.0.0.1, or leave authentication on.");
        }

        if (!http.Tls.IsOn && !isEncryptedElsewhere)
        {
            throw new ActorMemoryHostException(
                $"http.host: other machines reach {http.Host}, and without TLS everybody on the way could read keys and records. "
                + "Set http.tls.certificate; or add --allow-remote if a proxy in front of the node ends TLS.");
        }
    }
}
