namespace ActorMemory.Journal;

/// <summary>A backup could not be made or restored; nothing that was there is changed. The message names what, where, and the way out.</summary>
public sealed class BackupException(string message, Exception? innerException = null) : Exception(message, innerException);
