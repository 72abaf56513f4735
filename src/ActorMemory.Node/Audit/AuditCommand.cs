using System.CommandLine;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Audit;

/// <summary>The command <c>audit</c>: what an auditor asks, without trusting the node.</summary>
internal sealed class AuditCommand(CommandIo io, NodeOptions options)
{
    public Command Create()
    {
        var command = new Command("audit", "Verify the journal, prove what it says, replay what was known when, and see who did what.")
        {
            new VerifyCommand(io, options).Create(),
            new ExportCommand(io, options).Create(),
        };
        foreach (var known in new KnownCommands(io, options).Create())
            command.Subcommands.Add(known);
        return command;
    }
}
