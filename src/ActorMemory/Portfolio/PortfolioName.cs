using System.Diagnostics.CodeAnalysis;
using ActorMemory.Names;

namespace ActorMemory.Portfolio;

/// <summary>
/// What keeps the memories of different accounts, runs or tests apart: nothing of one portfolio is ever seen in another. Any Unicode text of 1 to
/// <see cref="MaxCharacters"/> characters without control characters, compared ordinally.
/// </summary>
public readonly record struct PortfolioName
{
    /// <summary>The most characters (Unicode code points).</summary>
    public const int MaxCharacters = 128;

    /// <summary>The portfolio of those who have only one: <c>default</c>.</summary>
    public static readonly PortfolioName Default = new("default");

    private readonly string? _text;

    /// <summary>Names a portfolio.</summary>
    /// <exception cref="ArgumentException">The text is not a legal name; the message says why.</exception>
    public PortfolioName(string text)
    {
        if (FindFault(text) is { } fault)
            throw new ArgumentException(fault, nameof(text));

        _text = text;
    }

    /// <summary>Names a portfolio, or says in <paramref name="fault"/> why the text is not a legal name.</summary>
    public static bool TryCreate(string text, out PortfolioName name, [NotNullWhen(false)] out string? fault)
    {
        fault = FindFault(text);
        name = fault is null ? new PortfolioName(text) : default;
        return fault is null;
    }

    /// <summary>The name.</summary>
    public override string ToString() => _text ?? "default";

    private static string? FindFault(string text) =>
        text.Length == 0 ? "the name of the portfolio is empty; name it, or leave it out for 'default'." : NameText.FindFault(text, "portfolio", MaxCharacters);
}
