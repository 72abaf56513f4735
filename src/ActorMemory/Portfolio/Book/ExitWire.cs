using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The message ExitMessage of book.proto.</summary>
internal static class ExitWire
{
    internal static ExitMessage ToMessage(TradeExit exit)
    {
        var message = new ExitMessage { HitStopLoss = exit.HitStopLoss, HitTakeProfit = exit.HitTakeProfit };
        if (exit.Decision is { } decision)
            message.Decision = DecisionWire.ToMessage(decision);
        Texts.Set(exit.DecisionId, text => message.DecisionId = text);
        Texts.Set(exit.ExitId, text => message.ExitId = text);
        Texts.Set(exit.ExitTimestamp, text => message.ExitTimestamp = text);
        Numbers.Set(exit.ExitPrice, price => message.ExitPrice = price);
        return message;
    }

    internal static TradeExit FromMessage(ExitMessage message) => new()
    {
        Decision = message.Decision is { } decision ? DecisionWire.FromMessage(decision) : null,
        DecisionId = message.HasDecisionId ? message.DecisionId : null,
        ExitId = message.HasExitId ? message.ExitId : null,
        ExitPrice = message.HasExitPrice ? message.ExitPrice : null,
        ExitTimestamp = message.HasExitTimestamp ? message.ExitTimestamp : null,
        HitStopLoss = message.HitStopLoss,
        HitTakeProfit = message.HitTakeProfit,
    };
}
