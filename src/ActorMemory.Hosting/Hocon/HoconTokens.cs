using System.Text;
using Kind = ActorMemory.Hosting.Hocon.HoconTokenKind;

namespace ActorMemory.Hosting.Hocon;

/// <summary>The tokens of a text one after the other, and what is read token by token: space, paths, includes.</summary>
internal sealed class HoconTokens
{
    readonly HoconLexer _lexer;

    public HoconTokens(HoconText source)
    {
        _lexer = new HoconLexer(source.Text, source.Origin);
        Current = _lexer.Next();
    }

    /// <summary>The token that is looked at.</summary>
    public HoconToken Current { get; private set; }

    public Kind Kind => Current.Kind;

    public void Advance() => Current = _lexer.Next();

    /// <summary>Skips spaces and newlines.</summary>
    /// <returns>Whether there was a newline.</returns>
    public bool SkipBlank()
    {
        var newline = false;
        for (; Kind is Kind.Space or Kind.Newline; Advance())
            newline |= Kind == Kind.Newline;
        return newline;
    }

    /// <summary>Reads a path expression.</summary>
    public HoconPath Path()
    {
        var path = new HoconPathBuilder(Current.Position);
        for (; ; Advance())
        {
            switch (Kind)
            {
                case Kind.Space:
                    path.AddSpace(Current.Text);
                    break;
                case Kind.Quoted:
                    path.AddQuoted(Current.Text);
                    break;
                case Kind.Unquoted:
                    path.AddUnquoted(Current.Text);
                    break;
                case Kind.Substitution or Kind.OptionalSubstitution or Kind.OpenBracket:
                    throw Error($"{Current} inside a path", "A path is made of plain and quoted text only");
                default:
                    return path.ToPath();
            }
        }
    }

    /// <summary>Reads the word <c>include</c> and what belongs to it.</summary>
    public HoconIncludeStatement IncludeStatement()
    {
        var position = Current.Position;
        Advance();
        SkipBlank();
        var before = IncludePunctuation(unclosed: 1);
        if (Kind != Kind.Quoted)
            throw HoconIncludeStatement.Misunderstood(position);
        var fileName = Current.Text;
        Advance();
        return HoconIncludeStatement.From(position, before, fileName, IncludePunctuation(unclosed: before.Count(c => c == '(')));
    }

    /// <summary>The text around the file name without its space; as long as something is unclosed, newlines are space.</summary>
    string IncludePunctuation(int unclosed)
    {
        var text = new StringBuilder();
        for (; Kind is Kind.Unquoted or Kind.Space || (Kind == Kind.Newline && unclosed > 0); Advance())
        {
            if (Kind != Kind.Unquoted)
                continue;
            text.Append(Current.Text);
            unclosed -= Current.Text.Count(c => c == ')');
        }

        return text.ToString();
    }

    /// <summary>The error of a bracket, or the end, where it cannot be.</summary>
    public HoconException Unbalanced() => Kind == Kind.End
        ? Error("the text ends too early", "Add the missing value, '}' or ']'")
        : Error($"{Current} closes nothing that is open here", "Balance the brackets");

    /// <summary>An error at the current token.</summary>
    public HoconException Error(string problem, string remedy) => new(Current.Position, problem, remedy);
}
