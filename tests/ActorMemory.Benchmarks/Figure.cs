namespace ActorMemory.Benchmarks;

/// <summary>Whether a figure is to be at least or at most its target.</summary>
internal enum Goal
{
    AtLeast,
    AtMost,
    None,
}

/// <summary>A measured figure with its target, and the baseline that was measured in the same run.</summary>
/// <param name="Name">The name under which scripts find it.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Goal">Which side of the target is good.</param>
/// <param name="Target">The target; 0 without one.</param>
/// <param name="Baseline">What it stands beside, in words and numbers.</param>
internal sealed record Figure(string Name, double Value, string Unit, Goal Goal, double Target, string Baseline)
{
    public bool IsMet => Goal switch
    {
        Goal.AtLeast => Value >= Target,
        Goal.AtMost => Value <= Target,
        _ => true,
    };

    public string TargetText => Goal switch
    {
        Goal.AtLeast => $">= {Target:N1}",
        Goal.AtMost => $"<= {Target:N1}",
        _ => "",
    };
}
