namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of signed checkpoints.</summary>
/// <param name="Key">File of the private key, relative to the folder of the journal.</param>
/// <param name="Export">Folder to which checkpoints are appended; null for none.</param>
/// <param name="Log">Whether checkpoints are written to the log.</param>
/// <param name="Every">How long a commit waits for its checkpoint.</param>
/// <param name="Batches">Commits after which a checkpoint does not wait longer.</param>
public sealed record AuditSettings(string Key, string? Export, CheckpointLog Log, TimeSpan Every, int Batches)
{
    internal static AuditSettings Read(SettingsReader audit) => new(
        Key: audit.Text("key"),
        Export: audit.Text("export") is "off" ? null : audit.Text("export"),
        Log: audit.Choice<CheckpointLog>("log"),
        Every: audit.Duration("every", "1s", "1d"),
        Batches: audit.Count("batches"));
}

/// <summary>Whether checkpoints are written to the log.</summary>
public enum CheckpointLog
{
    /// <summary>They are not.</summary>
    Off,

    /// <summary>They are.</summary>
    On,
}
