namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the removal of old events from the journal.</summary>
/// <param name="OlderThan">Only events recorded longer ago may go; null for no limit of age.</param>
/// <param name="KeepEvents">The newest so many events stay; null for no limit of number.</param>
/// <param name="Schedule">How often; null for only on demand.</param>
/// <param name="Archive">The folder of the archives; one that is relative is in the data folder.</param>
public sealed record RetentionSettings(TimeSpan? OlderThan, long? KeepEvents, TimeSpan? Schedule, string Archive)
{
    internal static RetentionSettings Read(SettingsReader retention)
    {
        var settings = new RetentionSettings(
            OlderThan: retention.DurationOrOff("older-than", "1s", "36500d"),
            KeepEvents: retention.CountOrOff("keep-events"),
            Schedule: retention.DurationOrOff("schedule", "1s", "365d"),
            Archive: retention.Text("archive"));
        retention.Require(
            settings.Schedule is null || settings.OlderThan is not null || settings.KeepEvents is not null,
            "schedule",
            "it needs older-than or keep-events, or nothing could ever go");
        return settings;
    }
}
