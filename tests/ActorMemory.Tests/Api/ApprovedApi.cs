using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorMemory.Tests.Api;

/// <summary>The public surface of a library as it was approved: a text file beside the test.</summary>
internal static class ApprovedApi
{
    private const string Accept = "ACCEPT_API";

    /// <summary>Fails with the lines that came and went, unless the surface is the approved one.</summary>
    internal static void Check(Assembly assembly, [CallerFilePath] string testFile = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(testFile) ?? ".", $"{assembly.GetName().Name}.txt");
        var actual = PublicApi.Of(assembly);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(file, actual);

        var approved = File.Exists(file) ? File.ReadAllText(file) : "";
        if (approved != actual)
            Assert.Fail(
                $"The public API of {assembly.GetName().Name} is not what {file} says.\n{Difference(approved, actual)}\n"
                + $"If that is meant, run this test with {Accept}=1 in the environment, which rewrites the file, and commit it.");
    }

    /// <summary>The lines that went and came, each below the type in which it stands.</summary>
    private static string Difference(string approved, string actual)
    {
        var (before, after) = (Lines(approved), Lines(actual));
        var changes = before.Except(after).Select(line => (line.Type, line.Text, Mark: '-'))
            .Concat(after.Except(before).Select(line => (line.Type, line.Text, Mark: '+')))
            .OrderBy(change => change.Type, StringComparer.Ordinal)
            .ThenBy(change => change.Text, StringComparer.Ordinal)
            .Select(change => $"{change.Mark} {(change.Text == change.Type ? "" : change.Type + " … ")}{change.Text.Trim()}");
        return string.Join('\n', changes.DefaultIfEmpty("(the same lines in another order)"));
    }

    private static (string Type, string Text)[] Lines(string text)
    {
        var type = "";
        return
        [
            .. text.Split('\n').Where(line => line.Length > 0).Select(line =>
                line.StartsWith(' ') ? (type, line) : (type = line, line)),
        ];
    }
}
