namespace ActorMemory.Portfolio;

/// <summary>What the text of an action says, for the rules that weigh providers.</summary>
[Flags]
internal enum ActionWords
{
    /// <summary>There is no text.</summary>
    None = 0,

    /// <summary>Its side is long.</summary>
    Long = 1,

    /// <summary>Its side is short.</summary>
    Short = 2,

    /// <summary>The original rule finds a word for rising prices in it.</summary>
    Bullish = 4,

    /// <summary>The original rule finds a word for falling prices in it; <c>CLOSE_LONG</c> has both.</summary>
    Bearish = 8,

    /// <summary>It is HOLD.</summary>
    Hold = 16,

    /// <summary>There is a text.</summary>
    Answered = 32,
}

/// <summary>Reads the texts of actions.</summary>
internal static class ActionText
{
    internal const ActionWords All = (ActionWords)63;

    private static readonly string[] s_bullish = ["LONG", "BUY", "REDUCE_SHORT", "CLOSE_SHORT"];
    private static readonly string[] s_bearish = ["SHORT", "SELL", "REDUCE_LONG", "CLOSE_LONG"];

    /// <summary>What the finer action says, or, without one, the action. The side is that of <see cref="Orientation"/>.</summary>
    internal static ActionWords WordsOf(string? policyAction, string? action)
    {
        if ((policyAction ?? action)?.ToUpperInvariant() is not { Length: > 0 } text)
            return ActionWords.None;

        var words = ActionWords.Answered;
        words |= Orientation.Of(policyAction, action) switch
        {
            TradeSide.Long => ActionWords.Long,
            TradeSide.Short => ActionWords.Short,
            _ => ActionWords.None,
        };
        if (Array.Exists(s_bullish, word => text.Contains(word, StringComparison.Ordinal)))
            words |= ActionWords.Bullish;
        if (Array.Exists(s_bearish, word => text.Contains(word, StringComparison.Ordinal)))
            words |= ActionWords.Bearish;
        return text == "HOLD" ? words | ActionWords.Hold : words;
    }

    /// <summary>1 for long, −1 for short, 0 for neither.</summary>
    internal static int DirectionOf(ActionWords words) => (words & (ActionWords.Long | ActionWords.Short)) switch
    {
        ActionWords.Long => 1,
        ActionWords.Short => -1,
        _ => 0,
    };
}
