namespace ActorMemory.Portfolio;

/// <summary>What one trade counts for one provider.</summary>
/// <param name="Provider">Who.</param>
/// <param name="IsOwn">Whether it decided the trade itself; otherwise it took part in an ensemble.</param>
/// <param name="IsWin">Whether the trade counts as won for it.</param>
/// <param name="Pnl">Its share of the profit.</param>
/// <param name="Confidence">How sure it was; only of own trades.</param>
internal readonly record struct ProviderCredit(string Provider, bool IsOwn, bool IsWin, double Pnl, int? Confidence);

/// <summary>What a Thompson sampler learns of one trade.</summary>
internal readonly record struct ThompsonCredit(string Provider, bool IsWin, string Regime);

/// <summary>Takes credits out of trades by the rules of the original.</summary>
internal static class ProviderCredits
{
    /// <summary>
    /// One for who decided, which may be the pseudo provider <c>ensemble</c>; of an ensemble also one for each member: it wins if the trade won and
    /// it had said just what was done, and gets its share of the voting power of the profit, or equal shares where no power is known.
    /// </summary>
    internal static IReadOnlyList<ProviderCredit> Of(TradeClosed trade)
    {
        var outcome = trade.Outcome;
        if (!Ballots.IsProvider(outcome.AiProvider) || outcome.AiProvider is not { } decider)
            return [];

        var isWin = outcome.WasProfitable == true;
        var pnl = outcome.RealizedPnl ?? 0;
        var credits = new List<ProviderCredit> { new(decider, IsOwn: true, isWin, pnl, outcome.DecisionConfidence) };
        if (decider != Ballots.Ensemble)
            return credits;

        var ensemble = trade.Decision?.EnsembleMetadata;
        string[] members = [.. (ensemble?.ProvidersUsed ?? outcome.EnsembleProviders ?? []).Where(Ballots.IsProvider).Distinct(StringComparer.Ordinal)];
        foreach (var member in members)
        {
            var said = ensemble?.ProviderDecisions?.GetValueOrDefault(member)?.Action;
            var power = ensemble?.VotingPower is { Count: > 0 } powers ? powers.GetValueOrDefault(member) : 1.0 / members.Length;
            credits.Add(new ProviderCredit(member, IsOwn: false, isWin && said == outcome.Action, pnl * power, null));
        }

        return credits;
    }

    /// <summary>
    /// Of an ensemble each member: it wins if it was right to say what was done, or not to say it. Otherwise who decided.
    /// </summary>
    internal static IReadOnlyList<ThompsonCredit> ThompsonOf(TradeClosed trade)
    {
        var outcome = trade.Outcome;
        var isWin = outcome.WasProfitable == true;
        var regime = trade.Decision?.MarketData?.Regime ?? "trending";
        if (trade.Decision?.EnsembleMetadata is { ProvidersUsed: { Count: > 0 } used } ensemble)
        {
            return
            [
                .. used.Where(Ballots.IsProvider).Select(member => new ThompsonCredit(
                    member, (ensemble.ProviderDecisions?.GetValueOrDefault(member)?.Action == outcome.Action) == isWin, regime)),
            ];
        }

        return outcome.AiProvider is { } decider && Ballots.IsProvider(decider) ? [new ThompsonCredit(decider, isWin, regime)] : [];
    }
}
