using System.CommandLine;
using System.Text.Json;
using ActorMemory.Node.Cli;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>The commands that tell a portfolio something.</summary>
internal sealed class PortfolioRecordingCommands(PortfolioOptions shared)
{
    private const int MaxLine = 512 * 1024;

    private readonly Argument<string> _file = new("FILE") { Description = "JSON: one, an array of them, or one a line; - for the standard input." };
    private readonly Option<int?> _days = new("--window-days") { Description = "Only trades that ended so many days ago. Default: all.", HelpName = "N" };

    public Command CreateAddOutcomes() => shared.Create(
        "add",
        "Record how trades ended: exits ({\"decision_id\":…,\"exit_price\":…}) of recorded decisions or with the decision in them, or ready outcomes. The same one twice is recorded once.",
        AddOutcomesAsync, _file);

    public Command CreateAddDecision() => shared.Create(
        "add", "Record a decision and what every provider said. The same one twice is recorded once.", AddDecisionAsync, _file);

    public Command CreateTakeSnapshot() => shared.Create("take", "Take a snapshot and keep it.", TakeSnapshotAsync, _days);

    private async Task<int> AddOutcomesAsync(ParseResult line, NodeSession session, PortfolioName portfolio, CancellationToken cancellationToken)
    {
        await using var stream = Open(line);
        using var buffered = new MemoryStream();
        await stream.CopyToAsync(buffered, cancellationToken);
        buffered.Position = 0;
        using var window = new ByteWindow(buffered, MaxLine * 2);

        // Several objects one after the other are lines; everything else is one JSON value.
        IRecordSource source = IsOneValue(buffered) ? new JsonElementReader(window, MaxLine) : new LineReader(window, MaxLine);
        var report = await new OutcomeIntake(session.Portfolio, portfolio, source).RunAsync(cancellationToken);
        var isJson = line.GetValue(shared.Node.Json);
        if (isJson)
            shared.Io.WriteJson(IntakeAnswer.Of(report, source).Write);
        else
            shared.Io.OutputConsole().Write(Tables.Rows(["recorded", "known before", "refused"], [[Tables.Number(report.Accepted), Tables.Number(report.Duplicates), Tables.Number(report.Rejected.Count)]]));
        foreach (var fault in report.Rejected)
            await shared.Io.Error.WriteLineAsync($"{NameOf(line)}, {fault.Line}: {fault.Error}");
        if (report.Cause is { } cause)
            throw new CommandFailedException($"{NameOf(line)}: stopped after {report.Accepted + report.Duplicates + report.Rejected.Count}: {cause.Message} Run the same command again; what is recorded is not recorded twice.");
        return report.Rejected.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    private async Task<int> AddDecisionAsync(ParseResult line, NodeSession session, PortfolioName portfolio, CancellationToken cancellationToken)
    {
        await using var stream = Open(line);
        using var buffered = new MemoryStream();
        await stream.CopyToAsync(buffered, cancellationToken);
        TradingDecision decision;
        List<UnknownField> ignored;
        try
        {
            (decision, ignored) = PortfolioJson.Read<TradingDecision>(PortfolioJson.Parse(buffered.GetBuffer().AsMemory(0, (int)buffered.Length)));
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"{NameOf(line)}: {FileText.Explain(e.Message)}");
        }

        var receipt = await session.Portfolio.RecordDecisionAsync(portfolio, decision, cancellationToken);
        if (line.GetValue(shared.Node.Json))
        {
            shared.Io.WriteJson(json => PortfolioAnswers.Write(json, portfolio, null, receipt));
            return ExitCode.Ok;
        }

        await shared.Io.Output.WriteLineAsync($"  decision {Tables.Number(receipt.Number)}{(receipt.IsNew ? "" : ", known before")}");
        if (ignored.Count > 0)
            await shared.Io.Output.WriteLineAsync($"  ignored: {string.Join(", ", ignored.Select(static field => field.Path))}");
        return ExitCode.Ok;
    }

    private async Task<int> TakeSnapshotAsync(ParseResult line, NodeSession session, PortfolioName portfolio, CancellationToken cancellationToken)
    {
        var stored = await session.Portfolio.TakeSnapshotAsync(portfolio, line.GetValue(_days), cancellationToken);
        shared.Write(new Asked(line, session.Portfolio, portfolio, null), stored, () => PortfolioTables.Of([stored]));
        if (stored.Number == 0)
            await shared.Io.Error.WriteLineAsync("actormemory: there is no outcome yet, so the snapshot was not kept.");
        return ExitCode.Ok;
    }

    private Stream Open(ParseResult line)
    {
        var file = line.GetRequiredValue(_file);
        if (file == "-")
            return shared.Io.Input;
        return File.Exists(file) ? File.OpenRead(file) : throw new CommandFailedException($"{file}: there is no such file.");
    }

    private string NameOf(ParseResult line) => line.GetRequiredValue(_file) is "-" ? "standard input" : line.GetRequiredValue(_file);

    private static bool IsOneValue(MemoryStream text)
    {
        try
        {
            PortfolioJson.Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
            return true;
        }
        catch (JsonException)
        {
            return text.GetBuffer().AsSpan(0, (int)text.Length).TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        }
    }
}
