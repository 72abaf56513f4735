using System.Runtime.InteropServices;
using ActorMemory.Node.Cli;

// The first signal asks to stop, and the command ends in order; a second one has nothing to add.
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
return await new NodeCommandLine(CommandIo.OfProcess()).RunAsync(args, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
