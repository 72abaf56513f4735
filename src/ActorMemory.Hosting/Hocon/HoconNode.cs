namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// A value as it was written, before substitutions. Nodes are compared by identity: the specification resolves every
/// occurrence of a substitution once, whatever its text.
/// </summary>
internal abstract class HoconNode(HoconPosition position)
{
    public HoconPosition Position { get; } = position;

    /// <summary>Whether the node may lead elsewhere, so that what it stands for is known only after following it.</summary>
    public virtual bool IsReference => false;
}

/// <summary>A string, number, boolean or null.</summary>
internal sealed class LiteralNode(HoconPosition position, HoconScalarKind kind, string text) : HoconNode(position)
{
    public HoconScalarKind Kind { get; } = kind;

    public string Text { get; } = text;
}

/// <summary>Unquoted whitespace in a concatenation: text between strings, nothing between arrays or objects.</summary>
internal sealed class SpaceNode(HoconPosition position, string text) : HoconNode(position)
{
    public string Text { get; } = text;
}

/// <summary>An array.</summary>
internal sealed class ArrayNode(HoconPosition position, IReadOnlyList<HoconDefinitions> elements) : HoconNode(position)
{
    public IReadOnlyList<HoconDefinitions> Elements { get; } = elements;
}

/// <summary><c>${path}</c> or <c>${?path}</c>.</summary>
internal sealed class SubstitutionNode(HoconPosition position, HoconPath path, HoconPath? pathInInclude, bool optional)
    : HoconNode(position)
{
    /// <summary>The path as written, from the root of the whole configuration.</summary>
    public HoconPath Path { get; } = path;

    /// <summary>Where to look, in order: in an included file first from where it was included, then from the root.</summary>
    public IEnumerable<HoconPath> Candidates => pathInInclude is null ? [Path] : [pathInInclude, Path];

    public bool Optional { get; } = optional;

    public override bool IsReference => true;
}

/// <summary>Several values on one line that make one: strings are joined, arrays appended, objects merged.</summary>
internal sealed class ConcatenationNode(HoconPosition position, IReadOnlyList<HoconNode> parts) : HoconNode(position)
{
    public IReadOnlyList<HoconNode> Parts { get; } = parts;

    public override bool IsReference => true;
}

/// <summary>An object: for every key all that was said about it.</summary>
internal sealed class ObjectNode(HoconPosition position) : HoconNode(position)
{
    public OrderedDictionary<string, HoconDefinitions> Fields { get; } = [];

    /// <summary>Defines a key, on top of what it was before.</summary>
    public void Define(string key, HoconNode value)
    {
        if (!Fields.TryGetValue(key, out var definitions))
            Fields.Add(key, definitions = new HoconDefinitions());
        definitions.Define(value);
    }
}
