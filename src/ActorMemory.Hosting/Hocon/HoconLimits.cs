namespace ActorMemory.Hosting.Hocon;

/// <summary>
/// Bounds that no honest configuration comes near. They turn hostile input (a million brackets, a file that doubles itself
/// with every line) into an error message instead of a stack overflow, an empty heap or a hang.
/// </summary>
internal static class HoconLimits
{
    /// <summary>Bytes of one file, or characters of one text.</summary>
    public const int TextLength = 1024 * 1024;

    /// <summary>Files read for one document, the included ones counted each time they are included.</summary>
    public const int Files = 200;

    /// <summary>Objects and arrays inside each other, counting each element of a path such as <c>a.b.c</c>.</summary>
    public const int Nesting = 64;

    /// <summary>Substitutions that have to be followed before the first of them has a value.</summary>
    public const int SubstitutionChain = 256;

    /// <summary>Values looked at and characters joined while substitutions are resolved.</summary>
    public const int Work = 4_000_000;

    public static HoconException TextTooLong(HoconPosition position) =>
        new(position, $"the text is longer than {TextLength} bytes", "Check that this is the configuration file");

    public static HoconException TooDeep(HoconPosition position) =>
        new(position, $"objects and arrays are nested deeper than {Nesting}", "Flatten the configuration");

    public static HoconException TooManyFiles(HoconPosition position) =>
        new(position, $"more than {Files} files are included", "Include every file once");

    public static HoconException ChainTooLong(HoconPosition position) =>
        new(position, $"more than {SubstitutionChain} substitutions lead to each other", "Refer to the value itself");

    public static HoconException TooMuchWork(HoconPosition position) =>
        new(position, "the substitutions blow the configuration up beyond all bounds", "Look for values that double each other");
}
