using System.CommandLine;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Backups;

/// <summary>The commands <c>backup</c> and <c>restore</c>.</summary>
internal sealed class BackupCommands(CommandIo io, NodeOptions options)
{
    private readonly Option<string?> _backupTo = new("--to")
    {
        Description = "The folder of the backup; new or empty. With --url the node makes it in its setting backup.folder.",
        HelpName = "FOLDER",
    };

    private readonly Option<string> _from = new("--from") { Description = "The folder of the backup.", HelpName = "FOLDER", Required = true };
    private readonly Option<string> _restoreTo = new("--to") { Description = "The data folder; new or empty.", HelpName = "DIR", Required = true };

    public IEnumerable<Command> Create()
    {
        var backup = new Command(
            "backup",
            "Copy the whole journal, verified, into a folder, while a node runs on it or not. What was acknowledged before it began is in it.")
        {
            _backupTo,
        };
        options.AddTo(backup);
        backup.SetAction(BackUpAsync);
        yield return backup;

        var restore = new Command("restore", "Make a data folder of a backup; everything in it is checked first.") { _from, _restoreTo, options.Json };
        restore.SetAction(RestoreAsync);
        yield return restore;
    }

    private async Task<int> BackUpAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var to = line.GetValue(_backupTo);
        if (line.GetValue(options.Url) is not null)
        {
            if (to is not null)
                throw new UsageException("--to: a running node makes its backups in the folder of its setting backup.folder; leave --to away.");
            await using var session = await NodeSession.OpenAsync(options, line, mayCreate: false);
            return Tell(line, await session.CreateBackupAsync(cancellationToken));
        }

        if (to is null)
            throw new UsageException("--to: name the folder of the backup.");
        var settings = options.Load(line).Settings;
        Hosting.NodeBackups.CheckEngine(settings);
        var manifest = await SqliteBackup.CreateAsync(settings.Data, to, TimeProvider.System, settings.Retention.Archive);
        return Tell(line, BackupAnswer.Of(to, manifest));
    }

    private async Task<int> RestoreAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var to = line.GetRequiredValue(_restoreTo);
        return Tell(line, BackupAnswer.Of(to, await SqliteRestore.RunAsync(line.GetRequiredValue(_from), to)));
    }

    private int Tell(ParseResult line, BackupAnswer answer)
    {
        if (line.GetValue(options.Json))
            io.WriteJson(answer.Write);
        else
            io.OutputConsole().Write(answer.ToTable());
        if (answer.Damage is null)
            return ExitCode.Ok;
        throw new CommandFailedException(
            $"the backup was made, but the journal is damaged and the backup has it too: {answer.Damage} Keep the older backups.");
    }
}
