namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of every actor.</summary>
/// <param name="MailboxCapacity">Messages that may wait for one actor.</param>
/// <param name="Throughput">Messages handled in one go.</param>
/// <param name="AskTimeout">How long an ask waits for its reply.</param>
/// <param name="Restart">How a failed actor is restarted.</param>
/// <param name="DeadLettersLogged">Dead letters logged one by one; later ones are only counted.</param>
public sealed record ActorsSettings(
    int MailboxCapacity, int Throughput, TimeSpan AskTimeout, RestartSettings Restart, int DeadLettersLogged)
{
    internal static ActorsSettings Read(SettingsReader actors) => new(
        MailboxCapacity: actors.Count("mailbox-capacity"),
        Throughput: actors.Count("throughput"),
        AskTimeout: actors.Duration("ask-timeout", "1ms", "1d"),
        Restart: RestartSettings.Read(actors.Section("restart")),
        DeadLettersLogged: actors.Integer("dead-letters-logged", 0, int.MaxValue));
}

/// <summary>How a failed actor is restarted.</summary>
/// <param name="Max">Restarts within <paramref name="Within"/> before the failure goes up to the supervisor; 0 for none.</param>
/// <param name="Within">The time in which restarts are counted.</param>
/// <param name="MinBackoff">The pause before the first restart.</param>
/// <param name="MaxBackoff">The longest pause before a restart.</param>
public sealed record RestartSettings(int Max, TimeSpan Within, TimeSpan MinBackoff, TimeSpan MaxBackoff)
{
    internal static RestartSettings Read(SettingsReader restart)
    {
        var settings = new RestartSettings(
            Max: restart.Integer("max", 0, int.MaxValue),
            Within: restart.Duration("within", "1ms", "365d"),
            MinBackoff: restart.Duration("min-backoff", "1ms", "1d"),
            MaxBackoff: restart.Duration("max-backoff", "1ms", "1d"));
        restart.Require(settings.MinBackoff <= settings.MaxBackoff, "min-backoff", "it may not be longer than max-backoff");
        return settings;
    }
}
