using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Configuration;

/// <summary>Puts file, environment and command line on top of the defaults, and collects what does not fit the schema.</summary>
internal sealed class SettingsLayers(SettingsSchema schema, List<string> problems)
{
    const string Prefix = "ACTORMEMORY_";

    // What a caller shows to a node; no setting of the node.
    const string ApiKeyVariable = "ACTORMEMORY_API_KEY";

    readonly Dictionary<string, Setting> _overrides = [];

    /// <summary>Every key with the value in force, in the order of the schema.</summary>
    public IReadOnlyList<Setting> Effective() =>
        [.. schema.Defaults.Values.Select(setting => _overrides.GetValueOrDefault(setting.Key, setting))];

    /// <summary>The file, merged with the defaults as HOCON merges: it may refer to them.</summary>
    /// <exception cref="ActorMemoryConfigurationException">There is no such file, or it is not HOCON.</exception>
    public void AddFile(string file, IReadOnlyDictionary<string, string?> environment)
    {
        try
        {
            var text = HoconText.ReadIfExists(file, new HoconPosition(file, 1, 1))
                ?? throw new ActorMemoryConfigurationException(
                    [$"{file}: the configuration file does not exist. Check the name after --config."]);
            AddFromFile("", HoconDocument.Merge(schema.DefaultsText, text, name => environment.GetValueOrDefault(name)));
        }
        catch (HoconException e)
        {
            throw new ActorMemoryConfigurationException([e.Message], e);
        }
    }

    /// <summary>The variables that begin with ACTORMEMORY_; the others belong to somebody else.</summary>
    public void AddEnvironment(IReadOnlyDictionary<string, string?> environment)
    {
        var keyByVariable = schema.Defaults.Keys.ToDictionary(VariableOf, StringComparer.Ordinal);
        foreach (var (variable, value) in environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal) || value is null || variable == ApiKeyVariable)
                continue;

            if (keyByVariable.TryGetValue(variable, out var key))
                Override(key, value, $"environment variable {variable}");
            else
                problems.Add(
                    $"environment variable {variable}: no setting has this name. "
                    + Suggest(KeyDistance.Nearest(variable, keyByVariable.Keys)));
        }
    }

    /// <summary>Overrides of the command line, <c>key=value</c>; the key may leave out the leading "actormemory.".</summary>
    public void AddSets(IEnumerable<string> sets)
    {
        foreach (var set in sets)
        {
            var equals = set.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                problems.Add($"--set {set}: not of the form key=value. Write for instance --set http.port=9090.");
                continue;
            }

            var name = set[..equals].Trim();
            var key = name.StartsWith($"{SettingsSchema.Root}.", StringComparison.Ordinal)
                ? name
                : $"{SettingsSchema.Root}.{name}";
            if (Setting.IsSecretKey(key))
                problems.Add($"--set {name}: what stands on the command line can be read by all users of the machine. Set the environment variable {VariableOf(key)}, or write it into the configuration file.");
            else if (schema.Defaults.ContainsKey(key))
                Override(key, set[(equals + 1)..].Trim(), $"--set {name}");
            else
                Misplaced($"--set {name}", key, isObject: false);
        }
    }

    void AddFromFile(string key, HoconValue value)
    {
        var source = value.Position.ToString();
        switch (value)
        {
            case HoconObject section when schema.IsSection(key):
                foreach (var (name, child) in section.Fields)
                    AddFromFile(key.Length == 0 ? name : $"{key}.{name}", child);
                break;
            case HoconScalar scalar when schema.Defaults.ContainsKey(key):
                if (value.Position.Origin != schema.DefaultsText.Origin)
                    Override(key, scalar.Kind == HoconScalarKind.Null ? null : scalar.Text, source);
                break;
            default:
                Misplaced(source, key, value is HoconObject);
                break;
        }
    }

    void Misplaced(string source, string key, bool isObject)
    {
        if (schema.Defaults.TryGetValue(key, out var setting))
            problems.Add(
                $"{source}: {key} is {(isObject ? "an object" : "a list")}, and a single value is expected. "
                + $"Write {key} = {setting.Value}.");
        else if (schema.IsSection(key))
            problems.Add(
                $"{source}: {key} is a single value, and it has settings below it. "
                + $"Set one of them, for instance {schema.FirstBelow(key)}.");
        else
            problems.Add($"{source}: no setting is called {key}. {Suggest(schema.Nearest(key))}");
    }

    void Override(string key, string? value, string source) => _overrides[key] = new Setting(key, value, source);

    static string Suggest(string? nearest) =>
        nearest is null ? "All settings are in actormemory.conf." : $"Did you mean {nearest}?";

    static string VariableOf(string key) =>
        Prefix + key[(SettingsSchema.Root.Length + 1)..].Replace("-", "_", StringComparison.Ordinal)
            .Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();
}
