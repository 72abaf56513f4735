using System.Collections;

namespace ActorMemory.Hosting.Configuration;

/// <summary>The configuration in force: embedded defaults &lt; file &lt; environment variables &lt; command line.</summary>
public sealed class ActorMemoryConfiguration
{
    ActorMemoryConfiguration(ActorMemorySettings settings, IReadOnlyList<Setting> effective) =>
        (Settings, Effective) = (settings, effective);

    /// <summary>The settings, typed and checked.</summary>
    public ActorMemorySettings Settings { get; }

    /// <summary>
    /// Every setting with its value as text and its source, in the order of <c>actormemory.conf</c>. The values of secrets are masked.
    /// </summary>
    public IReadOnlyList<Setting> Effective { get; }

    /// <summary>Loads the configuration with the environment of this process.</summary>
    internal static ActorMemoryConfiguration Load(string? file, IReadOnlyList<string> sets)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value;
        return Load(file, sets, environment);
    }

    /// <summary>Loads the configuration.</summary>
    /// <param name="file">A HOCON file that overrides the defaults; null for none.</param>
    /// <param name="sets">Overrides of the command line, <c>key=value</c>, such as <c>http.port=9090</c>.</param>
    /// <param name="environment">
    /// The environment variables: <c>ACTORMEMORY_HTTP__PORT</c> overrides <c>actormemory.http.port</c>; a dash is written as one
    /// underscore. All of them can be substituted in the file.
    /// </param>
    /// <exception cref="ActorMemoryConfigurationException">
    /// The file is missing or not HOCON, a key is unknown, or a value is not allowed; names every such key.
    /// </exception>
    public static ActorMemoryConfiguration Load(
        string? file, IReadOnlyList<string> sets, IReadOnlyDictionary<string, string?> environment)
    {
        var problems = new List<string>();
        var schema = SettingsSchema.Embedded;
        var layers = new SettingsLayers(schema, problems);
        if (file is not null)
            layers.AddFile(file, environment);
        layers.AddEnvironment(environment);
        layers.AddSets(sets);

        var effective = layers.Effective();
        var settings = ActorMemorySettings.Read(new SettingsReader(schema, effective, problems));
        return problems.Count == 0
            ? new ActorMemoryConfiguration(settings, [.. effective.Select(static setting => setting.Shown)])
            : throw new ActorMemoryConfigurationException(problems);
    }
}
