using System.CommandLine;
using System.Text.Json;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Cli;

/// <summary>Commands about one key.</summary>
internal sealed class KeyCommands(CommandIo io, NodeOptions options)
{
    private readonly Argument<string> _strategy = new("STRATEGY") { Description = "The strategy." };
    private readonly Argument<string> _regime = new("REGIME") { Description = "The regime." };
    private readonly Argument<string> _horizon = new("HORIZON") { Description = "The horizon." };

    private readonly Option<int?> _window = new("--window") { Description = "How many of the most recent records. Default: 50.", HelpName = "N" };

    private readonly Option<string> _convention = ConventionOption();

    private readonly Option<long> _after = new("--after") { Description = "Only records with a higher number.", HelpName = "N" };
    private readonly Option<long?> _limit = new("--limit") { Description = "At most so many records.", HelpName = "N" };

    /// <summary>How to compute.</summary>
    public static Option<string> ConventionOption()
    {
        var option = new Option<string>("--convention")
        {
            Description = "How to compute: actormemory (non-finite values are left out), or prado9 (the original's numbers).",
            DefaultValueFactory = static _ => Convention.ActorMemory.ToName(),
        };
        return option.AcceptOnlyFromAmong("actormemory", "prado9");
    }

    public IEnumerable<Command> Create()
    {
        yield return Create("rolling", "Statistics of the most recent records of a key.", RollingAsync, _window, _convention);
        yield return Create("summary", "Statistics of all retained records of a key.", SummaryAsync, _convention);
        yield return Create("features", "The 13 meta-features of a key.", FeaturesAsync, _convention);
        yield return Create("latest", "The record that was added last to a key.", LatestAsync);
        yield return Create("records", "The retained records of a key, oldest first; with --json as NDJSON.", RecordsAsync, _after, _limit);
    }

    private Command Create(
        string name, string description, Func<ParseResult, IPerformanceReader, AnswerMoment?, PerformanceKey, CancellationToken, Task> run, params Option[] own)
    {
        var command = new Command(name, description) { _strategy, _regime, _horizon };
        foreach (var option in own)
            command.Options.Add(option);
        options.AddWithMomentTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            if (!PerformanceKey.TryCreate(
                line.GetRequiredValue(_strategy), line.GetRequiredValue(_regime), line.GetRequiredValue(_horizon), out var key, out var fault))
                throw new UsageException(fault);

            var asked = options.MomentOf(line);
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
            var (memory, moment) = await session.AsOfAsync(asked);
            await run(line, memory, moment, key, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private async Task RollingAsync(
        ParseResult line, IPerformanceReader memory, AnswerMoment? moment, PerformanceKey key, CancellationToken cancellationToken)
    {
        var window = line.GetValue(_window) ?? ActorMemorySettings.Default.Performance.DefaultWindow;
        var metrics = await memory.GetRollingMetricsAsync(key, window, ConventionOf(line), cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, key, window, metrics, moment), () => Tables.Of(key, window, metrics));
    }

    private async Task SummaryAsync(
        ParseResult line, IPerformanceReader memory, AnswerMoment? moment, PerformanceKey key, CancellationToken cancellationToken)
    {
        var summary = await memory.GetSummaryAsync(key, ConventionOf(line), cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, key, summary, moment), () => Tables.Of(key, summary));
    }

    private async Task FeaturesAsync(
        ParseResult line, IPerformanceReader memory, AnswerMoment? moment, PerformanceKey key, CancellationToken cancellationToken)
    {
        var features = await memory.GetMetaFeaturesAsync(key, ConventionOf(line), cancellationToken);
        Write(line, moment, json => AnswerWriter.Write(json, key, features, moment), () => Tables.Of(key, features));
    }

    private async Task LatestAsync(
        ParseResult line, IPerformanceReader memory, AnswerMoment? moment, PerformanceKey key, CancellationToken cancellationToken)
    {
        var latest = await memory.GetLatestAsync(key, cancellationToken);
        if (latest.Record is not { } record)
            throw new CommandFailedException($"{key} {(moment is null ? "has" : "had")} no records; 'keys' lists those that {(moment is null ? "have" : "had")}.");

        Write(line, moment, json => RecordWriter.Write(json, record, latest.RecordNumber), () => Tables.Of(key, latest, record));
    }

    private async Task RecordsAsync(
        ParseResult line, IPerformanceReader memory, AnswerMoment? moment, PerformanceKey key, CancellationToken cancellationToken)
    {
        const int page = 500;
        var records = memory.GetRecordsAsync(key, line.GetValue(_after), line.GetValue(_limit) ?? long.MaxValue, cancellationToken);
        var shown = new List<StoredRecord>();
        var isJson = line.GetValue(options.Json);
        if (!isJson)
            io.WriteMoment(moment);
        await foreach (var stored in records)
        {
            if (isJson)
            {
                io.WriteJson(json => RecordWriter.Write(json, stored.Record, stored.SequenceNumber, stored.KnownAt));
                continue;
            }

            shown.Add(stored);
            if (shown.Count < page)
                continue;
            io.OutputConsole().Write(Tables.Of(shown));
            shown.Clear();
        }

        if (!isJson)
            io.OutputConsole().Write(Tables.Of(shown));
    }

    private Convention ConventionOf(ParseResult line) =>
        ConventionName.TryParse(line.GetRequiredValue(_convention), out var convention) ? convention : Convention.ActorMemory;

    private void Write(ParseResult line, AnswerMoment? moment, Action<Utf8JsonWriter> json, Func<Spectre.Console.Table> table) =>
        io.Write(line.GetValue(options.Json), moment, json, table);
}
