namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// Resolves substitutions and merges. A substitution looks forward, at the final value of its path. Where that would lead back
/// to the definition that is just being resolved, the specification lets it look back instead: at what the path was before that
/// definition.
/// </summary>
internal sealed class HoconResolver
{
    readonly ObjectShape _root;
    readonly Func<string, string?> _environment;
    readonly Dictionary<HoconNode, HoconShape> _known = [];
    readonly HashSet<HoconNode> _resolving = [];
    readonly HashSet<HoconNode> _building = [];
    int _chain;
    int _depth;
    int _work;

    HoconResolver(ObjectNode root, Func<string, string?> environment) =>
        (_root, _environment) = (new ObjectShape([root]), environment);

    /// <summary>The value of a document.</summary>
    /// <param name="document">The root object, or a root array.</param>
    /// <param name="environment">Asked for paths that the document does not define.</param>
    public static HoconValue Resolve(HoconNode document, Func<string, string?> environment) => document switch
    {
        ObjectNode root => new HoconResolver(root, environment).BuildObject(root.Position, new ObjectShape([root])),
        ArrayNode array =>
            new HoconResolver(new ObjectNode(array.Position), environment).BuildArray(array.Position, array.Elements),
        _ => throw new ArgumentException("a document is an object or an array", nameof(document)),
    };

    HoconValue? Build(HoconDefinitions definitions)
    {
        Work(definitions.Count, definitions.Position);
        var shape = ShapeOf(definitions, definitions.Count);
        if (shape is UndefinedShape)
            return null;
        if (shape is ScalarShape scalar)
            return new HoconScalar(definitions.Position, scalar.Kind, scalar.Text);

        // Only a reference can put a value inside itself. Meeting one again below itself means that the value has no end.
        var references = definitions.References();
        foreach (var reference in references)
            if (!_building.Add(reference))
                throw new HoconException(
                    reference.Position,
                    "the value contains itself through this substitution",
                    "Refer to a part that does not contain the substitution");

        if (++_depth > HoconLimits.Nesting)
            throw HoconLimits.TooDeep(definitions.Position);

        HoconValue value = shape is ArrayShape array
            ? BuildArray(definitions.Position, array.Elements)
            : BuildObject(definitions.Position, (ObjectShape)shape);
        _depth--;
        _building.ExceptWith(references);
        return value;
    }

    HoconArray BuildArray(HoconPosition position, IReadOnlyList<HoconDefinitions> elements)
    {
        var values = new List<HoconValue>();
        foreach (var element in elements)
            if (Build(element) is { } value)
                values.Add(value);
        return new HoconArray(position, values);
    }

    HoconObject BuildObject(HoconPosition position, ObjectShape shape)
    {
        var fields = new OrderedDictionary<string, HoconValue>();
        WorkOnKeys(shape, position);
        foreach (var key in shape.Keys)
            if (Build(Definitions(shape, key, position)) is { } value)
                fields.Add(key, value);
        return new HoconObject(position, fields);
    }

    /// <summary>What the lowest definitions, up to a count, make together.</summary>
    HoconShape ShapeOf(HoconDefinitions definitions, int count)
    {
        var layersFromTop = new List<ObjectNode>();
        for (var i = count - 1; i >= 0; i--)
        {
            Work(1, definitions[i].Position);
            var shape = ShapeOf(definitions[i]);
            if (shape is UndefinedShape)
                continue;
            if (shape is not ObjectShape lower)
                return layersFromTop.Count == 0 ? shape : Merged();
            Work(lower.Layers.Count, definitions[i].Position);
            layersFromTop.AddRange(lower.Layers.Reverse());
        }

        return layersFromTop.Count == 0 ? HoconShape.Undefined : Merged();

        ObjectShape Merged()
        {
            layersFromTop.Reverse();
            return new ObjectShape(layersFromTop);
        }
    }

    HoconShape ShapeOf(HoconNode node)
    {
        if (!node.IsReference)
            return node switch
            {
                LiteralNode literal => new ScalarShape(literal.Kind, literal.Text),
                ArrayNode array => new ArrayShape(array.Elements),
                _ => new ObjectShape([(ObjectNode)node]),
            };

        // Every occurrence of a substitution is resolved once, as the specification wants it.
        if (_known.TryGetValue(node, out var known))
            return known;
        if (++_chain > HoconLimits.SubstitutionChain)
            throw HoconLimits.ChainTooLong(node.Position);

        _resolving.Add(node);
        var shape = node is SubstitutionNode substitution ? Follow(substitution) : Join((ConcatenationNode)node);
        _resolving.Remove(node);
        _chain--;
        _known.Add(node, shape);
        return shape;
    }

    HoconShape Follow(SubstitutionNode substitution)
    {
        var circle = false;
        foreach (var path in substitution.Candidates)
        {
            var shape = Look(path, substitution.Position, ref circle);
            if (shape is not UndefinedShape)
                return shape;
        }

        var variable = string.Join('.', substitution.Path.Keys);
        if (variable.Length > 0 && _environment(variable) is { } value)
            return new ScalarShape(HoconScalarKind.String, value);
        if (substitution.Optional)
            return HoconShape.Undefined;
        throw circle
            ? new HoconException(
                substitution.Position,
                $"${{{substitution.Path}}} leads back to itself and has no earlier value",
                "Give it a value before, or break the circle")
            : new HoconException(
                substitution.Position,
                $"${{{substitution.Path}}} is defined neither in the configuration nor in the environment",
                $"Define it, or write ${{?{substitution.Path}}} if it may be missing");
    }

    /// <summary>The value at a path, as far as it is defined before anything that is just being resolved.</summary>
    HoconShape Look(HoconPath path, HoconPosition position, ref bool circle)
    {
        HoconShape found = _root;
        foreach (var key in path.Keys)
        {
            if (found is not ObjectShape shape)
                return HoconShape.Undefined;
            var definitions = Definitions(shape, key, position);
            if (definitions.Count == 0)
                return HoconShape.Undefined;

            var before = definitions.CountBelow(_resolving.Contains);
            circle |= before < definitions.Count;
            found = ShapeOf(definitions, before);
        }

        return found;
    }

    HoconShape Join(ConcatenationNode concatenation)
    {
        var parts = new List<(HoconNode Node, HoconShape Shape)>();
        foreach (var node in concatenation.Parts)
            if (node is SpaceNode space)
                parts.Add((node, new ScalarShape(HoconScalarKind.String, space.Text)));
            else if (ShapeOf(node) is var shape and not UndefinedShape)
                parts.Add((node, shape));

        var values = parts.Where(part => part.Node is not SpaceNode).ToList();
        if (values.Count == 0)
            return HoconShape.Undefined;
        if (values.Exists(part => part.Shape is ArrayShape))
            return JoinArrays(values);
        return values.Exists(part => part.Shape is ObjectShape) ? JoinObjects(values) : JoinText(parts);
    }

    ArrayShape JoinArrays(List<(HoconNode Node, HoconShape Shape)> values)
    {
        var elements = new List<HoconDefinitions>();
        foreach (var (node, shape) in values)
        {
            var array = shape as ArrayShape ?? AsArray(shape, node.Position) ?? throw NotJoined(node, shape, "an array");
            Work(array.Elements.Count, node.Position);
            elements.AddRange(array.Elements);
        }

        return new ArrayShape(elements);
    }

    /// <summary>The specification lets an object with numeric keys stand where an array is needed.</summary>
    ArrayShape? AsArray(HoconShape shape, HoconPosition position)
    {
        if (shape is not ObjectShape indexed)
            return null;

        WorkOnKeys(indexed, position);
        var elements = indexed.Indexes.Select(key => Definitions(indexed, key, position)).ToArray();
        return elements.Length == 0 ? null : new ArrayShape(elements);
    }

    ObjectShape JoinObjects(List<(HoconNode Node, HoconShape Shape)> values)
    {
        var layers = new List<ObjectNode>();
        foreach (var (node, shape) in values)
        {
            var joined = shape as ObjectShape ?? throw NotJoined(node, shape, "an object");
            Work(joined.Layers.Count, node.Position);
            layers.AddRange(joined.Layers);
        }

        return new ObjectShape(layers);
    }

    ScalarShape JoinText(List<(HoconNode Node, HoconShape Shape)> parts)
    {
        var texts = new List<string>();
        foreach (var (node, shape) in parts)
        {
            var text = ((ScalarShape)shape).Text;
            Work(text.Length, node.Position);
            texts.Add(text);
        }

        return new ScalarShape(HoconScalarKind.String, string.Concat(texts));
    }

    static HoconException NotJoined(HoconNode node, HoconShape shape, string with)
    {
        var what = shape switch
        {
            ArrayShape => "an array",
            ObjectShape => "an object",
            _ => "a single value",
        };
        return new HoconException(
            node.Position,
            $"{what} cannot be joined with {with}",
            "Put a newline or a comma between them, or make both the same type");
    }

    HoconDefinitions Definitions(ObjectShape shape, string key, HoconPosition position)
    {
        Work(shape.Layers.Count, position);
        var definitions = shape[key];
        Work(definitions.Count, position);
        return definitions;
    }

    void WorkOnKeys(ObjectShape shape, HoconPosition position)
    {
        foreach (var layer in shape.Layers)
            Work(1 + layer.Fields.Count, position);
    }

    void Work(int units, HoconPosition position)
    {
        _work += units;
        if (_work > HoconLimits.Work)
            throw HoconLimits.TooMuchWork(position);
    }
}
