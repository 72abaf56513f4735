namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of backups that a running node makes.</summary>
/// <param name="Folder">The folder that takes them.</param>
public sealed record BackupSettings(string Folder)
{
    internal static BackupSettings Read(SettingsReader backup) => new(Folder: backup.Text("folder"));
}
