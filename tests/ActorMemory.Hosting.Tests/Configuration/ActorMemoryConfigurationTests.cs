using ActorMemory.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorMemory.Hosting.Tests.Configuration;

public sealed class ActorMemoryConfigurationTests : IDisposable
{
    static readonly Dictionary<string, string?> NoEnvironment = [];

    readonly string _folder = Directory.CreateTempSubdirectory("configuration-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_defaults_are_those_of_the_documentation()
    {
        var settings = ActorMemorySettings.Default;

        Assert.Equal("./data", settings.Data);
        Assert.Equal(
            new ActorsSettings(
                10_000,
                30,
                TimeSpan.FromSeconds(10),
                new RestartSettings(10, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)),
                10),
            settings.Actors);
        Assert.Equal(
            new ShardsSettings(64, 1024, 8192, TimeSpan.FromMinutes(10), 1L << 30, 256, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)),
            settings.Shards);
        Assert.Equal(
            new SqliteSettings(JournalSynchronous.Full, 8192, 32 << 20, 8 << 20, 2, 262_144, 64 << 20), settings.Journal.Sqlite);
        Assert.Equal(new SnapshotsSettings(1000), settings.Snapshots);
        Assert.Equal(new PerformanceSettings(5000, 50, 1_000_000), settings.Performance);
        Assert.Equal(new PruningSettings(null, 5000, 4), settings.Pruning);
        Assert.Equal(
            new HttpSettings(
                "127.0.0.1",
                8080,
                64 << 20,
                64 << 10,
                HttpAuthentication.On,
                "api-keys.json",
                new TlsSettings(null, null, null),
                new HttpLimitsSettings(5000, 10_000, 512, 1000, TimeSpan.FromSeconds(10))),
            settings.Http);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Shutdown.Timeout);
        Assert.Equal(LogLevel.Information, settings.Log.Level);
    }

    [Fact]
    public void The_file_overrides_the_defaults_and_leaves_the_rest()
    {
        var settings = Load("actormemory { http { port = 9090 }, pruning.schedule = 1h }").Settings;

        Assert.Equal(ActorMemorySettings.Default.Http with { Port = 9090 }, settings.Http);
        Assert.Equal(TimeSpan.FromHours(1), settings.Pruning.Schedule);
        Assert.Equal(ActorMemorySettings.Default.Shards, settings.Shards);
    }

    [Fact]
    public void The_environment_overrides_the_file_and_the_command_line_the_environment()
    {
        var environment = new Dictionary<string, string?>
        {
            ["ACTORMEMORY_HTTP__PORT"] = "2",
            ["ACTORMEMORY_JOURNAL__SQLITE__PAGE_SIZE"] = "16KiB",
            ["ACTORMEMORY_DATA"] = "/from/environment",
            ["PATH"] = "/bin",
        };

        var settings = Load("actormemory { http.port = 1, data = \"/from/file\", log.level = debug }", environment, "http.port=3").Settings;

        Assert.Equal(3, settings.Http.Port);
        Assert.Equal(16384, settings.Journal.Sqlite.PageSize);
        Assert.Equal("/from/environment", settings.Data);
        Assert.Equal(LogLevel.Debug, settings.Log.Level);
    }

    [Theory]
    [InlineData("http.port=3")]
    [InlineData("actormemory.http.port=3")]
    [InlineData(" http.port = 3 ")]
    public void The_command_line_may_leave_out_the_root(string set) => Assert.Equal(3, Load("", NoEnvironment, set).Settings.Http.Port);

    [Fact]
    public void The_last_of_equal_overrides_wins() =>
        Assert.Equal(4, Load("", NoEnvironment, "http.port=3", "http.port=4").Settings.Http.Port);

    [Fact]
    public void A_value_on_the_command_line_may_hold_equals_signs() =>
        Assert.Equal("/a=b", Load("", NoEnvironment, "data=/a=b").Settings.Data);

    [Fact]
    public void The_file_can_refer_to_defaults_and_to_the_environment()
    {
        var environment = new Dictionary<string, string?> { ["HOME"] = "/home/ada" };

        var settings = Load("actormemory { data = ${HOME}/memory, pruning.keep = ${actormemory.performance.default-window} }", environment).Settings;

        Assert.Equal("/home/ada/memory", settings.Data);
        Assert.Equal(50, settings.Pruning.Keep);
    }

    [Fact]
    public void Off_switches_passivation_and_pruning_off()
    {
        var settings = Load("actormemory { shards.passivate-after = off, pruning.schedule = off }").Settings;

        Assert.Null(settings.Shards.PassivateAfter);
        Assert.Null(settings.Pruning.Schedule);
    }

    [Fact]
    public void The_effective_settings_name_their_sources()
    {
        var environment = new Dictionary<string, string?> { ["ACTORMEMORY_DATA"] = "/d" };

        var effective = Load("\nactormemory.log.level = debug", environment, "http.port=3").Effective;

        Assert.Equal(
            [
                new Setting("actormemory.data", "/d", "environment variable ACTORMEMORY_DATA"),
                new Setting("actormemory.http.host", "127.0.0.1", "default"),
                new Setting("actormemory.http.port", "3", "--set http.port"),
                new Setting("actormemory.log.level", "debug", $"{FilePath}:2:25"),
            ],
            effective.Where(setting => setting.Key is "actormemory.data" or "actormemory.log.level" or "actormemory.http.host" or "actormemory.http.port"));
    }

    [Theory]
    [InlineData("actormemory.http.prot = 1", "1:25: no setting is called actormemory.http.prot. Did you mean actormemory.http.port?")]
    [InlineData("actormemory.htpp { port = 1 }", "1:18: no setting is called actormemory.htpp. Did you mean actormemory.http?")]
    [InlineData("actormemroy { http.port = 1 }", "1:13: no setting is called actormemroy. Did you mean actormemory?")]
    [InlineData("actormemory.port = 1", "1:20: no setting is called actormemory.port. Did you mean actormemory.http.port?")]
    [InlineData("actormemory.shards.passivateAfter = 1s", "no setting is called actormemory.shards.passivateAfter. Did you mean actormemory.shards.passivate-after?")]
    [InlineData("actormemory.HTTP.port = 1", "no setting is called actormemory.HTTP. Did you mean actormemory.http?")]
    [InlineData("akka { loglevel = DEBUG }", "no setting is called akka. All settings are in actormemory.conf.")]
    [InlineData("actormemory.http.port.x = 1", "actormemory.http.port is an object, and a single value is expected. Write actormemory.http.port = 8080.")]
    [InlineData("actormemory.http.port = [1]", "actormemory.http.port is a list, and a single value is expected")]
    [InlineData("actormemory.http = 1", "actormemory.http is a single value, and it has settings below it. Set one of them, for instance actormemory.http.host.")]
    [InlineData("actormemory.http = null", "actormemory.http is a single value, and it has settings below it")]
    [InlineData("actormemory = null", "actormemory is a single value, and it has settings below it")]
    public void An_unknown_or_misplaced_key_in_the_file_is_an_error_that_names_the_nearest(string hocon, string problem)
    {
        var message = Assert.Single(Problems(hocon));

        Assert.StartsWith($"{FilePath}:", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ACTORMEMORY_HTTP__PROT", "Did you mean ACTORMEMORY_HTTP__PORT?")]
    [InlineData("ACTORMEMORY_HTTP_PORT", "Did you mean ACTORMEMORY_HTTP__PORT?")]
    [InlineData("ACTORMEMORY_http__port", "no setting has this name")]
    [InlineData("ACTORMEMORY_COMPLETELY_DIFFERENT_THING", "All settings are in actormemory.conf.")]
    public void An_unknown_variable_with_our_prefix_is_an_error(string variable, string problem)
    {
        var message = Assert.Single(Problems("", new Dictionary<string, string?> { [variable] = "1" }));

        Assert.StartsWith($"environment variable {variable}: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http.prot=1", "--set http.prot: no setting is called actormemory.http.prot. Did you mean actormemory.http.port?")]
    [InlineData("http=1", "--set http: actormemory.http is a single value, and it has settings below it")]
    [InlineData("http.port", "--set http.port: not of the form key=value")]
    [InlineData("=1", "--set =1: not of the form key=value")]
    [InlineData("http.port=", "--set http.port: actormemory.http.port = : allowed is a whole number from 0 to 65535")]
    public void A_wrong_override_on_the_command_line_is_an_error(string set, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Problems("", NoEnvironment, set)), StringComparison.Ordinal);

    [Theory]
    [InlineData("journal.sqlite.synchronous = sometimes", "journal.sqlite.synchronous = sometimes: allowed is one of full, normal.")]
    [InlineData("journal.sqlite.synchronous = 1", "allowed is one of full, normal")]
    [InlineData("journal.sqlite.page-size = 3000", "allowed is a power of two from 512B to 64KiB")]
    [InlineData("journal.sqlite.page-size = 128KiB", "allowed is a power of two from 512B to 64KiB")]
    [InlineData("journal.sqlite.cache = lots", "cache = lots: allowed is a size from 64KiB to 1TiB")]
    [InlineData("http.port = 65536", "http.port = 65536: allowed is a whole number from 0 to 65535")]
    [InlineData("http.port = -1", "http.port = -1: allowed is a whole number from 0 to 65535")]
    [InlineData("http.port = 80.5", "allowed is a whole number")]
    [InlineData("http.port = null", "http.port = null: allowed is a whole number")]
    [InlineData("http.host = \"\"", "allowed is any text that is not empty")]
    [InlineData("shards.count = 0", "shards.count = 0: allowed is a whole number from 1 to 4096")]
    [InlineData("shards.count = true", "allowed is a whole number")]
    [InlineData("shards.passivate-after = never", "allowed is off, or a duration from 1ms to 365d")]
    [InlineData("actors.ask-timeout = off", "allowed is a duration from 1ms to 1d")]
    [InlineData("actors.ask-timeout = 10 parsecs", "ask-timeout = 10 parsecs: allowed is a duration")]
    [InlineData("actors.restart.min-backoff = 1m", "min-backoff = 1m: it may not be longer than max-backoff")]
    [InlineData("performance.default-window = 6000", "default-window = 6000: it may not be larger than max-records-per-key")]
    [InlineData("log.level = loud", "allowed is one of trace, debug, information, warning, error, critical, none")]
    public void A_wrong_value_is_an_error_that_names_what_is_allowed(string setting, string problem)
    {
        var message = Assert.Single(Problems($"actormemory.{setting}"));

        Assert.StartsWith($"{FilePath}:1:", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http.port=0")]
    [InlineData("http.port=65535")]
    [InlineData("shards.count=1")]
    [InlineData("shards.count=4096")]
    [InlineData("journal.sqlite.page-size=512B")]
    [InlineData("journal.sqlite.page-size=64KiB")]
    [InlineData("journal.sqlite.reserve=0")]
    [InlineData("actors.ask-timeout=1ms")]
    [InlineData("actors.ask-timeout=1d")]
    public void Both_ends_of_a_range_are_allowed(string set) =>
        Assert.Contains(Load("", NoEnvironment, set).Effective, setting => $"{setting.Key}={setting.Value}" == $"actormemory.{set}");

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var environment = new Dictionary<string, string?> { ["ACTORMEMORY_NO"] = "1" };

        var problems = Problems("actormemory { http.prot = 1, http.port = x }", environment, "nothing=1");

        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var error = Assert.Throws<ActorMemoryConfigurationException>(() => ActorMemoryConfiguration.Load("/no/such.conf", [], NoEnvironment));

        Assert.Equal("/no/such.conf: the configuration file does not exist. Check the name after --config.", error.Message);
    }

    [Theory]
    [InlineData("actormemory {", ":1:14: the text ends too early")]
    [InlineData("[1]", ":1:1: the text is an array")]
    public void A_file_that_is_no_HOCON_object_is_an_error_that_says_where(string hocon, string problem) =>
        Assert.StartsWith(FilePath + problem, Assert.Single(Problems(hocon)), StringComparison.Ordinal);

    [Fact]
    public void Every_key_in_the_default_file_is_read_and_every_key_read_is_in_it()
    {
        var schema = SettingsSchema.Embedded;
        var reader = new SettingsReader(schema, schema.Defaults.Values, []);

        // Reading a key that the file lacks throws.
        ActorMemorySettings.Read(reader);

        Assert.Equal(schema.Defaults.Keys.Order(), reader.KeysRead.Order());
    }

    [Fact]
    public void A_key_that_the_default_file_lacks_cannot_be_read()
    {
        var reader = new SettingsReader(SettingsSchema.Embedded, SettingsSchema.Embedded.Defaults.Values, []);

        var error = Assert.Throws<InvalidOperationException>(() => reader.Section("http").Text("colour"));

        Assert.Contains("actormemory.http.colour", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_in_the_default_file_stands_below_a_comment()
    {
        var lines = ReadDefaultFile().Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            if (!lines[i].Contains(" = ", StringComparison.Ordinal) || lines[i].TrimStart().StartsWith('#'))
                continue;

            // A setting may share the comment of the setting right above it.
            var above = lines[i - 1].TrimStart();
            Assert.True(above.StartsWith('#') || above.Contains(" = ", StringComparison.Ordinal), $"line {i + 1} has no comment: {lines[i]}");
        }
    }

    static string ReadDefaultFile()
    {
        using var stream = typeof(ActorMemorySettings).Assembly.GetManifestResourceStream("actormemory.conf");
        Assert.NotNull(stream);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    string FilePath => Path.Combine(_folder, "my.conf");

    ActorMemoryConfiguration Load(string hocon, Dictionary<string, string?>? environment = null, params string[] sets)
    {
        File.WriteAllText(FilePath, hocon);
        return ActorMemoryConfiguration.Load(FilePath, sets, environment ?? NoEnvironment);
    }

    IReadOnlyList<string> Problems(string hocon, Dictionary<string, string?>? environment = null, params string[] sets) =>
        Assert.Throws<ActorMemoryConfigurationException>(() => Load(hocon, environment, sets)).Problems;
}
