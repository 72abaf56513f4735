using System.CommandLine;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Hocon;
using ActorMemory.Node.Cli;
using ActorMemory.Performance;
using ActorMemory.Retention;

namespace ActorMemory.Node.Retention;

/// <summary>The commands <c>retention</c> and <c>hold</c>.</summary>
internal sealed class RetentionCommands(CommandIo io, NodeOptions options)
{
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only tell what would be archived." };

    private readonly Option<string?> _olderThan = new("--older-than")
    {
        Description = "Only events recorded longer ago, such as 365d. Default: the settings.",
        HelpName = "DURATION",
    };

    private readonly Option<long?> _keepEvents = new("--keep-events") { Description = "Not the newest so many events. Default: the settings.", HelpName = "N" };

    private readonly Argument<string[]> _key = new("KEY")
    {
        Description = "Strategy, regime and horizon; later ones may be left away and are then any.",
        Arity = new ArgumentArity(0, 3),
    };

    private readonly Option<string?> _strategy = new("--strategy") { Description = "Exactly this strategy.", HelpName = "NAME" };
    private readonly Option<string?> _prefix = new("--prefix") { Description = "Strategies whose name begins so.", HelpName = "TEXT" };
    private readonly Option<string?> _regime = new("--regime") { Description = "Exactly this regime.", HelpName = "NAME" };
    private readonly Option<string?> _horizon = new("--horizon") { Description = "Exactly this horizon.", HelpName = "NAME" };
    private readonly Option<string> _reason = new("--reason") { Description = "Why; kept for ever.", HelpName = "TEXT", Required = true };
    private readonly Argument<long> _hold = new("HOLD") { Description = "The number of the hold." };

    public IEnumerable<Command> Create()
    {
        yield return new Command("retention", "Let old events go from the journal: they are archived first.")
        {
            Create(
                new Command("run", "Archive what the policy lets go, and then remove what no legal hold means.") { _dryRun, _olderThan, _keepEvents },
                RunAsync),
            Create(new Command("status", "The policy and the archives."), StatusAsync),
        };
        yield return new Command("hold", "Legal holds: as long as one stands, no event of its keys is removed.")
        {
            Create(new Command("add", "Place a hold.") { _key, _strategy, _prefix, _regime, _horizon, _reason }, AddAsync),
            Create(new Command("list", "The holds that stand."), ListAsync),
            Create(new Command("release", "Lift a hold.") { _hold, _reason }, ReleaseAsync),
        };
    }

    private Command Create(Command command, Func<ParseResult, IRetention, CancellationToken, Task> run)
    {
        options.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
            await run(line, session.Retention, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private async Task RunAsync(ParseResult line, IRetention retention, CancellationToken cancellationToken)
    {
        TimeSpan? olderThan = null;
        if (line.GetValue(_olderThan) is { } text)
        {
            olderThan = HoconDuration.TryParse(text, out var duration)
                ? duration
                : throw new UsageException($"--older-than: '{text}' is not a duration; write for instance 365d or 12h.");
        }

        var policy = new RetentionPolicy(olderThan, line.GetValue(_keepEvents));
        var run = await retention.RunAsync(policy.IsGiven ? policy : null, line.GetValue(_dryRun), Environment.UserName, cancellationToken);
        Write(line, json => RetentionAnswers.Write(json, run), () => Tables.Rows(
            ["up to event", run.IsDryRun ? "would be archived" : "archived", "files", "removed", "holds", "without snapshot"],
            [[
                Tables.Number(run.UpTo), Tables.Number(run.Archived), Tables.Number(run.Archives.Count), Tables.Number(run.Removed),
                Tables.Number(run.Holds), Tables.Number(run.WithoutSnapshot),
            ]]));
    }

    private async Task StatusAsync(ParseResult line, IRetention retention, CancellationToken cancellationToken)
    {
        var status = await retention.GetStatusAsync(cancellationToken);
        Write(line, json => RetentionAnswers.Write(json, status), () => Tables.Rows(
            ["archive", "from event", "to event", "recorded until", "size", "file"],
            status.Archive.Segments.Select(segment => new[]
            {
                segment.Name, Tables.Number(segment.FirstOrdering), Tables.Number(segment.LastOrdering),
                new UnixNanoseconds(segment.LastRecordedAt).ToString(), Tables.Size(segment.Bytes),
                status.Archive.MissingFiles.Contains(segment.Name) ? "MISSING" : "there",
            })));
        if (line.GetValue(options.Json))
            return;
        await io.Output.WriteLineAsync(
            $"{Tables.Number(status.Archive.ArchivedTo)} of {Tables.Number(status.Archive.LastOrdering)} events are archived in {status.Archive.Folder}; {Tables.Number(status.Holds)} legal holds. " +
            $"Policy: older than {status.Policy.OlderThan?.ToString("g", System.Globalization.CultureInfo.InvariantCulture) ?? "off"}, keep {(status.Policy.KeepEvents is { } keep ? Tables.Number(keep) : "off")} events.");
    }

    private async Task AddAsync(ParseResult line, IRetention retention, CancellationToken cancellationToken)
    {
        var key = line.GetValue(_key) ?? [];
        var keys = new KeyFilter
        {
            Strategy = One("strategy", line.GetValue(_strategy), key.ElementAtOrDefault(0)),
            StrategyPrefix = line.GetValue(_prefix),
            Regime = One("regime", line.GetValue(_regime), key.ElementAtOrDefault(1)),
            Horizon = One("horizon", line.GetValue(_horizon), key.ElementAtOrDefault(2)),
        };
        if (keys == KeyFilter.All)
            throw new UsageException("hold add: name a key, --strategy, --prefix, --regime or --horizon.");
        Tell(line, await retention.PlaceHoldAsync(keys, Environment.UserName, line.GetRequiredValue(_reason), cancellationToken));
    }

    private async Task ListAsync(ParseResult line, IRetention retention, CancellationToken cancellationToken)
    {
        var holds = await retention.GetHoldsAsync(cancellationToken);
        Write(line, json => RetentionAnswers.Write(json, holds), () => TableOf(holds));
    }

    private async Task ReleaseAsync(ParseResult line, IRetention retention, CancellationToken cancellationToken) =>
        Tell(line, await retention.LiftHoldAsync(line.GetValue(_hold), Environment.UserName, line.GetRequiredValue(_reason), cancellationToken));

    private static string? One(string name, string? option, string? argument) => option is null || argument is null
        ? option ?? argument
        : throw new UsageException($"--{name}: the key names it already; give one of them.");

    private void Tell(ParseResult line, LegalHold hold) => Write(line, json => RetentionAnswers.Write(json, hold), () => TableOf([hold]));

    private static Spectre.Console.Table TableOf(IReadOnlyList<LegalHold> holds) => Tables.Rows(
        ["hold", "placed", "who", "strategy", "regime", "horizon", "reason"],
        holds.Select(static hold => new[]
        {
            Tables.Number(hold.Number), hold.PlacedAt.ToString(), hold.Who, hold.Keys.Strategy ?? (hold.Keys.StrategyPrefix is { } prefix ? prefix + "…" : "any"),
            hold.Keys.Regime ?? "any", hold.Keys.Horizon ?? "any", hold.Reason,
        }));

    private void Write(ParseResult line, Action<Utf8JsonWriter> json, Func<Spectre.Console.Table> table)
    {
        if (line.GetValue(options.Json))
            io.WriteJson(json);
        else
            io.OutputConsole().Write(table());
    }
}
