using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Hosting.Tests.Configuration;

public sealed class SettingsTextTests
{
    [Fact]
    public void Settings_are_named_as_in_the_file_of_defaults()
    {
        var (settings, _) = SettingsText.Of(ActorMemorySettings.Default);

        Assert.Equal(
            SettingsSchema.Embedded.Defaults.Keys.Select(static key => key[(SettingsSchema.Root.Length + 1)..]).Order(StringComparer.Ordinal), settings.Keys);
        Assert.Equal("8080", settings["http.port"]);
        Assert.Equal("off", settings["pruning.schedule"]);
        Assert.Equal("full", settings["journal.sqlite.synchronous"]);
    }

    [Fact]
    public void A_secret_is_only_a_fingerprint_that_changes_with_it()
    {
        var secret = Assert.Single(SettingsText.Of(WithPassword(null)).Secrets, static name => name.EndsWith("password", StringComparison.Ordinal));

        var texts = new string?[] { null, "hunter2", "hunter2", "hunter3" }.Select(password => SettingsText.Of(WithPassword(password)).Settings[secret]).ToList();

        Assert.Equal("", texts[0]);
        Assert.Equal(texts[1], texts[2]);
        Assert.NotEqual(texts[1], texts[3]);
        Assert.Matches("^[0-9a-f]{8}$", texts[1]);
    }

    private static ActorMemorySettings WithPassword(string? password)
    {
        var http = ActorMemorySettings.Default.Http;
        return ActorMemorySettings.Default with { Http = http with { Tls = http.Tls with { Password = password } } };
    }
}
