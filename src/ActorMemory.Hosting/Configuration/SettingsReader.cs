using System.Globalization;
using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Configuration;

/// <summary>
/// Reads typed values. A wrong value is noted as a problem and its default returned, so that one start shows all problems; a key
/// that the schema lacks is a mistake in the code and throws.
/// </summary>
internal sealed class SettingsReader
{
    readonly IReadOnlyDictionary<string, Setting> _effective;
    readonly SettingsSchema _schema;
    readonly List<string> _problems;
    readonly HashSet<string> _read;
    readonly string _section;

    public SettingsReader(SettingsSchema schema, IEnumerable<Setting> effective, List<string> problems)
        : this(schema, effective.ToDictionary(setting => setting.Key), problems, [], SettingsSchema.Root)
    {
    }

    SettingsReader(
        SettingsSchema schema,
        IReadOnlyDictionary<string, Setting> effective,
        List<string> problems,
        HashSet<string> read,
        string section) =>
        (_schema, _effective, _problems, _read, _section) = (schema, effective, problems, read, section);

    /// <summary>The full keys that were read so far.</summary>
    public IReadOnlyCollection<string> KeysRead => _read;

    /// <summary>A reader of the settings below a name.</summary>
    public SettingsReader Section(string name) => new(_schema, _effective, _problems, _read, $"{_section}.{name}");

    /// <summary>A text that is not empty.</summary>
    public string Text(string name) =>
        Read(name, "any text that is not empty", text => text.Length > 0 ? new Parsed<string>(text) : null);

    /// <summary>A text, or null for <c>off</c>.</summary>
    public string? TextOrOff(string name) => Text(name) is var text && text == "off" ? null : text;

    /// <summary>A secret, or null for an empty text. Its name must be one that <see cref="Setting.IsSecret"/> knows.</summary>
    public string? Secret(string name)
    {
        if (!_effective[Known(name)].IsSecret)
            throw new InvalidOperationException($"{_section}.{name} would be shown: call it password, secret or connection-string.");

        return Read(name, "any text", static text => new Parsed<string>(text)) is { Length: > 0 } secret ? secret : null;
    }

    /// <summary>A whole number.</summary>
    public int Integer(string name, int min, int max) => Read(
        name,
        $"a whole number from {min} to {max}",
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max ? new Parsed<int>(number) : null);

    /// <summary>A number of things, at least one.</summary>
    public int Count(string name, int max = int.MaxValue) => Integer(name, 1, max);

    /// <summary>A size in bytes.</summary>
    public long Size(string name, string min, string max)
    {
        var (least, most) = (HoconSize.Parse(min), HoconSize.Parse(max));
        return Read(
            name,
            $"a size from {min} to {max}",
            text => HoconSize.TryParse(text, out var size) && size >= least && size <= most ? new Parsed<long>(size) : null);
    }

    /// <summary>A size in bytes that is a power of two.</summary>
    public int PowerOfTwo(string name, string min, string max)
    {
        var (least, most) = (HoconSize.Parse(min), HoconSize.Parse(max));
        return Read(
            name,
            $"a power of two from {min} to {max}",
            text => HoconSize.TryParse(text, out var size) && size >= least && size <= most && long.IsPow2(size)
                ? new Parsed<int>((int)size)
                : null);
    }

    /// <summary>A duration.</summary>
    public TimeSpan Duration(string name, string min, string max) => Read(
        name,
        $"a duration from {min} to {max}",
        text => DurationWithin(text, min, max) is { } duration ? new Parsed<TimeSpan>(duration) : null);

    /// <summary>A duration, or null for <c>off</c>.</summary>
    public TimeSpan? DurationOrOff(string name, string min, string max) => Read(
        name,
        $"off, or a duration from {min} to {max}",
        text => text == "off" ? new Parsed<TimeSpan?>(null)
            : DurationWithin(text, min, max) is { } duration ? new Parsed<TimeSpan?>(duration)
            : null);

    /// <summary>A number of things, or null for <c>off</c>.</summary>
    public long? CountOrOff(string name) => Read(
        name,
        "off, or a whole number from 0 on",
        text => text == "off" ? new Parsed<long?>(null)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new Parsed<long?>(number)
            : null);

    /// <summary>One of the names of an enumeration, in lower case.</summary>
    public T Choice<T>(string name)
        where T : struct, Enum
    {
        // A dictionary of names, because Enum.TryParse also takes numbers.
        var values = Enum.GetValues<T>().ToDictionary(value => value.ToString().ToLowerInvariant());
        return Read(
            name,
            $"one of {string.Join(", ", values.Keys)}",
            text => values.TryGetValue(text, out var value) ? new Parsed<T>(value) : null);
    }

    /// <summary>Notes that a value, which is not repeated because it may hold a secret, is not allowed.</summary>
    public void RequireUnseen(bool condition, string name, string rule)
    {
        var setting = _effective[Known(name)];
        if (!condition)
            _problems.Add($"{setting.Source}: {setting.Key}: {rule}.");
    }

    /// <summary>Notes that a value does not go together with another.</summary>
    public void Require(bool condition, string name, string rule)
    {
        if (!condition)
            _problems.Add(Problem(_effective[Known(name)], rule));
    }

    T Read<T>(string name, string allowed, Func<string, Parsed<T>?> parse)
    {
        var key = Known(name);
        var setting = _effective[key];
        if (setting.Value is { } text && parse(text) is { } parsed)
            return parsed.Value;

        _problems.Add(Problem(setting, $"allowed is {allowed}"));
        return parse(_schema.Defaults[key].Value ?? "") is { } standard
            ? standard.Value
            : throw new InvalidOperationException($"The default of {key} is not allowed itself: allowed is {allowed}.");
    }

    string Known(string name)
    {
        var key = $"{_section}.{name}";
        if (!_schema.Defaults.ContainsKey(key))
            throw new InvalidOperationException($"actormemory.conf lacks {key}: it needs its default and a comment there.");
        _read.Add(key);
        return key;
    }

    static string Problem(Setting setting, string rule) =>
        $"{setting.Source}: {setting.Key} = {setting.Shown.Value ?? "null"}: {rule}.";

    static TimeSpan? DurationWithin(string text, string min, string max) =>
        HoconDuration.TryParse(text, out var duration)
        && duration >= HoconDuration.Parse(min) && duration <= HoconDuration.Parse(max) ? duration : null;

    /// <summary>A value that was understood; it may itself be null.</summary>
    sealed record Parsed<T>(T Value);
}
