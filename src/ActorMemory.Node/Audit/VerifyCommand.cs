using System.CommandLine;
using System.Diagnostics;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Audit;

/// <summary>The command <c>audit verify</c>.</summary>
internal sealed class VerifyCommand(CommandIo io, NodeOptions options)
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromSeconds(1);

    private readonly AuditScope _scope = new(options);

    private readonly Option<int?> _shard = new("--shard") { Description = "Only this shard.", HelpName = "N" };

    public Command Create()
    {
        var command = new Command(
            "verify",
            "Check the journal from the first event to the last: checksums, numbers, times, leaves, and the trees against every signed checkpoint. "
            + "Names the first event that was changed, removed, inserted or moved. A node may run on the folder meanwhile.")
        {
            _shard,
        };
        _scope.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var settings = options.Load(line).Settings;
        await using var journal = await JournalReading.OpenAsync(settings);
        using var keys = await _scope.KeysOfAsync(line, settings, journal);
        var report = await JournalVerifier.VerifyAsync(journal, OptionsOf(line, settings, keys), cancellationToken);
        if (line.GetValue(options.Json))
        {
            io.WriteJson(json => VerificationAnswer.Write(json, report));
            return report.IsSound ? ExitCode.Ok : ExitCode.Failed;
        }

        foreach (var remark in report.Remarks)
            await io.Output.WriteLineAsync($"remark: {remark}.");
        foreach (var finding in report.Findings.Skip(1).Reverse())
            await io.Output.WriteLineAsync(finding.Message);
        await io.Output.WriteLineAsync(report.Summary);
        return report.IsSound ? ExitCode.Ok : ExitCode.Failed;
    }

    private VerificationOptions OptionsOf(ParseResult line, ActorMemorySettings settings, CheckpointPublicKeys? keys)
    {
        if (line.GetValue(_shard) is not null && line.GetValue(_scope.Key) is [_, ..])
            throw new UsageException("--key and --shard are two choices; give one of them.");
        var since = Stopwatch.StartNew();
        var told = since.Elapsed;
        return new VerificationOptions
        {
            PersistenceId = _scope.PersistenceIdOf(line),
            Shard = line.GetValue(_shard),
            CheckpointFolder = _scope.CheckpointFolderOf(line, settings),
            Keys = keys,
            OnProgress = (done, all) =>
            {
                if (since.Elapsed - told < s_progressEvery && done < all)
                    return;
                told = since.Elapsed;
                io.Error.WriteLine(FormattableString.Invariant(
                    $"verified {done:N0} of {all:N0} events, {done / Math.Max(told.TotalSeconds, 0.001):N0} events/s"));
            },
        };
    }
}
