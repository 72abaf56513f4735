using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ActorMemory.Hosting.Hocon;

/// <summary>Flattens HOCON to the keys of <see cref="IConfiguration"/>: <c>a.b[2]</c> is <c>a:b:2</c>.</summary>
internal sealed class HoconConfigurationProvider(Func<HoconText?> read, Func<string, string?> environment) : ConfigurationProvider
{
    public override void Load()
    {
        Data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (read() is not { } text)
            return;

        foreach (var (key, child) in Children(HoconDocument.Parse(text, environment)))
            Flatten(key, child);
    }

    void Flatten(string path, HoconValue value)
    {
        switch (value)
        {
            case HoconScalar { Kind: HoconScalarKind.Null }:
                Set(path, null, value.Position);
                break;
            case HoconScalar scalar:
                Set(path, scalar.Text, value.Position);
                break;
            // As the JSON provider does it: what is empty is there, an object as null and an array as "".
            case HoconObject { Fields.Count: 0 }:
                Set(path, null, value.Position);
                break;
            case HoconArray { Elements.Count: 0 }:
                Set(path, "", value.Position);
                break;
            default:
                foreach (var (key, child) in Children(value))
                    Flatten(ConfigurationPath.Combine(path, key), child);
                break;
        }
    }

    static IEnumerable<(string Key, HoconValue Value)> Children(HoconValue value) => value switch
    {
        HoconObject fields => fields.Fields.Select(field => (field.Key, field.Value)),
        HoconArray array => array.Elements.Select((element, index) => (index.ToString(CultureInfo.InvariantCulture), element)),
        _ => [],
    };

    void Set(string path, string? value, HoconPosition position)
    {
        // HOCON tells "a" from "A" and {a:{b}} from "a:b", the configuration does not: better an error than one of them lost.
        if (!Data.TryAdd(path, value))
            throw new HoconException(
                position, $"the configuration key '{path}' exists twice", "Choose keys that differ in more than case and ':'");
    }
}
