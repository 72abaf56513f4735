using System.Diagnostics;

namespace ActorMemory.Testing;

/// <summary>Where PostgreSQL's programs are, and as whom they run: they refuse to run as root.</summary>
public static class PostgresBinaries
{
    public static string Folder { get; } = Find();

    /// <summary>The user for a process that root starts; null when the tests do not run as root.</summary>
    public static string? User { get; } =
        Environment.UserName != "root" ? null
        : File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres"
        : "nobody";

    /// <summary>A program to start, under another user if need be.</summary>
    public static ProcessStartInfo Program(string name, params IEnumerable<string> arguments)
    {
        var program = Path.Combine(Folder, name);
        IEnumerable<string> all = User is null ? arguments : ["--reuid", User, "--regid", User == "nobody" ? "nogroup" : User, "--clear-groups", program, .. arguments];
        var start = new ProcessStartInfo(User is null ? program : "setpriv", all) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    public static void Run(ProcessStartInfo start)
    {
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} failed: {output} {error.Result}");
    }

    private static string Find()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var ofDebian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(static folder => Path.GetFileName(folder).PadLeft(3, '0')).Select(static folder => Path.Combine(folder, "bin"))
            : [];
        return ofDebian.Concat(onPath).FirstOrDefault(static folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException(
                "PostgreSQL is not installed: no initdb on PATH or below /usr/lib/postgresql. On Debian: apt-get install postgresql.");
    }
}
