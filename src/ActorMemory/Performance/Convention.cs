namespace ActorMemory.Performance;

/// <summary>How statistics are computed. Every answer names its convention.</summary>
public enum Convention
{
    // Nodes send each other these numbers (commands.proto): they never change.
    /// <summary>
    /// Non-finite values are left out and counted, constant series have no ratio, drawdown starts from the capital before the first
    /// period, the Sortino ratio divides by the target downside deviation, and nothing overflows that has a finite answer.
    /// </summary>
    ActorMemory,

    /// <summary>
    /// The numbers of the original Module E of prado10 (commit 9bcdc054, numpy 1.24), oddities included, to 1e-12 relative, for
    /// comparing old results with new ones.
    /// </summary>
    Prado9,
}

/// <summary>The names of conventions in requests and answers.</summary>
public static class ConventionName
{
    /// <summary>The convention's name: <c>actormemory</c> or <c>prado9</c>.</summary>
    public static string ToName(this Convention convention) => convention switch
    {
        Convention.ActorMemory => "actormemory",
        Convention.Prado9 => "prado9",
        _ => throw new ArgumentOutOfRangeException(nameof(convention), convention, "There is no such convention."),
    };

    /// <summary>The convention of a name; false if there is none.</summary>
    public static bool TryParse(string name, out Convention convention)
    {
        convention = name == "prado9" ? Convention.Prado9 : Convention.ActorMemory;
        return name is "actormemory" or "prado9";
    }
}
