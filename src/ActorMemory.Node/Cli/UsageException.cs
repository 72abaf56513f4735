namespace ActorMemory.Node.Cli;

/// <summary>The command line asks for something that cannot be meant: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A command could not do what it was asked: exit code 1.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
