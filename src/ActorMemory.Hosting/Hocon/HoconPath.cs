namespace ActorMemory.Hosting.Hocon;

/// <summary>The way to a value through the tree, such as <c>foo.bar."hello.world"</c>: three keys.</summary>
internal sealed class HoconPath(IReadOnlyList<string> keys)
{
    /// <summary>The way to the root itself.</summary>
    public static HoconPath Root { get; } = new([]);

    /// <summary>The keys from the root.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;

    /// <summary>This path, and from there the other one.</summary>
    public HoconPath Then(HoconPath rest) => new([.. Keys, .. rest.Keys]);

    /// <summary>The path as it is written in HOCON, quoted where it has to be.</summary>
    public override string ToString() => string.Join('.', Keys.Select(Quote));

    static string Quote(string key) =>
        key.Length > 0 && key.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or ' ') ? key : $"\"{key}\"";
}
