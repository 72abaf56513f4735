using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The messages OpinionsMessage and PowersMessage of book.proto: what providers said and what each counted, in the order of the dictionaries.</summary>
internal static class OpinionWire
{
    internal static OpinionsMessage? ToMessage(IReadOnlyDictionary<string, ProviderOpinion>? opinions)
    {
        if (opinions is null)
            return null;

        var message = new OpinionsMessage();
        foreach (var (provider, opinion) in opinions)
        {
            var each = new OpinionMessage { Provider = provider };
            Texts.Set(opinion.Action, text => each.Action = text);
            Numbers.Set(opinion.Confidence, number => each.Confidence = number);
            Numbers.Set(opinion.Amount, number => each.Amount = number);
            message.Opinions.Add(each);
        }

        return message;
    }

    internal static IReadOnlyDictionary<string, ProviderOpinion>? FromMessage(OpinionsMessage? message)
    {
        if (message is null)
            return null;

        var opinions = new Dictionary<string, ProviderOpinion>(message.Opinions.Count, StringComparer.Ordinal);
        foreach (var each in message.Opinions)
        {
            opinions[each.Provider] = new ProviderOpinion(
                each.HasAction ? each.Action : null, each.HasConfidence ? each.Confidence : null, each.HasAmount ? each.Amount : null);
        }

        return opinions;
    }

    internal static PowersMessage? ToMessage(IReadOnlyDictionary<string, double>? powers)
    {
        if (powers is null)
            return null;

        var message = new PowersMessage();
        foreach (var (provider, power) in powers)
            message.Powers.Add(new PowerMessage { Provider = provider, Power = power });
        return message;
    }

    internal static IReadOnlyDictionary<string, double>? FromMessage(PowersMessage? message)
    {
        if (message is null)
            return null;

        var powers = new Dictionary<string, double>(message.Powers.Count, StringComparer.Ordinal);
        foreach (var each in message.Powers)
            powers[each.Provider] = each.Power;
        return powers;
    }
}
