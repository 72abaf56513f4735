using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ActorMemory.Node.Http.Security;

/// <summary>A key of the HTTP API, as it is stored: without its secret.</summary>
/// <param name="Id">Which key, 12 hexadecimal digits; it stands in the key itself.</param>
/// <param name="Name">Who has it; stands in the audit log.</param>
/// <param name="Roles">What it may do.</param>
/// <param name="Hash">SHA-256 of the secret. The secret has 256 random bits, so a slow hash would only slow the node down.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when on it is not taken any more; null for never.</param>
internal sealed record ApiKey(
    string Id, string Name, IReadOnlyList<ApiKeyRole> Roles, ReadOnlyMemory<byte> Hash, DateTimeOffset Created, DateTimeOffset? Expires)
{
    /// <summary>What it may do.</summary>
    public Access Rights { get; } = Roles.Aggregate(Access.None, static (rights, role) => rights | role.Rights());

    /// <summary>Its roles as text.</summary>
    public string RolesText => string.Join(", ", Roles.Select(static role => role.ToName()));

    /// <summary>Whether it is not taken any more.</summary>
    public bool IsExpired(DateTimeOffset now) => now >= Expires;
}

/// <summary>A key as its owner has it: <c>am_</c>, id, <c>_</c>, secret. Both parts are hexadecimal digits in lower case.</summary>
internal readonly record struct ApiKeyText(string Id, string Secret)
{
    private const string Prefix = "am_";
    private const int IdDigits = 12;
    private const int SecretDigits = 64;

    /// <summary>A new key that nobody can guess.</summary>
    public static ApiKeyText Create() => new(
        RandomNumberGenerator.GetHexString(IdDigits, lowercase: true), RandomNumberGenerator.GetHexString(SecretDigits, lowercase: true));

    /// <summary>Reads a key; false if the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ApiKeyText key)
    {
        key = default;
        if (text is not { Length: 3 + IdDigits + 1 + SecretDigits } || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[3 + IdDigits] != '_')
        {
            return false;
        }

        key = new ApiKeyText(text[3..(3 + IdDigits)], text[(3 + IdDigits + 1)..]);
        return key.Id.All(char.IsAsciiHexDigitLower) && key.Secret.All(char.IsAsciiHexDigitLower);
    }

    /// <summary>What is stored of the secret.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Secret));

    /// <summary>The whole key, for its owner and nobody else.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Secret}";

    /// <summary>The key without its secret, so that no message reveals it by mistake.</summary>
    public override string ToString() => $"{Prefix}{Id}_***";
}
