namespace ActorMemory.Hosting.Configuration;

/// <summary>One setting as it is in force.</summary>
/// <param name="Key">The full key, such as <c>actormemory.http.port</c>.</param>
/// <param name="Value">The value as text, as it was written; null if it was set to null.</param>
/// <param name="Source">Where it comes from: <c>file:line:column</c>, a variable, the command line or the defaults.</param>
public sealed record Setting(string Key, string? Value, string Source);
