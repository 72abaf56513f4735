using ActorMemory.Torture;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The name of a scenario runs it; everything else comes from a test runner.
if (TortureCommand.Knows(args))
    return await TortureCommand.RunAsync(args);

return args.Any(static arg => arg is "--server" or "--internal-msbuild-node")
    ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await ConsoleRunner.Run(args);
