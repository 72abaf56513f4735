using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Node.Cli;

/// <summary>The command <c>copy</c>: moves a journal between SQLite and PostgreSQL.</summary>
internal sealed class CopyCommand(CommandIo io, NodeOptions options)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private readonly Option<string> _from = new("--from") { Description = "The journal to copy: a data folder, or a configuration file that names one.", Required = true, HelpName = "DIR|FILE" };

    private readonly Option<string> _to = new("--to") { Description = "Where to: an empty or missing data folder, or a configuration file that names an empty journal; or an interrupted copy.", Required = true, HelpName = "DIR|FILE" };

    public Command Create()
    {
        var command = new Command(
            "copy",
            "Copy a journal between SQLite and PostgreSQL exactly as it is, hashes included. A copy that was interrupted is continued. The source may "
            + "be running; no node may run on the target.") { _from, _to };
        command.Options.Add(options.Json);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var from = SettingsOf(line.GetRequiredValue(_from));
        var to = SettingsOf(line.GetRequiredValue(_to));
        if (from.JournalPlace == to.JournalPlace)
            throw new UsageException("--from and --to are the same journal.");
        await using var source = await JournalReading.OpenAsync(from);
        var shards = (await source.GetInfoAsync()).ShardCount;
        await using var target = await NodeJournals.OpenAsync(to with { Shards = to.Shards with { Count = shards } });
        var watch = Stopwatch.StartNew();
        var told = TimeSpan.Zero;
        var copied = await JournalCopy.RunAsync(
            source,
            target,
            progress =>
            {
                if (watch.Elapsed - told < ProgressInterval)
                    return;
                told = watch.Elapsed;
                io.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.InTarget:N0} of {progress.InSource:N0} events"));
            },
            cancellationToken);
        Tell(line, copied, to, (await target.GetInfoAsync()).JournalId, watch.Elapsed);
        return ExitCode.Ok;
    }

    private void Tell(ParseResult line, CopyProgress copied, ActorMemorySettings to, string journalId, TimeSpan elapsed)
    {
        if (line.GetValue(options.Json))
        {
            io.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("copied", copied.Copied);
                json.WriteNumber("events", copied.InTarget);
                json.WriteString("journal", journalId);
                json.WriteNumber("seconds", elapsed.TotalSeconds);
                json.WriteEndObject();
            });
            return;
        }

        var rate = copied.Copied / Math.Max(elapsed.TotalSeconds, 0.001);
        io.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{copied.Copied:N0} events copied in {elapsed.TotalSeconds:0.0} s ({rate:N0}/s); {to.JournalPlace} has {copied.InTarget:N0} events of journal {journalId}."));
    }

    private static ActorMemorySettings SettingsOf(string place) => File.Exists(place)
        ? ActorMemoryConfiguration.Load(place, []).Settings
        : ActorMemoryConfiguration.Load(null, ["journal.store=sqlite", $"data={place}"]).Settings;
}
