namespace ActorMemory.Hosting.Hocon;

/// <summary>What a token is.</summary>
internal enum HoconTokenKind
{
    End,
    Newline,
    Space,
    Comma,
    Colon,
    Equals,
    PlusEquals,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Substitution,
    OptionalSubstitution,
    Quoted,
    Unquoted,
}

/// <summary>A piece of HOCON text: what it is, what it says (without quotes and escapes) and where it starts.</summary>
internal readonly record struct HoconToken(HoconTokenKind Kind, string Text, HoconPosition Position)
{
    /// <summary>The token as an error message names it.</summary>
    public override string ToString() => Kind switch
    {
        HoconTokenKind.End => "the end of the text",
        HoconTokenKind.Newline => "the end of the line",
        HoconTokenKind.Quoted => $"the string \"{Excerpt}\"",
        _ => $"'{Excerpt}'",
    };

    string Excerpt => Text.Length <= 40 ? Text : $"{Text.AsSpan(0, 40)}…";
}
