using System.CommandLine;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Cli;

/// <summary>Commands about many keys and about the node.</summary>
internal sealed class MemoryCommands(CommandIo io, NodeOptions options)
{
    private readonly Option<string?> _strategy = new("--strategy") { Description = "Exactly this strategy.", HelpName = "NAME" };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "Strategies whose name begins so.", HelpName = "TEXT" };
    private readonly Option<string?> _regime = new("--regime") { Description = "Exactly this regime.", HelpName = "NAME" };
    private readonly Option<string?> _horizon = new("--horizon") { Description = "Exactly this horizon.", HelpName = "NAME" };
    private readonly Option<string> _metric = MetricOption();
    private readonly Option<int> _count = new("-n", "--count") { Description = "How many keys.", HelpName = "N", DefaultValueFactory = static _ => 10 };

    private readonly Option<int> _minimum = new("--min-records")
    {
        Description = "Keys with fewer retained records are left out.",
        HelpName = "N",
        DefaultValueFactory = static _ => 2,
    };

    private readonly Option<int?> _window = new("--window") { Description = "The window of the rolling metrics. Default: 50.", HelpName = "N" };
    private readonly Option<bool> _ascending = new("--ascending") { Description = "Lowest values first." };
    private readonly Option<string> _convention = KeyCommands.ConventionOption();
    private readonly Option<string> _part = PartOption();

    private readonly Option<int?> _keep = new("--max-records-per-key")
    {
        Description = "How many of the most recent records of each key stay. Default: the setting pruning.keep.",
        HelpName = "N",
    };

    public IEnumerable<Command> Create()
    {
        Option[] filter = [_strategy, _prefix, _regime, _horizon];
        yield return CreateKnown("keys", "The keys that have records.", KeysAsync, filter);
        yield return CreateKnown(
            "top", "The keys with the highest or lowest values of a metric.", TopAsync,
            [_metric, _count, _minimum, _window, _ascending, _convention, .. filter]);
        yield return CreateKnown("aggregate", "Statistics over all keys of each strategy, regime or horizon.", AggregateAsync, [_part, .. filter]);
        yield return Create("prune", "Retain only the most recent records of each key.", PruneAsync, [_keep, .. filter]);
        yield return CreateKnown("prunes", "The latest pruning runs.", PrunesAsync);
        yield return CreateKnown("imports", "The files that were imported, or begun.", ImportsAsync);
        yield return Create("info", "Counts, sizes, versions, and how journal and snapshots are.", InfoAsync);
        yield return Create("health", "Whether the node takes records; exit code 1 if not.", HealthAsync);
    }

    private Command Create(
        string name, string description, Func<ParseResult, NodeSession, CancellationToken, Task> run, params Option[] own)
    {
        var command = new Command(name, description);
        foreach (var option in own)
            command.Options.Add(option);
        options.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
            await run(line, session, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A question that can be asked about a moment in the past.</summary>
    private Command CreateKnown(
        string name, string description, Func<ParseResult, IPerformanceReader, AnswerMoment?, CancellationToken, Task> run, params Option[] own)
    {
        var command = new Command(name, description);
        foreach (var option in own)
            command.Options.Add(option);
        options.AddWithMomentTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            var asked = options.MomentOf(line);
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
            var (memory, moment) = await session.AsOfAsync(asked);
            await run(line, memory, moment, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private async Task KeysAsync(ParseResult line, IPerformanceReader memory, AnswerMoment? moment, CancellationToken cancellationToken)
    {
        var keys = await memory.GetKeysAsync(FilterOf(line), cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, keys, moment), () => Tables.Of(keys));
    }

    private async Task TopAsync(ParseResult line, IPerformanceReader memory, AnswerMoment? moment, CancellationToken cancellationToken)
    {
        // Both options take only names that exist.
        _ = LeaderboardMetricName.TryParse(line.GetRequiredValue(_metric), out var metric);
        _ = ConventionName.TryParse(line.GetRequiredValue(_convention), out var convention);
        var query = new LeaderboardQuery
        {
            Metric = metric,
            Count = line.GetValue(_count),
            MinimumRecords = line.GetValue(_minimum),
            Ascending = line.GetValue(_ascending),
            Window = line.GetValue(_window) ?? ActorMemorySettings.Default.Performance.DefaultWindow,
            Convention = convention,
            Filter = FilterOf(line),
        };
        var entries = await memory.GetTopAsync(query, cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, query, entries, moment), () => Tables.Of(query, entries));
    }

    private async Task AggregateAsync(ParseResult line, IPerformanceReader memory, AnswerMoment? moment, CancellationToken cancellationToken)
    {
        var by = Enum.GetValues<KeyPart>().First(part => AnswerWriter.NameOf(part) == line.GetRequiredValue(_part));
        var aggregates = await memory.AggregateAsync(by, FilterOf(line), cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, by, aggregates, moment), () => Tables.Of(by, aggregates));
    }

    private async Task PruneAsync(ParseResult line, NodeSession session, CancellationToken cancellationToken)
    {
        var keep = line.GetValue(_keep) ?? options.Load(line).Settings.Pruning.Keep;
        var run = await session.Performance.PruneAsync(keep, FilterOf(line), cancellationToken);
        await session.NoteAsync(who => AuditActions.Of(who, run), cancellationToken);
        Write(line, null, json => AnswerWriter.Write(json, run), () => Tables.Of([run]));
        if (run.FailedKeys > 0)
            throw new CommandFailedException($"{run.FailedKeys} keys could not be pruned; the log of the node names them.");
    }

    private async Task PrunesAsync(ParseResult line, IPerformanceReader memory, AnswerMoment? moment, CancellationToken cancellationToken)
    {
        var runs = await memory.GetPruningRunsAsync(cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, runs, moment), () => Tables.Of(runs));
    }

    private async Task ImportsAsync(ParseResult line, IPerformanceReader memory, AnswerMoment? moment, CancellationToken cancellationToken)
    {
        var imports = await memory.GetImportsAsync(cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, imports, moment), () => Tables.Of(imports));
    }

    private async Task InfoAsync(ParseResult line, NodeSession session, CancellationToken cancellationToken)
    {
        var info = await session.GetInfoAsync(cancellationToken);
        Write(line, null, info.Write, () => Tables.Of(info));
    }

    private async Task HealthAsync(ParseResult line, NodeSession session, CancellationToken cancellationToken)
    {
        await session.CheckReadyAsync(cancellationToken);
        if (line.GetValue(options.Json))
        {
            io.WriteJson(static json =>
            {
                json.WriteStartObject();
                json.WriteString("status", "ready");
                json.WriteEndObject();
            });
        }
        else
        {
            await io.Output.WriteLineAsync("ready");
        }
    }

    private KeyFilter FilterOf(ParseResult line) => new()
    {
        Strategy = line.GetValue(_strategy),
        StrategyPrefix = line.GetValue(_prefix),
        Regime = line.GetValue(_regime),
        Horizon = line.GetValue(_horizon),
    };

    private void Write(ParseResult line, AnswerMoment? moment, Action<Utf8JsonWriter> json, Func<Spectre.Console.Table> table) =>
        io.Write(line.GetValue(options.Json), moment, json, table);

    private static Option<string> MetricOption()
    {
        var option = new Option<string>("--by")
        {
            Description = "What to rank by.",
            HelpName = "METRIC",
            DefaultValueFactory = static _ => LeaderboardMetric.RollingSharpe.ToName(),
        };
        return option.AcceptOnlyFromAmong([.. LeaderboardMetricName.All]);
    }

    private static Option<string> PartOption()
    {
        var option = new Option<string>("--by") { Description = "What the keys of a group share.", Required = true };
        return option.AcceptOnlyFromAmong("strategy", "regime", "horizon");
    }
}
