using ActorMemory.Portfolio.Wire;
using Google.Protobuf.Collections;

namespace ActorMemory.Portfolio;

/// <summary>Protobuf messages of what the rules have learned and said, with the checks that all later arithmetic relies on.</summary>
internal static class WeightsModelWire
{
    internal static WeightsModelMessage MessageOf(WeightsModel model)
    {
        var message = new WeightsModelMessage
        {
            Number = model.Number,
            Decisions = model.Decisions,
            LogLoss = model.LogLoss,
            EvidenceRight = model.EvidenceRight,
            OriginalRight = model.OriginalRight,
            EqualRight = model.EqualRight,
        };
        message.Shares.Add(model.Shares);
        message.LogLosses.Add(model.LogLosses);
        message.Temperatures.Add(model.Temperatures);
        foreach (var provider in model.Providers)
            message.Providers.Add(MessageOf(provider));
        return message;
    }

    internal static WeightsModel Of(WeightsModelMessage? message)
    {
        if (message is null)
            throw new FormatException("The message WeightsModelMessage is missing where it is due.");
        if (message.Number < 0 || message.Decisions < 0 || message.Providers.Count > WeightsModel.MaxProviders)
            throw new FormatException($"The message WeightsModelMessage counts what cannot be: {message.Number}, {message.Decisions}, {message.Providers.Count}.");

        return new WeightsModel
        {
            Number = message.Number,
            Decisions = message.Decisions,
            Shares = Column(message.Shares, EvidenceRule.RuleCount, "shares"),
            LogLosses = Column(message.LogLosses, EvidenceRule.RuleCount, "log_losses"),
            Temperatures = Column(message.Temperatures, EvidenceRule.TemperedCount * EvidenceRule.TemperatureCount, "temperatures"),
            LogLoss = Finite(message.LogLoss, "log_loss"),
            EvidenceRight = Finite(message.EvidenceRight, "evidence_right"),
            OriginalRight = Finite(message.OriginalRight, "original_right"),
            EqualRight = Finite(message.EqualRight, "equal_right"),
            Providers = ProvidersOf(message.Providers),
        };
    }

    internal static ForecastMessage MessageOf(Forecast forecast)
    {
        var message = new ForecastMessage { DecisionId = forecast.DecisionId, Probability = forecast.Probability };
        BallotWire.Write(forecast.Ballots, message.Ballots);
        message.Exponents.Add(forecast.Exponents);
        message.Probabilities.Add(forecast.Probabilities);
        return message;
    }

    internal static Forecast Of(ForecastMessage message)
    {
        var hasVotes = message.Probabilities.Count > 0;
        return new Forecast(
            message.DecisionId,
            BallotWire.Read(message.Ballots),
            Column(message.Exponents, hasVotes ? EvidenceRule.TemperedCount : 0, "exponents"),
            [.. Column(message.Probabilities, hasVotes ? EvidenceRule.RuleCount : 0, "probabilities").Select(Probability)],
            Probability(message.Probability));
    }

    private static ProviderEvidenceMessage MessageOf(ProviderEvidence provider)
    {
        var message = new ProviderEvidenceMessage
        {
            Provider = provider.Provider,
            Scored = provider.Scored,
            Correct = provider.Correct,
            SlowVotes = provider.SlowVotes,
            SlowWins = provider.SlowWins,
            FastVotes = provider.FastVotes,
            FastWins = provider.FastWins,
            Asleep = provider.Asleep,
            OriginalCorrect = provider.Original.Correct,
            OriginalTotal = provider.Original.Total,
            OriginalAverage = provider.Original.Average,
            EvidenceWeight = provider.EvidenceWeight,
            Accuracy = provider.Accuracy,
        };
        if (provider.OriginalWeight is { } weight)
            message.OriginalWeight = weight;
        return message;
    }

    private static ProviderEvidence[] ProvidersOf(RepeatedField<ProviderEvidenceMessage> messages)
    {
        var providers = messages.Select(Of).ToArray();
        for (var i = 1; i < providers.Length; i++)
        {
            if (string.CompareOrdinal(providers[i - 1].Provider, providers[i].Provider) >= 0)
                throw new FormatException($"The message WeightsModelMessage has the provider '{providers[i].Provider}' out of order.");
        }

        return providers;
    }

    private static ProviderEvidence Of(ProviderEvidenceMessage message)
    {
        if (message.Correct < 0 || message.Correct > message.Scored || message.Asleep < 0 || message.OriginalCorrect < 0 || message.OriginalCorrect > message.OriginalTotal)
            throw new FormatException($"The message ProviderEvidenceMessage counts what cannot be: {message}.");

        return new ProviderEvidence
        {
            Provider = message.Provider,
            Scored = message.Scored,
            Correct = message.Correct,
            SlowVotes = Count(message.SlowVotes),
            SlowWins = Count(message.SlowWins),
            FastVotes = Count(message.FastVotes),
            FastWins = Count(message.FastWins),
            Asleep = message.Asleep,
            Original = new OriginalHistory(message.OriginalCorrect, message.OriginalTotal, Finite(message.OriginalAverage, "original_average")),
            OriginalWeight = message.HasOriginalWeight ? Probability(message.OriginalWeight) : null,
            EvidenceWeight = Probability(message.EvidenceWeight),
            Accuracy = Probability(message.Accuracy),
        };
    }

    private static double[] Column(RepeatedField<double> values, int count, string name)
    {
        if (values.Count != count)
            throw new FormatException($"The column {name} has {values.Count} values where {count} are due.");
        foreach (var value in values)
            Finite(value, name);
        return [.. values];
    }

    private static double Finite(double value, string name) =>
        double.IsFinite(value) ? value : throw new FormatException($"The field {name} is {value}; the weights never store that.");

    private static double Count(double value) =>
        value is >= 0 and < double.PositiveInfinity ? value : throw new FormatException($"A discounted count is {value}; the weights never store that.");

    private static double Probability(double value) =>
        value is >= 0 and <= 1.000000001 ? value : throw new FormatException($"A probability or share is {value}; the weights never store that.");
}
