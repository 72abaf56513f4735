using System.CommandLine;
using System.Text.Json;
using ActorMemory.Node.Cli;
using ActorMemory.Node.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>The commands that ask about a portfolio.</summary>
internal sealed class PortfolioCommands
{
    private readonly PortfolioOptions _shared;
    private readonly PortfolioRecordingCommands _recording;

    private readonly Option<string?> _asset = new("--asset") { Description = "Only of this asset, such as BTCUSD.", HelpName = "PAIR" };
    private readonly Option<string?> _provider = new("--provider") { Description = "Only decided by this provider, or with it in the ensemble.", HelpName = "NAME" };
    private readonly Option<string?> _regime = new("--regime") { Description = "Only in this regime, sentiment, or trend_ and a trend.", HelpName = "NAME" };
    private readonly Option<bool?> _profitable = new("--profitable") { Description = "Only profitable ones, or with false the others." };
    private readonly Option<string?> _from = PortfolioOptions.TimeOption("--from", "Only left at this time or later.");
    private readonly Option<string?> _until = PortfolioOptions.TimeOption("--until", "Only left before this time.");
    private readonly Option<int> _limit = new("--limit") { Description = "At most so many.", HelpName = "N", DefaultValueFactory = static _ => 100 };
    private readonly Option<int> _sets = new("--limit") { Description = "At most so many.", HelpName = "N", DefaultValueFactory = static _ => 20 };
    private readonly Option<int> _window = new("--window") { Description = "How many of the latest trades that cost something.", HelpName = "N", DefaultValueFactory = static _ => RollingCosts.DefaultWindow };
    private readonly Option<string> _rule = RuleOption();
    private readonly Option<int?> _days = new("--window-days") { Description = "Only trades that ended so many days ago. Default: all.", HelpName = "N" };
    private readonly Argument<string> _text = new("TEXT") { Description = "What it should be like, in words." };
    private readonly Option<int> _count = new("-n", "--count") { Description = "How many.", HelpName = "N", DefaultValueFactory = static _ => 5 };
    private readonly Option<string?> _halfLife = new("--half-life") { Description = "What is older by this counts half, such as 30d. Default: age does not count.", HelpName = "DURATION" };
    private readonly Option<int> _recent = new("--max-recent") { Description = "How many of the latest trades.", HelpName = "N", DefaultValueFactory = static _ => ContextQuery.DefaultMaxRecent };
    private readonly Option<int> _longTerm = new("--long-term-days") { Description = "How many days the long view goes back.", HelpName = "N", DefaultValueFactory = static _ => 90 };
    private readonly Option<string?> _similarTo = new("--similar-to") { Description = "What the situation is like, in words: past trades like it are shown.", HelpName = "TEXT" };
    private readonly Argument<string> _id = new("ID") { Description = "The id of the decision." };

    public PortfolioCommands(CommandIo io, NodeOptions options)
    {
        _shared = new PortfolioOptions(io, options);
        _recording = new PortfolioRecordingCommands(_shared);
    }

    public IEnumerable<Command> Create()
    {
        var outcomes = _shared.CreateKnown(
            "outcomes", "How trades ended, the latest first; with add, records them.", OutcomesAsync,
            _asset, _provider, _regime, _profitable, _from, _until, _limit);
        outcomes.Subcommands.Add(_recording.CreateAddOutcomes());
        yield return outcomes;

        var decisions = new Command("decisions", "Decisions and what every provider said.");
        decisions.Subcommands.Add(_shared.CreateKnown("show", "A decision.", DecisionAsync, _id));
        decisions.Subcommands.Add(_recording.CreateAddDecision());
        yield return decisions;

        yield return _shared.CreateKnown("providers", "How providers did, and the pseudo provider ensemble.", ProvidersAsync);
        yield return _shared.CreateKnown("regimes", "How trades did by regime.", RegimesAsync);
        yield return _shared.CreateKnown("strategies", "How trades did by voting strategy.", StrategiesAsync);
        var vetoes = _shared.CreateKnown("vetoes", "How vetoes did.", VetoesAsync);
        vetoes.Subcommands.Add(_shared.CreateKnown("effectiveness", "What vetoes were worth: precision, recall, by source and threshold.", EffectivenessAsync));
        yield return vetoes;
        yield return _shared.CreateKnown("costs", "What trading has cost lately, and what a trade has to earn to break even.", CostsAsync, _window);
        yield return _shared.CreateKnown("kelly", "Whether profits are steady enough to size positions by Kelly's criterion.", KellyAsync);
        yield return _shared.CreateKnown("learning", "Whether trading got better with experience.", LearningAsync, _asset);

        var weights = _shared.CreateKnown("weights", "What each provider's word is worth, with sample sizes and intervals.", WeightsAsync, _rule);
        weights.Subcommands.Add(_shared.CreateKnown("history", "The latest weight sets, newest first.", HistoryAsync, _rule, _sets));
        weights.Subcommands.Add(_shared.CreateKnown(
            "regret", "What trusting the evidence has cost against the original rule, beside the bound that mathematics sets.", RegretAsync));
        yield return weights;

        var snapshots = _shared.CreateKnown("snapshots", "The latest snapshots, oldest first; with take, takes one.", SnapshotsAsync);
        snapshots.Subcommands.Add(_recording.CreateTakeSnapshot());
        yield return snapshots;

        yield return _shared.CreateKnown("analyze", "What a snapshot would say now.", AnalyzeAsync, _days);
        yield return _shared.CreateKnown(
            "similar", "Past trades that are most like a situation, best first.", SimilarAsync, _text, _count, _asset, _provider, _regime, _profitable, _from, _until, _halfLife);
        yield return _shared.CreateKnown(
            "context", "What the memory has to say before the next decision, as text for a prompt.", ContextAsync, _asset, _recent, _longTerm, _similarTo, _count);
    }

    private async Task OutcomesAsync(Asked asked, CancellationToken cancellationToken)
    {
        var filter = new OutcomeFilter
        {
            AssetPair = asked.Line.GetValue(_asset),
            Provider = asked.Line.GetValue(_provider),
            Regime = asked.Line.GetValue(_regime),
            WasProfitable = asked.Line.GetValue(_profitable),
            From = PortfolioOptions.TimeOf(asked.Line, _from),
            Until = PortfolioOptions.TimeOf(asked.Line, _until),
        };
        var outcomes = await asked.Memory.GetOutcomesAsync(asked.Portfolio, filter, asked.Line.GetValue(_limit), cancellationToken);
        _shared.WriteList(asked, "outcomes", outcomes, () => PortfolioTables.Of(outcomes));
    }

    private async Task DecisionAsync(Asked asked, CancellationToken cancellationToken)
    {
        var id = asked.Line.GetRequiredValue(_id);
        var decision = await asked.Memory.GetDecisionAsync(asked.Portfolio, id, cancellationToken)
            ?? throw new CommandFailedException($"there is no decision '{id}' among those that are in memory.");
        _shared.Write(asked, decision, () => PortfolioTables.Of(decision));
    }

    private async Task ProvidersAsync(Asked asked, CancellationToken cancellationToken)
    {
        var providers = await asked.Memory.GetProvidersAsync(asked.Portfolio, cancellationToken);
        _shared.WriteList(asked, "providers", providers, () => PortfolioTables.Of(providers));
    }

    private async Task RegimesAsync(Asked asked, CancellationToken cancellationToken)
    {
        var regimes = await asked.Memory.GetRegimesAsync(asked.Portfolio, cancellationToken);
        _shared.WriteList(asked, "regimes", regimes, () => PortfolioTables.Totals(
            "regime", regimes.Select(static regime => (regime.Regime, regime.TotalTrades, regime.WinningTrades, regime.TotalPnl))));
    }

    private async Task StrategiesAsync(Asked asked, CancellationToken cancellationToken)
    {
        var strategies = await asked.Memory.GetStrategiesAsync(asked.Portfolio, cancellationToken);
        _shared.WriteList(asked, "strategies", strategies, () => PortfolioTables.Totals(
            "strategy", strategies.Select(static one => (one.Strategy, one.TotalTrades, one.WinningTrades, one.TotalPnl))));
    }

    private async Task VetoesAsync(Asked asked, CancellationToken cancellationToken)
    {
        var vetoes = await asked.Memory.GetVetoesAsync(asked.Portfolio, cancellationToken);
        _shared.Write(asked, vetoes, () => PortfolioTables.Of(vetoes));
    }

    private async Task EffectivenessAsync(Asked asked, CancellationToken cancellationToken) =>
        WriteValues(asked, await asked.Memory.GetVetoEffectivenessAsync(asked.Portfolio, cancellationToken));

    private async Task CostsAsync(Asked asked, CancellationToken cancellationToken) =>
        WriteValues(asked, await asked.Memory.GetCostsAsync(asked.Portfolio, asked.Line.GetValue(_window), cancellationToken));

    private async Task KellyAsync(Asked asked, CancellationToken cancellationToken) =>
        WriteValues(asked, await asked.Memory.CheckKellyAsync(asked.Portfolio, cancellationToken));

    private async Task LearningAsync(Asked asked, CancellationToken cancellationToken) =>
        WriteValues(asked, await asked.Memory.GetLearningAsync(asked.Portfolio, asked.Line.GetValue(_asset), cancellationToken));

    private void WriteValues<T>(Asked asked, T value) => _shared.Write(asked, value, () => PortfolioTables.Values(value));

    private async Task WeightsAsync(Asked asked, CancellationToken cancellationToken)
    {
        var weights = await asked.Memory.GetWeightsAsync(asked.Portfolio, RuleOf(asked), cancellationToken);
        _shared.Write(asked, weights, () => PortfolioTables.Of(weights));
    }

    private async Task HistoryAsync(Asked asked, CancellationToken cancellationToken)
    {
        var history = await asked.Memory.GetWeightHistoryAsync(asked.Portfolio, RuleOf(asked), asked.Line.GetValue(_sets), cancellationToken);
        _shared.WriteList(asked, "weights", history, () => PortfolioTables.Of(history));
    }

    private async Task RegretAsync(Asked asked, CancellationToken cancellationToken)
    {
        var regret = await asked.Memory.GetWeightRegretAsync(asked.Portfolio, cancellationToken);
        _shared.Write(asked, regret, () => PortfolioTables.Of(regret));
    }

    private async Task SnapshotsAsync(Asked asked, CancellationToken cancellationToken)
    {
        var snapshots = await asked.Memory.GetSnapshotsAsync(asked.Portfolio, cancellationToken);
        _shared.WriteList(asked, "snapshots", snapshots, () => PortfolioTables.Of(snapshots));
    }

    private async Task AnalyzeAsync(Asked asked, CancellationToken cancellationToken)
    {
        var snapshot = await asked.Memory.AnalyzeAsync(asked.Portfolio, asked.Line.GetValue(_days), cancellationToken);
        _shared.Write(asked, snapshot, () => PortfolioTables.Of(snapshot));
    }

    private async Task SimilarAsync(Asked asked, CancellationToken cancellationToken)
    {
        var filter = new VectorFilter
        {
            AssetPair = asked.Line.GetValue(_asset),
            Provider = asked.Line.GetValue(_provider),
            Regime = asked.Line.GetValue(_regime),
            WasProfitable = asked.Line.GetValue(_profitable),
            From = PortfolioOptions.TimeOf(asked.Line, _from),
            Until = PortfolioOptions.TimeOf(asked.Line, _until),
        };
        var query = new SimilarQuery(
            asked.Line.GetRequiredValue(_text), Count: asked.Line.GetValue(_count), Filter: filter,
            HalfLife: PortfolioText.Duration("--half-life", asked.Line.GetValue(_halfLife)));
        var similar = await asked.Memory.FindSimilarAsync(asked.Portfolio, query, cancellationToken);
        _shared.WriteList(asked, "similar", similar, () => PortfolioTables.Of(similar));
    }

    private async Task ContextAsync(Asked asked, CancellationToken cancellationToken)
    {
        var query = new ContextQuery(
            asked.Line.GetValue(_asset), asked.Line.GetValue(_recent), asked.Line.GetValue(_longTerm), asked.Line.GetValue(_similarTo), asked.Line.GetValue(_count));
        var context = await asked.Memory.GetContextAsync(asked.Portfolio, query, cancellationToken);
        if (asked.Line.GetValue(_shared.Node.Json))
        {
            _shared.Io.WriteJson(json => PortfolioAnswers.Write(json, asked.Portfolio, asked.Moment, context));
            return;
        }

        _shared.Io.WriteMoment(asked.Moment);
        await _shared.Io.Output.WriteLineAsync(PromptText.Write(context));
    }

    // The option takes only names that exist.
    private WeightRule RuleOf(Asked asked) => PortfolioText.Rule(asked.Line.GetRequiredValue(_rule)) ?? WeightRule.Evidence;

    private static Option<string> RuleOption()
    {
        var option = new Option<string>("--rule")
        {
            Description = "How weights come of outcomes: evidence (probabilities that earn their share), or original (75 % accuracy, 25 % mean performance).",
            DefaultValueFactory = static _ => WeightRule.Evidence.ToName(),
        };
        return option.AcceptOnlyFromAmong("evidence", "original");
    }
}
