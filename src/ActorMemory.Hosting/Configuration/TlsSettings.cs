namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of encryption, TLS 1.2 or newer.</summary>
/// <param name="Certificate">File of the certificate, PEM with its chain or PFX; null for no encryption.</param>
/// <param name="Key">File of the private key in PEM; null if it is in the file of the certificate.</param>
/// <param name="Password">What opens the private key; null if it is not locked. Never printed, see <see cref="ToString"/>.</param>
public sealed record TlsSettings(string? Certificate, string? Key, string? Password)
{
    /// <summary>Whether the node listens with encryption.</summary>
    public bool IsOn => Certificate is not null;

    internal static TlsSettings Read(SettingsReader tls)
    {
        var settings = new TlsSettings(
            Certificate: tls.TextOrOff("certificate"), Key: tls.TextOrOff("key"), Password: tls.Secret("password"));
        tls.Require(settings.Key is null || settings.IsOn, "key", "it belongs to a certificate, and tls.certificate is off");
        return settings;
    }

    /// <summary>The settings without the password.</summary>
    public override string ToString() =>
        $"TlsSettings {{ Certificate = {Certificate ?? "off"}, Key = {Key ?? "off"}, Password = {(Password is null ? "none" : Setting.Masked)} }}";
}
