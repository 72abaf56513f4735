using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.KnownTime;
using ActorMemory.Node.Cli;
using ActorMemory.Performance;

namespace ActorMemory.Node.Audit;

/// <summary>The commands <c>audit replay</c>, <c>audit diff</c> and <c>audit log</c>.</summary>
internal sealed class KnownCommands(CommandIo io, NodeOptions options)
{
    private readonly Argument<string[]> _entity = new("KEY")
    {
        Description = "STRATEGY REGIME HORIZON, or one persistence id such as 'pruning|performance', 'import|<source>', 'audit|1'.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> _window = new("--window") { Description = "The window of the rolling metrics. Default: 50.", HelpName = "N" };
    private readonly Option<int> _records = new("--records") { Description = "How many of the latest records are shown.", HelpName = "N", DefaultValueFactory = static _ => 10 };
    private readonly Argument<string> _from = new("A") { Description = "The one moment: a time, the number of an event of the journal, or now." };
    private readonly Argument<string> _to = new("B") { Description = "The other moment." };
    private readonly Option<string?> _strategy = new("--strategy") { Description = "Exactly this strategy.", HelpName = "NAME" };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "Strategies whose name begins so.", HelpName = "TEXT" };
    private readonly Option<string?> _regime = new("--regime") { Description = "Exactly this regime.", HelpName = "NAME" };
    private readonly Option<string?> _horizon = new("--horizon") { Description = "Exactly this horizon.", HelpName = "NAME" };
    private readonly Option<string?> _kind = KindOption();
    private readonly Option<string?> _who = new("--who") { Description = "Only what this one did.", HelpName = "NAME" };
    private readonly Option<string?> _since = new("--from") { Description = "Only what was noted at this time or later.", HelpName = "TIME" };
    private readonly Option<string?> _until = new("--to") { Description = "Only what was noted at this time or earlier.", HelpName = "TIME" };
    private readonly Option<long?> _before = new("--before") { Description = "Only entries with a lower number, for the next page.", HelpName = "N" };
    private readonly Option<int> _limit = new("--limit") { Description = "At most so many entries.", HelpName = "N", DefaultValueFactory = static _ => 100 };

    public IEnumerable<Command> Create()
    {
        var replay = new Command("replay", "Any entity as it was known at a moment: how many records a key had, its statistics, its latest records.")
        {
            _entity, _window, _records,
        };
        options.AddWithMomentTo(replay);
        replay.SetAction(ReplayAsync);
        yield return replay;

        var diff = new Command("diff", "How keys differ between two moments, on their metrics, not on rows.")
        {
            _from, _to, _window, _strategy, _prefix, _regime, _horizon,
        };
        options.AddTo(diff);
        diff.SetAction(DiffAsync);
        yield return diff;

        var log = new Command("log", "Who did what, newest first: imports, prunes, changes of the configuration, exports and so on.")
        {
            _kind, _who, _since, _until, _before, _limit,
        };
        options.AddWithMomentTo(log);
        log.SetAction(LogAsync);
        yield return log;
    }

    private async Task<int> ReplayAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var entity = EntityOf(line.GetRequiredValue(_entity));
        var (window, records) = (WindowOf(line), line.GetValue(_records));
        if (records is < 0 or > KnownAnswers.MaxRecords)
            throw new UsageException($"--records: write a number from 0 to {KnownAnswers.MaxRecords}.");
        var asked = options.MomentOf(line);
        var answer = await AskAsync(
            line,
            "/v1/audit/replay?" + Query([("entity", entity), ("window", Text(window)), ("records", Text(records)), .. Moment(asked)]),
            node => KnownAnswers.ReplayAsync(node, entity, asked ?? KnownMoment.At(new UnixNanoseconds(long.MaxValue)), window, records, cancellationToken),
            cancellationToken);
        Write(line, answer, JsonTables.WriteState);
        return ExitCode.Ok;
    }

    private async Task<int> DiffAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var (from, to) = (MomentOf(line, _from), MomentOf(line, _to));
        var window = WindowOf(line);
        var filter = new KeyFilter
        {
            Strategy = line.GetValue(_strategy),
            StrategyPrefix = line.GetValue(_prefix),
            Regime = line.GetValue(_regime),
            Horizon = line.GetValue(_horizon),
        };
        var answer = await AskAsync(
            line,
            "/v1/audit/diff?" + Query(
            [
                ("from", line.GetRequiredValue(_from)), ("to", line.GetRequiredValue(_to)), ("window", Text(window)), ("strategy", filter.Strategy),
                ("prefix", filter.StrategyPrefix), ("regime", filter.Regime), ("horizon", filter.Horizon),
            ]),
            node => KnownAnswers.CompareAsync(node, from, to, filter, window, cancellationToken),
            cancellationToken);
        Write(line, answer, JsonTables.WriteDifferences);
        return ExitCode.Ok;
    }

    private async Task<int> LogAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var asked = options.MomentOf(line);
        var limit = line.GetValue(_limit);
        if (limit is < 1 or > AuditQuery.MaxLimit)
            throw new UsageException($"--limit: write a number from 1 to {AuditQuery.MaxLimit}.");
        var query = new AuditQuery
        {
            Kind = line.GetValue(_kind) is { } name && AuditNames.TryParseKind(name, out var kind) ? kind : null,
            Who = line.GetValue(_who),
            From = TimeOf(line, _since),
            To = TimeOf(line, _until),
            Before = line.GetValue(_before) ?? long.MaxValue,
            Limit = limit,
        };
        var answer = await AskAsync(
            line,
            "/v1/audit/log?" + Query(
            [
                ("kind", line.GetValue(_kind)), ("who", query.Who), ("from", line.GetValue(_since)), ("to", line.GetValue(_until)),
                ("before", Text(query.Before)), ("limit", Text(limit)), .. Moment(asked),
            ]),
            node => KnownAnswers.ReadLogAsync(node, query, asked, cancellationToken),
            cancellationToken);
        Write(line, answer, JsonTables.WriteLog);
        return ExitCode.Ok;
    }

    private async Task<JsonElement> AskAsync(
        ParseResult line, string path, Func<ActorMemoryNode, Task<Action<Utf8JsonWriter>>> answer, CancellationToken cancellationToken)
    {
        await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
        return await session.AskAsync(path, answer, cancellationToken);
    }

    private void Write(ParseResult line, JsonElement answer, Action<CommandIo, JsonElement> show)
    {
        if (line.GetValue(options.Json))
            io.WriteJson(answer.WriteTo);
        else
            show(io, answer);
    }

    private int WindowOf(ParseResult line)
    {
        var window = line.GetValue(_window) ?? ActorMemorySettings.Default.Performance.DefaultWindow;
        return window >= 1 ? window : throw new UsageException("--window: write a number of at least 1.");
    }

    private static string EntityOf(string[] key) => key switch
    {
        [var id] => id,
        [var strategy, var regime, var horizon] => PerformanceKey.TryCreate(strategy, regime, horizon, out var named, out var fault)
            ? named.ToPersistenceId()
            : throw new UsageException(fault),
        _ => throw new UsageException("KEY: write STRATEGY REGIME HORIZON, or one persistence id."),
    };

    private static KnownMoment MomentOf(ParseResult line, Argument<string> argument) =>
        MomentText.TryParse(line.GetRequiredValue(argument), out var moment, out var fault) ? moment : throw new UsageException($"{argument.Name}: {fault}");

    private static UnixNanoseconds? TimeOf(ParseResult line, Option<string?> option)
    {
        if (line.GetValue(option) is not { } text)
            return null;

        return UnixNanoseconds.TryParse(text, out var time, out var fault) ? time : throw new UsageException($"{option.Name}: {fault}");
    }

    private static IEnumerable<(string Name, string? Value)> Moment(KnownMoment? asked) =>
        [("as_of", asked?.Time is { } time ? Text(time.Value) : null), ("at", asked?.Ordering is { } ordering ? Text(ordering) : null)];

    private static string Query(IEnumerable<(string Name, string? Value)> parameters) => string.Join(
        '&', parameters.Where(static part => part.Value is not null).Select(static part => $"{part.Name}={Uri.EscapeDataString(part.Value ?? "")}"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Option<string?> KindOption()
    {
        var option = new Option<string?>("--kind") { Description = "Only this kind." };
        return option.AcceptOnlyFromAmong([.. AuditNames.Kinds]);
    }
}
