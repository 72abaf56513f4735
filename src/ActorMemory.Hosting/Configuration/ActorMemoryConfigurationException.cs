namespace ActorMemory.Hosting.Configuration;

/// <summary>The configuration is wrong: says for each problem where it is, what is wrong and what to do.</summary>
public sealed class ActorMemoryConfigurationException : Exception
{
    internal ActorMemoryConfigurationException(IReadOnlyList<string> problems, Exception? cause = null)
        : base(string.Join(Environment.NewLine, problems), cause) =>
        Problems = problems;

    /// <summary>All problems, one sentence each; never empty.</summary>
    public IReadOnlyList<string> Problems { get; }
}
