namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// All that was said about one value, the earliest first: a later definition overrides or merges with the earlier ones, and a
/// self-referential one looks back at them.
/// </summary>
internal sealed class HoconDefinitions
{
    readonly List<HoconNode> _nodes = [];

    public int Count => _nodes.Count;

    public HoconNode this[int index] => _nodes[index];

    /// <summary>Where the value was last defined.</summary>
    public HoconPosition Position => _nodes[^1].Position;

    /// <summary>A value that is defined once.</summary>
    public static HoconDefinitions Of(HoconNode node)
    {
        var definitions = new HoconDefinitions();
        definitions.Add(node);
        return definitions;
    }

    /// <summary>Adds what the text says next. An object that follows an object becomes part of it.</summary>
    public void Define(HoconNode node)
    {
        if (node is not ObjectNode later || Count == 0 || _nodes[^1] is not ObjectNode earlier)
        {
            Add(node);
            return;
        }

        foreach (var (key, definitions) in later.Fields)
            foreach (var definition in definitions._nodes)
                earlier.Define(key, definition);
    }

    /// <summary>Puts the definitions of the same key in a later object on top of these.</summary>
    public void AddAll(HoconDefinitions later)
    {
        foreach (var node in later._nodes)
            Add(node);
    }

    /// <summary>The number of definitions below the first that satisfies the condition; all of them if none does.</summary>
    public int CountBelow(Predicate<HoconNode> condition) =>
        _nodes.FindIndex(condition) is >= 0 and var index ? index : Count;

    /// <summary>The different definitions that lead elsewhere.</summary>
    public IReadOnlyList<HoconNode> References() => [.. _nodes.Where(node => node.IsReference).Distinct()];

    void Add(HoconNode node)
    {
        // A scalar or an array hides all that came before, for ever: nobody can look back beyond it.
        if (node is LiteralNode or ArrayNode)
            _nodes.Clear();
        _nodes.Add(node);
    }
}
