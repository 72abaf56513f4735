using System.CommandLine;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Audit;

/// <summary>The command <c>audit</c>: what an auditor asks, without trusting the node.</summary>
internal sealed class AuditCommand(CommandIo io, NodeOptions options)
{
    public Command Create() => new("audit", "Verify the journal, and prove what it says.")
    {
        new VerifyCommand(io, options).Create(),
        new ExportCommand(io, options).Create(),
    };
}
