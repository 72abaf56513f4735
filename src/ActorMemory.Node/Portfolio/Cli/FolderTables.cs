using System.Text.Json;
using ActorMemory.Node.Cli;
using ActorMemory.Portfolio;
using Spectre.Console;

namespace ActorMemory.Node.Portfolio;

/// <summary>What became of a folder, for people and for programs.</summary>
internal static class FolderTables
{
    public static Table Of(FolderExportReport report) => Tables.Rows(
        ["folder", "outcomes", "decisions", "snapshots", "files"],
        [[report.Folder, Tables.Number(report.Outcomes), Tables.Number(report.Decisions), Tables.Number(report.Snapshots), Tables.Number(report.Files)]]);

    public static void Write(CommandIo io, FolderImportReport report)
    {
        var console = io.OutputConsole();
        console.Write(Tables.Rows(
            ["", "imported", "known before"],
            [
                ["outcomes", Tables.Number(report.Outcomes.Imported), Tables.Number(report.Outcomes.Known)],
                ["decisions", Tables.Number(report.Decisions.Imported), Tables.Number(report.Decisions.Known)],
                ["snapshots", Tables.Number(report.Snapshots.Imported), Tables.Number(report.Snapshots.Known)],
                ["vectors", Tables.Number(report.Vectors), ""],
            ]));
        io.Output.WriteLine($"  {Tables.Number(report.Duplicates)} times the same trade stood in another file as well, and counted once.");
        if (report.Others > 0)
            io.Output.WriteLine($"  The portfolio has {Tables.Number(report.Others)} other outcomes, which the figures of the folder do not know.");
        Lines(io, "Not read:", report.Faults);
        Lines(io, "Not taken, because it contradicts what is taken:", report.Conflicts);
        Section(
            io, "Fields that were left out:", ["file", "field", "times"],
            report.Ignored.Select(static field => new[] { field.File, field.Field, Tables.Number(field.Count) }));
        Section(
            io, "What the folder had computed and what the trades say:", ["file", "of", "field", "folder", "trades"],
            report.Differences.Select(static one => new[] { one.File, one.Of, one.Field, Tables.Number(one.Stored), Tables.Number(one.Recomputed) }));
        if (report.Differences.Count > 0 && report.WithoutDecision > 0)
        {
            io.Output.WriteLine(
                $"  The folder does not have the decisions of {Tables.Number(report.WithoutDecision)} ensemble trades: their members got equal shares and no wins, and no strategy.");
        }
    }

    public static void Write(Utf8JsonWriter json, PortfolioName portfolio, FolderImportReport report)
    {
        json.WriteStartObject();
        json.WriteString("portfolio", portfolio.ToString());
        json.WriteString("folder", report.Folder);
        Count(json, "outcomes", report.Outcomes);
        Count(json, "decisions", report.Decisions);
        Count(json, "snapshots", report.Snapshots);
        json.WriteNumber("vectors", report.Vectors);
        json.WriteNumber("duplicates", report.Duplicates);
        json.WriteNumber("other_outcomes", report.Others);
        json.WriteNumber("ensembles_without_decision", report.WithoutDecision);
        Faults(json, "faults", report.Faults);
        Faults(json, "conflicts", report.Conflicts);
        json.WriteStartArray("ignored");
        foreach (var field in report.Ignored)
        {
            json.WriteStartObject();
            json.WriteString("file", field.File);
            json.WriteString("field", field.Field);
            json.WriteNumber("times", field.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("differences");
        foreach (var difference in report.Differences)
        {
            json.WriteStartObject();
            json.WriteString("file", difference.File);
            json.WriteString("of", difference.Of);
            json.WriteString("field", difference.Field);
            Value(json, "stored", difference.Stored);
            Value(json, "recomputed", difference.Recomputed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PortfolioName portfolio, FolderExportReport report)
    {
        json.WriteStartObject();
        json.WriteString("portfolio", portfolio.ToString());
        json.WriteString("folder", report.Folder);
        json.WriteNumber("outcomes", report.Outcomes);
        json.WriteNumber("decisions", report.Decisions);
        json.WriteNumber("snapshots", report.Snapshots);
        json.WriteNumber("files", report.Files);
        json.WriteEndObject();
    }

    private static void Section(CommandIo io, string title, string[] heads, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        io.Output.WriteLine($"  {title}");
        io.OutputConsole().Write(Tables.Rows(heads, all));
    }

    private static void Lines(CommandIo io, string title, List<FileFault> faults)
    {
        if (faults.Count == 0)
            return;
        io.Output.WriteLine($"  {title}");
        foreach (var fault in faults)
            io.Output.WriteLine($"    {fault.File}: {fault.Error}");
    }

    private static void Count(Utf8JsonWriter json, string name, ImportCount count)
    {
        json.WriteStartObject(name);
        json.WriteNumber("imported", count.Imported);
        json.WriteNumber("known", count.Known);
        json.WriteEndObject();
    }

    private static void Faults(Utf8JsonWriter json, string name, List<FileFault> faults)
    {
        json.WriteStartArray(name);
        foreach (var fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("file", fault.File);
            json.WriteString("error", fault.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
