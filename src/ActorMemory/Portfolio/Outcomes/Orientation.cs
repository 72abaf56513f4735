using System.Diagnostics.CodeAnalysis;

namespace ActorMemory.Portfolio;

/// <summary>Which way the price has to go for a trade to win.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "So traders call them.")]
public enum TradeSide
{
    /// <summary>Neither: HOLD, or an action that nobody knows.</summary>
    None,

    /// <summary>Up.</summary>
    Long,

    /// <summary>Down.</summary>
    Short,
}

/// <summary>Which side an action is on, by the rules of the original.</summary>
public static class Orientation
{
    private static readonly string[] s_policies = ["OPEN_SMALL_", "OPEN_MEDIUM_", "ADD_SMALL_", "REDUCE_", "CLOSE_"];

    /// <summary>The side of the policy action; if that names none, that of the action.</summary>
    public static TradeSide Of(string? policyAction, string? action) => OfPolicy(policyAction) is var side and not TradeSide.None ? side : OfAction(action);

    /// <summary>
    /// The side that a policy action names, such as <c>OPEN_SMALL_LONG</c>, in upper case. <c>CLOSE_SHORT</c> is short: it ends a trade that was.
    /// </summary>
    public static TradeSide OfPolicy(string? policyAction)
    {
        foreach (var policy in s_policies)
        {
            if (policyAction is null || !policyAction.StartsWith(policy, StringComparison.Ordinal))
                continue;

            return policyAction[policy.Length..] switch
            {
                "LONG" => TradeSide.Long,
                "SHORT" => TradeSide.Short,
                _ => TradeSide.None,
            };
        }

        return TradeSide.None;
    }

    /// <summary>The side of BUY, LONG, SELL and SHORT, in any case.</summary>
    public static TradeSide OfAction(string? action) => action?.ToUpperInvariant() switch
    {
        "BUY" or "LONG" => TradeSide.Long,
        "SELL" or "SHORT" => TradeSide.Short,
        _ => TradeSide.None,
    };
}
