using System.CommandLine;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Retention;

/// <summary>The command <c>archive</c>.</summary>
internal sealed class ArchiveCommands(CommandIo io, NodeOptions options)
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Archive files.", Arity = ArgumentArity.OneOrMore };

    public Command Create()
    {
        var verify = new Command(
            "verify", "Check archive files by themselves: their SHA-256, their form, and that all events fit the leaves of their batches.")
        {
            _files, options.Json,
        };
        verify.SetAction((line, cancellationToken) => Task.Run(() => Verify(line, cancellationToken), cancellationToken));
        return new Command("archive", "Archive files of a journal.") { verify };
    }

    private int Verify(ParseResult line, CancellationToken cancellationToken)
    {
        var checks = new List<ArchiveCheck>();
        foreach (var file in line.GetRequiredValue(_files))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!File.Exists(file))
                throw new CommandFailedException($"{file}: there is no such file.");
            checks.Add(ArchiveCheck.Of(file));
        }

        if (line.GetValue(options.Json))
        {
            io.WriteJson(json =>
            {
                json.WriteStartArray();
                foreach (var check in checks)
                {
                    json.WriteStartObject();
                    json.WriteString("file", check.Path);
                    json.WriteNumber("first_ordering", check.FirstOrdering);
                    json.WriteNumber("last_ordering", check.LastOrdering);
                    json.WriteNumber("batches", check.Batches);
                    json.WriteString("sha256", check.Sha256);
                    json.WriteString("fault", check.Fault);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
        else
        {
            io.OutputConsole().Write(Tables.Rows(
                ["file", "from event", "to event", "batches", "verified"],
                checks.Select(static check => new[]
                {
                    check.Path, Tables.Number(check.FirstOrdering), Tables.Number(check.LastOrdering), Tables.Number(check.Batches),
                    check.Fault is null ? "yes" : "NO",
                })));
        }

        return checks.Find(static check => check.Fault is not null) is { Fault: { } fault } ? throw new CommandFailedException(fault) : ExitCode.Ok;
    }
}
