using System.Diagnostics;

namespace ActorMemory.Torture.Disks;

/// <summary>Programs of the operating system.</summary>
internal static class Shell
{
    /// <summary>Runs a program; gives what went wrong, null if nothing did.</summary>
    public static async Task<string?> TryAsync(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started.");
            var output = process.StandardOutput.ReadToEndAsync();
            var error = await process.StandardError.ReadToEndAsync();
            var said = $"{await output}{error}".Trim();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? null : $"{program} {string.Join(' ', arguments)}: {said} (exit code {process.ExitCode})";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
    }

    /// <summary>Runs a program.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        if (await TryAsync(program, arguments) is { } fault)
            throw new IOException(fault);
    }
}
