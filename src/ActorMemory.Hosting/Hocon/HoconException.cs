namespace ActorMemory.Hosting.Hocon;

/// <summary>A HOCON text cannot be understood: says where, what is wrong and what to do.</summary>
public sealed class HoconException : FormatException
{
    internal HoconException(HoconPosition position, string problem, string remedy, Exception? cause = null)
        : base($"{position}: {problem}. {remedy}.", cause) =>
        Position = position;

    /// <summary>Where the text stopped making sense.</summary>
    public HoconPosition Position { get; }
}
