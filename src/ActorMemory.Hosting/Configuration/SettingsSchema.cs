using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Configuration;

/// <summary>The settings that exist, with their defaults: whatever the embedded <c>actormemory.conf</c> holds.</summary>
internal sealed class SettingsSchema
{
    /// <summary>The object that holds all settings.</summary>
    public const string Root = "actormemory";

    readonly OrderedDictionary<string, Setting> _defaults = [];
    readonly HashSet<string> _sections = [];

    SettingsSchema(HoconText defaults)
    {
        DefaultsText = defaults;
        Add("", HoconDocument.Parse(defaults, _ => null));
    }

    /// <summary>The schema of the embedded file.</summary>
    public static SettingsSchema Embedded { get; } = new(ReadEmbedded());

    /// <summary>The text that the schema was made of.</summary>
    public HoconText DefaultsText { get; }

    /// <summary>Every key with its default, in the order of the file.</summary>
    public IReadOnlyDictionary<string, Setting> Defaults => _defaults;

    /// <summary>Whether settings lie below the key.</summary>
    public bool IsSection(string key) => _sections.Contains(key);

    /// <summary>The known key or section that was probably meant; null if none resembles the key.</summary>
    public string? Nearest(string key) =>
        KeyDistance.Nearest(key, _defaults.Keys.Concat(_sections.Where(section => section.Length > 0)));

    /// <summary>The first setting below a section.</summary>
    public string FirstBelow(string section) =>
        _defaults.Keys.First(key => key.StartsWith($"{section}.", StringComparison.Ordinal));

    void Add(string key, HoconValue value)
    {
        switch (value)
        {
            case HoconObject section:
                _sections.Add(key);
                foreach (var (name, child) in section.Fields)
                    Add(key.Length == 0 ? name : $"{key}.{name}", child);
                break;
            case HoconScalar scalar:
                _defaults.Add(key, new Setting(key, scalar.Text, "default"));
                break;
            default:
                throw new InvalidOperationException($"The default of {key} is a list, and no accessor reads lists yet.");
        }
    }

    static HoconText ReadEmbedded()
    {
        const string resource = "actormemory.conf";
        using var stream = typeof(SettingsSchema).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {resource}.");
        using var reader = new StreamReader(stream);
        return new HoconText($"{resource} (defaults)", File: null, reader.ReadToEnd());
    }
}
