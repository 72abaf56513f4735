namespace ActorMemory.Hosting.Hocon;

/// <summary>A place in a HOCON text; lines and columns count from 1, columns in UTF-16 characters.</summary>
/// <param name="Origin">The file, or the name that the text was given.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The character in the line, from 1.</param>
public readonly record struct HoconPosition(string Origin, int Line, int Column)
{
    /// <summary>The place as <c>file:line:column</c>, which editors and terminals turn into a link.</summary>
    public override string ToString() => $"{Origin}:{Line}:{Column}";
}
