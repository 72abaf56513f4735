using System.CommandLine;
using ActorMemory.KnownTime;
using ActorMemory.Node.Cli;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>What all commands about a portfolio share.</summary>
internal sealed class PortfolioOptions(CommandIo io, NodeOptions options)
{
    public Option<string> Portfolio { get; } = new("--portfolio")
    {
        Description = "Which portfolio: account, run or test; nothing of one is seen in another.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => PortfolioName.Default.ToString(),
    };

    public CommandIo Io => io;

    public NodeOptions Node => options;

    /// <summary>A command that changes something.</summary>
    public Command Create(
        string name, string description, Func<ParseResult, NodeSession, PortfolioName, CancellationToken, Task<int>> run, params Symbol[] own)
    {
        var command = With(new Command(name, description), own);
        options.AddTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            var portfolio = NameOf(line);
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: true);
            return await run(line, session, portfolio, cancellationToken);
        });
        return command;
    }

    /// <summary>A question, which can be asked about a moment in the past.</summary>
    public Command CreateKnown(string name, string description, Func<Asked, CancellationToken, Task> ask, params Symbol[] own)
    {
        var command = With(new Command(name, description), own);
        options.AddWithMomentTo(command);
        command.SetAction(async (line, cancellationToken) =>
        {
            var (portfolio, moment) = (NameOf(line), options.MomentOf(line));
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
            var (memory, known) = await session.AsOfPortfolioAsync(moment);
            await ask(new Asked(line, memory, portfolio, known), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Writes a list as JSON or as a table.</summary>
    public void WriteList<T>(Asked asked, string name, IReadOnlyList<T> list, Func<Spectre.Console.Table> table) => io.Write(
        asked.Line.GetValue(options.Json), asked.Moment, json => PortfolioAnswers.WriteList(json, asked.Portfolio, asked.Moment, name, list), table);

    /// <summary>Writes one thing as JSON or as a table.</summary>
    public void Write<T>(Asked asked, T value, Func<Spectre.Console.Table> table) => io.Write(
        asked.Line.GetValue(options.Json), asked.Moment, json => PortfolioAnswers.Write(json, asked.Portfolio, asked.Moment, value), table);

    /// <summary>An option that takes a time.</summary>
    public static Option<string?> TimeOption(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }, ..] && !UnixNanoseconds.TryParse(text, out _, out var fault))
                result.AddError($"{name}: {fault}");
        });
        return option;
    }

    /// <summary>The time that such an option names; null for none.</summary>
    public static UnixNanoseconds? TimeOf(ParseResult line, Option<string?> option) =>
        line.GetValue(option) is { } text ? UnixNanoseconds.Parse(text) : null;

    private PortfolioName NameOf(ParseResult line) =>
        PortfolioName.TryCreate(line.GetRequiredValue(Portfolio), out var name, out var fault) ? name : throw new UsageException($"--portfolio: {fault}");

    private Command With(Command command, Symbol[] own)
    {
        foreach (var symbol in own)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else if (symbol is Option option)
                command.Options.Add(option);
        }

        command.Options.Add(Portfolio);
        return command;
    }
}

/// <summary>A question of the command line.</summary>
/// <param name="Line">The line.</param>
/// <param name="Memory">Who answers.</param>
/// <param name="Portfolio">About which portfolio.</param>
/// <param name="Moment">About which moment; null for now.</param>
internal sealed record Asked(ParseResult Line, IPortfolioReader Memory, PortfolioName Portfolio, AnswerMoment? Moment);
