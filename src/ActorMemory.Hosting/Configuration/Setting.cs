namespace ActorMemory.Hosting.Configuration;

/// <summary>One setting as it is in force.</summary>
/// <param name="Key">The full key, such as <c>actormemory.http.port</c>.</param>
/// <param name="Value">The value as text, as it was written; null if it was set to null.</param>
/// <param name="Source">Where it comes from: <c>file:line:column</c>, a variable, the command line or the defaults.</param>
public sealed record Setting(string Key, string? Value, string Source)
{
    internal const string Masked = "***";

    /// <summary>Whether the value is nobody's business: the last part of the key is password, secret or connection-string.</summary>
    public bool IsSecret => IsSecretKey(Key);

    /// <summary>The setting as it may be shown: a secret is masked.</summary>
    internal Setting Shown => IsSecret && Value is { Length: > 0 } ? this with { Value = Masked } : this;

    internal static bool IsSecretKey(string key) => key[(key.LastIndexOf('.') + 1)..] is "password" or "secret" or "connection-string";
}
