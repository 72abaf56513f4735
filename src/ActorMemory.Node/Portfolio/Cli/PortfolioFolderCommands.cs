using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Node.Cli;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>The commands <c>portfolio list</c>, <c>portfolio import</c> and <c>portfolio export</c>.</summary>
internal sealed class PortfolioFolderCommands
{
    private const int ProgressEvery = 500;

    private readonly PortfolioOptions _shared;
    private readonly Argument<string> _folder = new("FOLDER") { Description = "A memory folder of the original engine, with outcome_*.json and so on." };
    private readonly Argument<string> _target = new("FOLDER") { Description = "A folder that is new or empty." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Write into a folder that is not empty, over files of the same names." };

    private readonly Option<string> _model = new("--vector-model")
    {
        Description = "The model that made the vectors of vectors.json.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => FolderImport.OriginalModel,
    };

    public PortfolioFolderCommands(CommandIo io, NodeOptions options) => _shared = new PortfolioOptions(io, options);

    public Command Create()
    {
        var command = new Command("portfolio", "The portfolios; import and export of memory folders of the original engine.");
        command.Subcommands.Add(_shared.CreateKnown("list", "The portfolios.", ListAsync));
        command.Subcommands.Add(_shared.Create(
            "import",
            "Import a memory folder of the original engine: trades, snapshots, vectors. Each trade counts once, in whatever files it stands; importing again adds nothing, "
            + "an import that was interrupted goes on. What the engine had computed is compared with what the trades say, and differences are told.",
            ImportAsync, _folder, _model));
        command.Subcommands.Add(_shared.Create(
            "export", "Write a portfolio as a memory folder of the original engine, which 'portfolio import' reads again. Vectors are not among it.", ExportAsync, _target, _replace));
        return command;
    }

    private async Task ListAsync(Asked asked, CancellationToken cancellationToken)
    {
        var names = await asked.Memory.GetPortfoliosAsync(cancellationToken);
        _shared.Io.Write(
            asked.Line.GetValue(_shared.Node.Json), asked.Moment, json => PortfolioAnswers.Write(json, names, asked.Moment),
            () => Tables.Rows(["portfolio"], names.Select(static name => new[] { name.ToString() })));
    }

    private async Task<int> ImportAsync(ParseResult line, NodeSession session, PortfolioName portfolio, CancellationToken cancellationToken)
    {
        var path = line.GetRequiredValue(_folder);
        var folder = Read(path);
        var import = new FolderImport(session.Portfolio, portfolio, line.GetRequiredValue(_model));
        var report = await import.RunAsync(folder, done => Progress(done, folder.Trades.Count), cancellationToken);
        await session.NoteAsync(who => Describe(who, portfolio, report), cancellationToken);
        if (line.GetValue(_shared.Node.Json))
            _shared.Io.WriteJson(json => FolderTables.Write(json, portfolio, report));
        else
            FolderTables.Write(_shared.Io, report);
        return report.IsComplete ? ExitCode.Ok : ExitCode.Failed;
    }

    private async Task<int> ExportAsync(ParseResult line, NodeSession session, PortfolioName portfolio, CancellationToken cancellationToken)
    {
        var target = line.GetRequiredValue(_target);
        FolderExport.Check(target, line.GetValue(_replace));
        var report = await new FolderExport(session.Portfolio, portfolio, TimeProvider.System).RunAsync(target, cancellationToken);
        await session.NoteAsync(
            who => new AuditAction(who, AuditKind.Export, ("portfolio", portfolio.ToString()), ("folder", target), ("outcomes", Text(report.Outcomes))), cancellationToken);
        if (line.GetValue(_shared.Node.Json))
            _shared.Io.WriteJson(json => FolderTables.Write(json, portfolio, report));
        else
            _shared.Io.OutputConsole().Write(FolderTables.Of(report));
        return ExitCode.Ok;
    }

    private static MemoryFolder Read(string path)
    {
        if (!Directory.Exists(path))
            throw new CommandFailedException($"{path}: there is no such folder.");

        var folder = MemoryFolder.Read(path);
        if (!folder.IsEmpty)
            return folder;

        var inside = Path.Combine(path, "memory");
        throw new CommandFailedException(
            $"{path}: there is nothing of a portfolio memory in it (outcome_*.json, snapshot_*.json, portfolio_memory.json, vectors.json){(Directory.Exists(inside) ? $"; did you mean {inside}?" : ".")}");
    }

    private void Progress(int done, int all)
    {
        if (done % ProgressEvery == 0 && done < all)
            _shared.Io.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} of {all} trades"));
    }

    private static AuditAction Describe(string who, PortfolioName portfolio, FolderImportReport report) => new(
        who, AuditKind.Import,
        ("portfolio", portfolio.ToString()), ("file", report.Folder), ("accepted", Text(report.Outcomes.Imported)), ("duplicates", Text(report.Outcomes.Known)),
        ("snapshots", Text(report.Snapshots.Imported)), ("vectors", Text(report.Vectors)), ("rejected", Text(report.Faults.Count)), ("conflicts", Text(report.Conflicts.Count)));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
