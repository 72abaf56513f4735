using System.CommandLine;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Node.Cli;
using ActorMemory.Performance;

namespace ActorMemory.Node.Audit;

/// <summary>The options of a command that reads the journal of a data folder, whether a node runs on it or not.</summary>
internal sealed class AuditScope(NodeOptions options)
{
    public Option<string[]> Key { get; } = new("--key")
    {
        Description = "Only this key: strategy, regime and horizon.",
        HelpName = "STRATEGY REGIME HORIZON",
        Arity = new ArgumentArity(3, 3),
        AllowMultipleArgumentsPerToken = true,
    };

    public Option<string?> Checkpoints { get; } = new("--checkpoints")
    {
        Description = "The folder with exported checkpoints. Default: the setting audit.export.",
        HelpName = "DIR",
    };

    public Option<string[]> PublicKeys { get; } = new("--public-key")
    {
        Description = "The public key of the checkpoints (PEM); may be given several times. Default: the one in the folder of checkpoints, else the one beside the private key.",
        HelpName = "FILE",
        DefaultValueFactory = static _ => [],
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Key);
        command.Options.Add(Checkpoints);
        command.Options.Add(PublicKeys);
        options.AddTo(command, withUrl: false);
    }

    /// <summary>The persistence id of the key that was named; null for none.</summary>
    /// <exception cref="UsageException">It is no legal key.</exception>
    public string? PersistenceIdOf(ParseResult line)
    {
        if (line.GetValue(Key) is not [var strategy, var regime, var horizon])
            return null;
        return PerformanceKey.TryCreate(strategy, regime, horizon, out var key, out var fault) ? key.ToPersistenceId() : throw new UsageException(fault);
    }

    /// <summary>The folder with exported checkpoints; null for none.</summary>
    /// <exception cref="CommandFailedException">There is no such folder.</exception>
    public string? CheckpointFolderOf(ParseResult line, ActorMemorySettings settings)
    {
        var folder = line.GetValue(Checkpoints) ?? settings.Audit.Export;
        return folder is null || Directory.Exists(folder) ? folder : throw new CommandFailedException($"{folder}: there is no such folder of checkpoints.");
    }

    /// <summary>The public keys whose signatures count; null when none is known.</summary>
    /// <exception cref="CheckpointKeyException">A key cannot be read.</exception>
    public async Task<CheckpointPublicKeys?> KeysOfAsync(ParseResult line, ActorMemorySettings settings, IJournalSource journal)
    {
        if (line.GetValue(PublicKeys) is [_, ..] given)
            return CheckpointPublicKeys.Read(given);
        return FindKeys(settings, CheckpointFolderOf(line, settings), (await journal.GetInfoAsync()).JournalId);
    }

    /// <summary>The key beside the exported checkpoints counts more than the one beside the journal, which its administrator can replace.</summary>
    public static CheckpointPublicKeys? FindKeys(ActorMemorySettings settings, string? checkpointFolder, string journalId)
    {
        var besideJournal = Hosting.NodeCheckpoints.KeyPathOf(settings);
        var exported = checkpointFolder is null ? null : CheckpointFiles.PublicKeyOf(checkpointFolder, journalId);
        var path = exported is not null && File.Exists(exported) ? exported : CheckpointKey.PublicPathOf(besideJournal);
        return File.Exists(path) ? CheckpointPublicKeys.Read(path) : null;
    }
}
