namespace ActorMemory.Wire;

/// <summary>What is said of messages that have no form here.</summary>
internal static class FormatFault
{
    /// <summary>A node sent what this one cannot read.</summary>
    /// <param name="reader">Who should have read it.</param>
    /// <param name="manifest">What it is.</param>
    internal static FormatException UnknownManifest(string reader, string manifest) => new(
        $"{reader} of this node does not know the manifest '{manifest}'. A node of a newer version sent it: bring this node to that version.");

    /// <summary>A message cannot be sent to another node.</summary>
    internal static ArgumentException NoForm(object message) => new(
        $"There is no form in which the message {message.GetType().Name} travels to another node; it stays within this one.", nameof(message));
}
