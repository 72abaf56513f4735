using Kind = ActorMemory.Hosting.Hocon.HoconTokenKind;

namespace ActorMemory.Hosting.Hocon;

/// <summary>Turns one text into nodes; included files are parsed into the object that includes them.</summary>
internal sealed class HoconParser
{
    readonly HoconText _source;
    readonly HoconIncludes _includes;
    readonly HoconTokens _tokens;
    readonly HoconPath? _root;
    readonly bool _included;
    int _depth;

    /// <param name="source">The text.</param>
    /// <param name="includes">The files that are being read.</param>
    /// <param name="root">Where its own root is in the configuration; null inside an array, where no path leads to.</param>
    /// <param name="depth">How deep in objects and arrays that is.</param>
    /// <param name="included">Whether another text includes this one.</param>
    HoconParser(HoconText source, HoconIncludes includes, HoconPath? root, int depth, bool included)
    {
        if (source.Text.Length > HoconLimits.TextLength)
            throw HoconLimits.TextTooLong(new HoconPosition(source.Origin, 1, 1));

        (_source, _includes, _root, _depth, _included) = (source, includes, root, depth, included);
        _tokens = new HoconTokens(source);
    }

    /// <summary>Parses a text on top of what the texts before it defined.</summary>
    /// <returns>The root with the new definitions, or an array if that is what the text is.</returns>
    public static HoconNode Parse(HoconText source, ObjectNode root)
    {
        HoconNode document = root;
        var includes = new HoconIncludes();
        includes.Within(source, () =>
            document = new HoconParser(source, includes, HoconPath.Root, depth: 0, included: false).Document(root));
        return document;
    }

    HoconNode Document(ObjectNode root)
    {
        _tokens.SkipBlank();
        if (_tokens.Kind == Kind.OpenBracket)
        {
            if (_included)
                throw _tokens.Error("an included file has to hold an object, not an array", "Give the array a key");
            var array = Array();
            ExpectEnd("]");
            return array;
        }

        if (_tokens.Kind == Kind.OpenBrace)
        {
            Braces(root, _root);
            ExpectEnd("}");
            return root;
        }

        Fields(root, _root, Kind.End);
        return root;
    }

    void ExpectEnd(string closing)
    {
        _tokens.SkipBlank();
        if (_tokens.Kind != Kind.End)
            throw _tokens.Error(
                $"{_tokens.Current} after the '{closing}' that ends the document", "Remove it, or the outermost brackets");
    }

    void Braces(ObjectNode target, HoconPath? path)
    {
        Enter();
        _tokens.Advance();
        Fields(target, path, Kind.CloseBrace);
        _tokens.Advance();
        _depth--;
    }

    void Fields(ObjectNode target, HoconPath? path, Kind end)
    {
        _tokens.SkipBlank();
        while (_tokens.Kind != end)
        {
            if (_tokens.Kind == Kind.Unquoted && _tokens.Current.Text == "include")
                Include(target, path);
            else
                Field(target, path);
            NextEntry(end, "field");
        }
    }

    ArrayNode Array()
    {
        var position = _tokens.Current.Position;
        var elements = new List<HoconDefinitions>();
        Enter();
        _tokens.Advance();
        _tokens.SkipBlank();
        while (_tokens.Kind != Kind.CloseBracket)
        {
            elements.Add(HoconDefinitions.Of(Value(path: null)));
            NextEntry(Kind.CloseBracket, "element");
        }

        _tokens.Advance();
        _depth--;
        return new ArrayNode(position, elements);
    }

    /// <summary>Passes what has to stand between two entries: a comma, a newline, or the end.</summary>
    void NextEntry(Kind end, string entry)
    {
        var newline = _tokens.SkipBlank();
        if (_tokens.Kind == Kind.Comma)
        {
            _tokens.Advance();
            _tokens.SkipBlank();
        }
        else if (_tokens.Kind != end && !newline)
        {
            throw _tokens.Kind is Kind.CloseBrace or Kind.CloseBracket or Kind.End
                ? _tokens.Unbalanced()
                : _tokens.Error(
                    $"{_tokens.Current} after a complete {entry}",
                    "Put a comma or a newline between them, or quotes around the text");
        }
    }

    void Field(ObjectNode target, HoconPath? path)
    {
        if (_tokens.Kind == Kind.Comma)
            throw _tokens.Error("a comma without a field before it", "Remove the comma");
        if (_tokens.Kind is Kind.CloseBrace or Kind.CloseBracket or Kind.End)
            throw _tokens.Unbalanced();

        var position = _tokens.Current.Position;
        var key = _tokens.Path();
        _tokens.SkipBlank();
        var here = path?.Then(key);
        _depth += key.Keys.Count - 1;
        var value = _tokens.Kind switch
        {
            Kind.OpenBrace => Value(here),
            Kind.Colon or Kind.Equals => ValueAfterSeparator(here),
            Kind.PlusEquals => Append(position, here),
            // What follows the first word may be a value whose separator was forgotten, and that may be a secret.
            _ => throw _tokens.Error($"{_tokens.Current} after the key '{$"{key}".Split(' ')[0]}'", "Put '=' or '{' between key and value"),
        };
        _depth -= key.Keys.Count - 1;

        foreach (var inner in key.Keys.Skip(1).Reverse())
        {
            var wrapped = new ObjectNode(position);
            wrapped.Define(inner, value);
            value = wrapped;
        }

        target.Define(key.Keys[0], value);
    }

    HoconNode ValueAfterSeparator(HoconPath? path)
    {
        _tokens.Advance();
        _tokens.SkipBlank();
        return Value(path);
    }

    /// <summary><c>a += b</c> is <c>a = ${?a} [b]</c>.</summary>
    ConcatenationNode Append(HoconPosition position, HoconPath? path)
    {
        if (path is null)
            throw _tokens.Error("'+=' inside an array, where no path leads to its list", "Write the whole list");

        var element = HoconDefinitions.Of(ValueAfterSeparator(path: null));
        var before = new SubstitutionNode(position, path, pathInInclude: null, optional: true);
        return new ConcatenationNode(position, [before, new ArrayNode(position, [element])]);
    }

    HoconNode Value(HoconPath? path)
    {
        if (_depth > HoconLimits.Nesting)
            throw HoconLimits.TooDeep(_tokens.Current.Position);

        var parts = new List<HoconNode>();
        var space = default(SpaceNode);
        while (true)
        {
            if (_tokens.Kind == Kind.Space)
            {
                space = new SpaceNode(_tokens.Current.Position, _tokens.Current.Text);
                _tokens.Advance();
                continue;
            }

            if (Part(path) is not { } part)
                return Concatenate(parts);

            if (space is not null && parts.Count > 0)
                parts.Add(space);
            parts.Add(part);
            space = null;
        }
    }

    /// <summary>One value of a concatenation; null where it ends.</summary>
    HoconNode? Part(HoconPath? path)
    {
        var (kind, text, position) = _tokens.Current;
        switch (kind)
        {
            case Kind.Unquoted:
                _tokens.Advance();
                return new LiteralNode(position, KindOf(text), text);
            case Kind.Quoted:
                _tokens.Advance();
                return new LiteralNode(position, HoconScalarKind.String, text);
            case Kind.OpenBrace:
                var node = new ObjectNode(position);
                Braces(node, path);
                return node;
            case Kind.OpenBracket:
                return Array();
            case Kind.Substitution or Kind.OptionalSubstitution:
                return Substitution();
            case Kind.Colon or Kind.Equals or Kind.PlusEquals:
                throw _tokens.Error(
                    $"{_tokens.Current} inside a value", "Put the text in double quotes, or a newline before the next key");
            default:
                return null;
        }
    }

    HoconNode Concatenate(List<HoconNode> parts) => parts switch
    {
        [] => throw (_tokens.Kind is Kind.Newline or Kind.Comma
            ? _tokens.Error("a value is missing", "Write \"\" for an empty text, null for none")
            : _tokens.Unbalanced()),
        [var single] => single,
        _ => new ConcatenationNode(parts[0].Position, parts),
    };

    static HoconScalarKind KindOf(string unquoted) => unquoted switch
    {
        "null" => HoconScalarKind.Null,
        "true" or "false" => HoconScalarKind.Boolean,
        _ when HoconCharacters.NumberLength(unquoted) == unquoted.Length => HoconScalarKind.Number,
        _ => HoconScalarKind.String,
    };

    SubstitutionNode Substitution()
    {
        var (kind, _, position) = _tokens.Current;
        _tokens.Advance();
        var path = _tokens.Path();
        if (_tokens.Kind != Kind.CloseBrace)
            throw _tokens.Error(
                $"{_tokens.Current} inside a substitution", "A substitution is ${path}, or ${?path} if the path may be missing");
        _tokens.Advance();

        if (_included && _root is null)
            throw new HoconException(
                position,
                "a substitution in a file that is included inside an array, where no path leads to",
                "Include the file elsewhere and refer to it");

        var pathInInclude = _included ? _root?.Then(path) : null;
        return new SubstitutionNode(position, path, pathInInclude, kind == Kind.OptionalSubstitution);
    }

    void Include(ObjectNode target, HoconPath? path)
    {
        var statement = _tokens.IncludeStatement();
        var found = _includes.Include(
            _source,
            statement.FileName,
            statement.Position,
            included => new HoconParser(included, _includes, path, _depth, included: true).Document(target));
        if (!found && statement.Required)
            throw new HoconException(
                statement.Position,
                $"the required file '{statement.FileName}' does not exist",
                "Create it, or remove required(…)");
    }

    void Enter()
    {
        if (++_depth > HoconLimits.Nesting)
            throw HoconLimits.TooDeep(_tokens.Current.Position);
    }
}
