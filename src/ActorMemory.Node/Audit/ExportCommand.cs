using System.CommandLine;
using ActorMemory.Hosting;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Audit;

/// <summary>The command <c>audit export</c>.</summary>
internal sealed class ExportCommand(CommandIo io, NodeOptions options)
{
    private readonly AuditScope _scope = new(options);

    private readonly Option<string> _to = new("--to") { Description = "The bundle to write; a new file.", HelpName = "FILE.zip", Required = true };

    public Command Create()
    {
        var command = new Command(
            "export",
            "Write a bundle that proves itself: events, leaves, proofs, signed checkpoints, public key, and a Python script that verifies all of it "
            + "(python3 verify.py). Everything that a signed checkpoint covers, or one key with the batches in which its events lie.")
        {
            _to,
        };
        _scope.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var (settings, to) = (options.Load(line).Settings, line.GetRequiredValue(_to));
        if (File.Exists(to))
            throw new CommandFailedException($"{to}: the file is there already; name a new one.");
        await using var journal = await JournalReading.OpenAsync(settings);
        using var keys = await _scope.KeysOfAsync(line, settings, journal)
            ?? throw new CommandFailedException("no public key is known: name it with --public-key.");
        var unfinished = to + ".partial";
        AuditExportSummary summary;
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            {
                summary = await AuditExport.WriteAsync(
                    journal, file,
                    new AuditExportOptions { PersistenceId = _scope.PersistenceIdOf(line), PublicKey = keys.ToPem(), Describe = ReadableEvent.Write },
                    cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, to);
        }
        finally
        {
            File.Delete(unfinished);
        }

        Tell(line, to, summary);
        return ExitCode.Ok;
    }

    private void Tell(ParseResult line, string to, AuditExportSummary summary)
    {
        if (line.GetValue(options.Json))
        {
            io.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("file", to);
                json.WriteString("journal_id", summary.JournalId);
                json.WriteNumber("events", summary.Events);
                json.WriteNumber("batches", summary.Batches);
                json.WriteNumber("checkpoints", summary.Checkpoints);
                json.WriteNumber("uncovered_events_left_out", summary.Uncovered);
                json.WriteEndObject();
            });
            return;
        }

        if (summary.Uncovered > 0)
            io.Output.WriteLine(FormattableString.Invariant($"remark: {summary.Uncovered:N0} newest events are left out: no signed checkpoint covers them yet."));
        io.Output.WriteLine(FormattableString.Invariant(
            $"{to}: {summary.Events:N0} events in {summary.Batches:N0} batches, {summary.Checkpoints:N0} signed checkpoints. Unpack it and run: python3 verify.py"));
    }
}
