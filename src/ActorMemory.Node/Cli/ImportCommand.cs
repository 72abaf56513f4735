using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Node.Imports;

namespace ActorMemory.Node.Cli;

/// <summary>The command <c>import</c>.</summary>
internal sealed class ImportCommand(CommandIo io, NodeOptions options)
{
    private const string StandardInput = "-";

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Files of records: NDJSON, or CSV with a header; - for the standard input, which cannot be continued.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _format = FormatOption();

    public Command Create()
    {
        var command = new Command(
            "import",
            "Import files of records. A file is known by its content: importing it twice adds nothing, an interrupted import is continued, "
            + "and of a file that has grown only the new lines are read.") { _files, _format };
        options.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var files = line.GetRequiredValue(_files);
        foreach (var file in files)
        {
            if (file != StandardInput && !File.Exists(file))
                throw new CommandFailedException($"{file}: there is no such file.");
        }

        await using var session = await NodeSession.OpenAsync(options, line, mayCreate: true);
        var reports = new List<ImportReport>();
        foreach (var file in files)
        {
            await using var display = ImportDisplay.Create(io, TimeProvider.System);
            var import = new FileImport(session.Performance, TimeProvider.System, display);
            ImportReport report;
            try
            {
                report = file == StandardInput
                    ? await import.RunAsync("standard input", io.Input, FormatOf(line) ?? RecordFileFormat.NdJson, cancellationToken)
                    : await import.RunAsync(file, FormatOf(line), cancellationToken);
            }
            catch (ImportException e)
            {
                await session.NoteAsync(who => new AuditAction(who, AuditKind.Import, ("file", file)).FailedBecause(e.Message), cancellationToken);
                throw;
            }

            await session.NoteAsync(who => Describe(who, report), cancellationToken);
            reports.Add(report);
            display.Finish(report);
        }

        if (line.GetValue(options.Json))
            io.WriteJson(json => Write(json, reports));
        else
            io.OutputConsole().Write(TableOf(reports));
        return reports.Any(static report => report.Rejected > 0) ? ExitCode.Failed : ExitCode.Ok;
    }

    private static AuditAction Describe(string who, ImportReport report) => new(
        who, AuditKind.Import,
        new (string Name, long Value)[]
        {
            ("resumed_after_line", report.ResumedAfterLine), ("lines", report.Lines), ("accepted", report.Accepted), ("duplicates", report.Duplicates),
            ("rejected", report.Rejected),
        }.Select(static detail => (detail.Name, detail.Value.ToString(CultureInfo.InvariantCulture))).Append(("file", report.File)));

    private RecordFileFormat? FormatOf(ParseResult line) => line.GetValue(_format) switch
    {
        "csv" => RecordFileFormat.Csv,
        "ndjson" => RecordFileFormat.NdJson,
        _ => null,
    };

    private static Spectre.Console.Table TableOf(List<ImportReport> reports) => Tables.Rows(
        ["file", "from line", "to line", "accepted", "duplicates", "rejected", "seconds", "lines/s"],
        reports.Select(static report => new[]
        {
            report.File, Tables.Number(report.ResumedAfterLine + 1), Tables.Number(report.Lines), Tables.Number(report.Accepted),
            Tables.Number(report.Duplicates), Tables.Number(report.Rejected), Tables.Number(report.Elapsed.TotalSeconds),
            Tables.Number((long)ImportDisplay.RateOf(report)),
        }));

    private static void Write(Utf8JsonWriter json, List<ImportReport> reports)
    {
        json.WriteStartObject();
        json.WriteStartArray("files");
        foreach (var report in reports)
        {
            json.WriteStartObject();
            json.WriteString("file", report.File);
            json.WriteNumber("resumed_after_line", report.ResumedAfterLine);
            json.WriteNumber("lines", report.Lines);
            json.WriteNumber("accepted", report.Accepted);
            json.WriteNumber("duplicates", report.Duplicates);
            json.WriteNumber("rejected", report.Rejected);
            json.WriteNumber("seconds", report.Elapsed.TotalSeconds);
            json.WriteNumber("lines_per_second", Math.Round(ImportDisplay.RateOf(report)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("accepted", reports.Sum(static report => report.Accepted));
        json.WriteNumber("duplicates", reports.Sum(static report => report.Duplicates));
        json.WriteNumber("rejected", reports.Sum(static report => report.Rejected));
        json.WriteEndObject();
    }

    private static Option<string?> FormatOption()
    {
        var option = new Option<string?>("--format") { Description = "How the files are written. Default: told by the first bytes." };
        return option.AcceptOnlyFromAmong("ndjson", "csv");
    }
}
