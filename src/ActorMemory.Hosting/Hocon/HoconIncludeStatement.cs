namespace ActorMemory.Hosting.Hocon;

/// <summary>What stands after the word <c>include</c>.</summary>
internal readonly record struct HoconIncludeStatement(HoconPosition Position, string FileName, bool Required)
{
    const string Forms = "Write include \"f.conf\", include file(\"f.conf\") or include required(\"f.conf\")";

    /// <summary>Understands the text around the quoted file name, spaces removed.</summary>
    public static HoconIncludeStatement From(HoconPosition position, string before, string fileName, string after) =>
        (before, after) switch
        {
            ("", "") or ("file(", ")") => new HoconIncludeStatement(position, fileName, Required: false),
            ("required(", ")") or ("required(file(", "))") => new HoconIncludeStatement(position, fileName, Required: true),
            ("url(" or "classpath(" or "required(url(" or "required(classpath(", _) =>
                throw new HoconException(position, $"'{before}' is not supported: only files can be included", Forms),
            _ => throw Misunderstood(position),
        };

    /// <summary>The error of an include statement that has another form.</summary>
    public static HoconException Misunderstood(HoconPosition position) =>
        new(position, "'include' is not followed by one quoted file name", $"{Forms}; as a key it needs quotes: \"include\"");
}
