namespace ActorMemory.TestKit;

/// <summary>What a test expected did not happen.</summary>
public sealed class ExpectationFailedException(string message, Exception? cause = null) : Exception(message, cause);
