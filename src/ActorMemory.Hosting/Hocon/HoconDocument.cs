namespace ActorMemory.Hosting.Hocon;

/// <summary>Parses and resolves HOCON.</summary>
internal static class HoconDocument
{
    /// <summary>The value of one text: an object or an array.</summary>
    /// <param name="text">The text.</param>
    /// <param name="environment">Asked for substitutions that the text does not define.</param>
    /// <exception cref="HoconException">The text is not HOCON, or not resolvable.</exception>
    public static HoconValue Parse(HoconText text, Func<string, string?> environment) =>
        HoconResolver.Resolve(HoconParser.Parse(text, EmptyRoot(text)), environment);

    /// <summary>The value of two texts on top of each other; their substitutions see both.</summary>
    /// <param name="lower">The text with the defaults.</param>
    /// <param name="upper">The text that overrides it.</param>
    /// <param name="environment">Asked for substitutions that neither text defines.</param>
    /// <exception cref="HoconException">A text is not HOCON, not resolvable or not an object.</exception>
    public static HoconObject Merge(HoconText lower, HoconText upper, Func<string, string?> environment)
    {
        var root = EmptyRoot(upper);
        foreach (var text in new[] { lower, upper })
            if (HoconParser.Parse(text, root) != root)
                throw new HoconException(
                    new HoconPosition(text.Origin, 1, 1), "the text is an array, and settings have names", "Write key = value");

        return (HoconObject)HoconResolver.Resolve(root, environment);
    }

    static ObjectNode EmptyRoot(HoconText text) => new(new HoconPosition(text.Origin, 1, 1));
}
