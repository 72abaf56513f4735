using ActorMemory.Simulation.Command;

namespace ActorMemory.Simulation;

/// <summary>
/// <c>simulate …</c> runs seeds; everything else is the test runner, so that <c>dotnet test</c> and
/// <c>dotnet run -- simulate</c> use the same executable.
/// </summary>
public static class Program
{
    public static int Main(string[] args)
    {
        if (args is ["simulate", .. var options])
            return SimulateCommand.Run(options, Console.Out, Console.Error);
        if (args.Any(static arg => arg is "--server" or "--internal-msbuild-node"))
            return Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions).GetAwaiter().GetResult();
        return Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }
}
