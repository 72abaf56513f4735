using System.Globalization;

namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// What a value is, before anybody looks inside. An object may refer to its own fields, so resolving must never look further
/// than it has to: the fields of an object and the elements of an array stay definitions here.
/// </summary>
internal abstract record HoconShape
{
    /// <summary>Nothing is defined, only optional substitutions that found nothing.</summary>
    public static HoconShape Undefined { get; } = new UndefinedShape();
}

internal sealed record UndefinedShape : HoconShape;

internal sealed record ScalarShape(HoconScalarKind Kind, string Text) : HoconShape;

internal sealed record ArrayShape(IReadOnlyList<HoconDefinitions> Elements) : HoconShape;

/// <summary>Objects on top of each other, the lowest first; they are merged key by key, when a key is asked for.</summary>
internal sealed record ObjectShape(IReadOnlyList<ObjectNode> Layers) : HoconShape
{
    /// <summary>The keys of all layers in the order in which they first appear.</summary>
    public IEnumerable<string> Keys => Layers.SelectMany(layer => layer.Fields.Keys).Distinct();

    /// <summary>All that the layers say about a key; empty if they say nothing.</summary>
    public HoconDefinitions this[string key]
    {
        get
        {
            var definitions = new HoconDefinitions();
            foreach (var layer in Layers)
                if (layer.Fields.TryGetValue(key, out var inLayer))
                    definitions.AddAll(inLayer);
            return definitions;
        }
    }

    /// <summary>The keys that are numbers, in numeric order: with them an object can stand for an array.</summary>
    public IEnumerable<string> Indexes =>
        from key in Keys
        let index = uint.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : default(uint?)
        where index is not null
        orderby index
        select key;
}
