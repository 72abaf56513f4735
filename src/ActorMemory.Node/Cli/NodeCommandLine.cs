using System.CommandLine;
using System.CommandLine.Help;
using ActorMemory.Actors;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Node.Audit;
using ActorMemory.Node.Backups;
using ActorMemory.Node.Cluster;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Imports;
using ActorMemory.Node.Performance;
using ActorMemory.Node.Portfolio;
using ActorMemory.Node.Retention;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Retention;

namespace ActorMemory.Node.Cli;

/// <summary>The command line: finds the command, runs it, and tells errors in one line.</summary>
internal sealed class NodeCommandLine
{
    private const string Name = "actormemory";

    private readonly CommandIo _io;
    private readonly NodeOptions _options = new();
    private readonly Command _root;

    public NodeCommandLine(CommandIo io)
    {
        _io = io;
        // Not a RootCommand, which calls itself after its file.
        _root = new Command(Name, "The memory of a trading platform: takes performance records of strategies, and says how they did.")
        {
            new HelpOption { Recursive = true }, new VersionOption(),
        };
        _root.Options.Add(_options.Verbose);
        _root.Subcommands.Add(new ServeCommand(io, _options).Create());
        _root.Subcommands.Add(new ImportCommand(io, _options).Create());
        _root.Subcommands.Add(new AuditCommand(io, _options).Create());
        _root.Subcommands.Add(new CopyCommand(io, _options).Create());
        _root.Subcommands.Add(new ClusterCommands(io, _options).Create());
        _root.Subcommands.Add(new ApiKeyCommands(io, _options, TimeProvider.System).Create());
        foreach (var command in new MemoryCommands(io, _options).Create().Concat(new KeyCommands(io, _options).Create())
            .Concat(new PortfolioCommands(io, _options).Create())
            .Append(new PortfolioFolderCommands(io, _options).Create())
            .Concat(new BackupCommands(io, _options).Create())
            .Concat(new RetentionCommands(io, _options).Create())
            .Append(new ArchiveCommands(io, _options).Create()))
            _root.Subcommands.Add(command);
    }

    /// <summary>Runs what the arguments ask for; gives the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var line = _root.Parse(arguments);
        if (line.Errors.Count > 0 && line.Action is not HelpAction)
            return await RefuseAsync(line, arguments);

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = _io.Output,
                Error = _io.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await line.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await TellAsync("stopped.");
            return ExitCode.Failed;
        }
        catch (UsageException e)
        {
            await TellAsync(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e)
        {
            return await FailAsync(e, line.GetValue(_options.Verbose));
        }
    }

    private async Task<int> FailAsync(Exception exception, bool verbose)
    {
        var isForeseen = exception is CommandFailedException or JournalException or BrokerException or PerformanceRejectedException or PortfolioRejectedException or KnownTimeException or NotKnownException or NodeProblemException
            or ActorMemoryConfigurationException or BackupException or RetentionException or LegalHoldException or ImportException or CsvHeaderException
            or ActorMemoryHostException or IOException
            or UnauthorizedAccessException or AskTimeoutException or EntityFailedException or ApiKeyFileException or AuditExportException;
        if (exception is ActorMemoryConfigurationException configuration)
        {
            foreach (var problem in configuration.Problems)
                await TellAsync(problem);
        }
        else
        {
            await TellAsync(isForeseen ? exception.Message : $"a defect: {exception.GetType().Name}: {exception.Message} Run it again with --verbose and report what it says.");
        }

        if (verbose)
            await _io.Error.WriteLineAsync(exception.ToString());
        return ExitCode.Failed;
    }

    private async Task<int> RefuseAsync(ParseResult line, IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            await _root.Parse("--help").InvokeAsync(new InvocationConfiguration { Output = _io.Error, Error = _io.Error });
            return ExitCode.Usage;
        }

        // An option that does not exist may have been taken for an argument, and then the complaint is about something else.
        var command = line.CommandResult.Command;
        var options = command.Options.Concat(_root.Options).SelectMany(static option => option.Aliases.Append(option.Name)).ToHashSet();
        var strange = arguments.TakeWhile(static argument => argument != "--")
            .FirstOrDefault(argument => argument.StartsWith("--", StringComparison.Ordinal) && !options.Contains(argument.Split('=')[0]));
        var unmatched = line.UnmatchedTokens is [var first, ..] ? first : null;
        var isWrongCommand = command.Subcommands.Count > 0 && unmatched is not null && !unmatched.StartsWith('-');
        if ((isWrongCommand ? unmatched : strange ?? unmatched) is { } token)
        {
            var isOption = token.StartsWith('-');
            var known = isOption ? options : command.Subcommands.Select(static sub => sub.Name);
            var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            var hint = KeyDistance.Nearest(token, known) is { } nearest ? $"did you mean {nearest}?" : $"see {Of(command)} --help.";
            await TellAsync($"there is no {what} '{token}'; {hint}");
        }
        else
        {
            var message = line.Errors[0].Message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            await TellAsync($"{string.Join(' ', message).TrimEnd('.')}; see {Of(command)} --help.");
        }

        return ExitCode.Usage;
    }

    private static string Of(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Of(parent)} {command.Name}" : command.Name;

    private Task TellAsync(string message) => _io.Error.WriteLineAsync($"{Name}: {message}");
}
