namespace ActorMemory.Node.Portfolio;

/// <summary>What is said of files.</summary>
internal static class FileText
{
    /// <summary>What the JSON reader says, and what it most often means in files of the original.</summary>
    public static string Explain(string message) =>
        message.StartsWith("'N' is an invalid", StringComparison.Ordinal) || message.StartsWith("'I' is an invalid", StringComparison.Ordinal)
            ? $"NaN and Infinity are no JSON; replace them by null or a number. {message}"
            : message;
}
