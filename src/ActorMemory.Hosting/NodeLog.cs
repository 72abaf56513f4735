using System.Collections.Concurrent;
using ActorMemory.Actors;
using ActorMemory.Journal;
using Microsoft.Extensions.Logging;
using ActorLogLevel = ActorMemory.Actors.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorMemory.Hosting;

/// <summary>Hands what the kernel and the journal have to say to the host's logging.</summary>
internal sealed partial class NodeLog(ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, ILogger> _bySource = new(StringComparer.Ordinal);
    private readonly ILogger _audit = loggers.CreateLogger("ActorMemory.Audit");
    private readonly ILogger _journal = loggers.CreateLogger("ActorMemory.Journal");

    public void Write(LogEvent logged) =>
        Actor(_bySource.GetOrAdd(Category(logged.Source), loggers.CreateLogger), LevelOf(logged.Level), logged.Source, logged.Message, logged.Cause);

    public void Write(JournalIncident incident) => Journal(_journal, LevelOf(incident.Kind), incident.Kind, incident.Message, incident.Kind == JournalIncidentKind.Failed ? incident.Cause : null);

    public void Write(SignedNote checkpoint) => Checkpoint(_audit, checkpoint.ToString());

    public void WriteCheckpointTrouble(string message) => CheckpointTrouble(_audit, message);

    /// <summary>All shards of a type share a category.</summary>
    private static string Category(string source) => "ActorMemory." + source.Trim('/').TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '-').Replace('/', '.');

    private static LogLevel LevelOf(ActorLogLevel level) => level switch
    {
        ActorLogLevel.Debug => LogLevel.Debug,
        ActorLogLevel.Information => LogLevel.Information,
        ActorLogLevel.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    private static LogLevel LevelOf(JournalIncidentKind kind) => kind switch
    {
        JournalIncidentKind.DiskFullOver or JournalIncidentKind.Reachable => LogLevel.Information,
        JournalIncidentKind.SnapshotSkipped => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    [LoggerMessage(EventId = 1, Message = "{Source}: {Message}")]
    private static partial void Actor(ILogger logger, LogLevel level, string source, string message, Exception? cause);

    [LoggerMessage(EventId = 2, Message = "{Kind}: {Message}")]
    private static partial void Journal(ILogger logger, LogLevel level, JournalIncidentKind kind, string message, Exception? cause);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Checkpoint:\n{Note}")]
    private static partial void Checkpoint(ILogger logger, string note);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Checkpoints: {Message}")]
    private static partial void CheckpointTrouble(ILogger logger, string message);
}
