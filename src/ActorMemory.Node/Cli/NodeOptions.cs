using System.CommandLine;
using ActorMemory.Hosting.Configuration;
using ActorMemory.KnownTime;
using ActorMemory.Node.Http.Security;
using ActorMemory.Performance;

namespace ActorMemory.Node.Cli;

/// <summary>The options that say which node a command works on.</summary>
internal sealed class NodeOptions
{
    private const string ApiKeyVariable = "ACTORMEMORY_API_KEY";

    public Option<string?> Data { get; } = new("--data")
    {
        Description = "Folder of the journal; it is opened by this process. Default: the setting data.",
        HelpName = "DIR",
    };

    public Option<string?> Url { get; } = new("--url") { Description = "A running node, such as http://127.0.0.1:8080.", HelpName = "URL" };

    public Option<string?> ApiKeyFile { get; } = new("--api-key-file")
    {
        Description = $"A file with the API key for --url. Default: the environment variable {ApiKeyVariable}.",
        HelpName = "FILE",
    };

    public Option<string?> Config { get; } = new("--config") { Description = "A HOCON file with settings.", HelpName = "FILE" };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "A setting, such as http.port=9090; may be given several times.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = static _ => [],
    };

    public Option<string?> AsOf { get; } = new("--as-of")
    {
        Description = "Answer from what the journal had recorded at this time: RFC 3339, or nanoseconds since 1970; a future time means now.",
        HelpName = "TIME",
    };

    public Option<long?> At { get; } = new("--at")
    {
        Description = "Answer from what was known with this event of the journal and those before it; 0: nothing.",
        HelpName = "ORDERING",
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Write JSON, in the shapes of the HTTP API." };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "Tell more about errors.", Recursive = true };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command, bool withUrl = true)
    {
        command.Options.Add(Json);
        command.Options.Add(Data);
        if (withUrl)
        {
            command.Options.Add(Url);
            command.Options.Add(ApiKeyFile);
        }

        command.Options.Add(Config);
        command.Options.Add(Set);
    }

    /// <summary>Adds the options of a command that can ask about a moment in the past.</summary>
    public void AddWithMomentTo(Command command)
    {
        command.Options.Add(AsOf);
        command.Options.Add(At);
        AddTo(command);
    }

    /// <summary>The moment of known time that a command is about; null for now.</summary>
    public KnownMoment? MomentOf(ParseResult line)
    {
        var (time, ordering) = (line.GetValue(AsOf), line.GetValue(At));
        if (time is not null && ordering is not null)
            throw new UsageException("--at: --as-of is given too, and both name a moment; give one.");
        if (ordering is { } number)
            return number >= 0 ? KnownMoment.AtOrdering(number) : throw new UsageException("--at: the first event has 1, and 0 means before it.");
        if (time is null)
            return null;

        return UnixNanoseconds.TryParse(time, out var parsed, out var fault)
            ? KnownMoment.At(parsed)
            : throw new UsageException($"--as-of: {fault}");
    }

    /// <summary>The settings in force for a command.</summary>
    /// <exception cref="ActorMemoryConfigurationException">A setting is unknown or not allowed.</exception>
    public ActorMemoryConfiguration Load(ParseResult line, params IReadOnlyList<string> overrides)
    {
        var data = line.GetValue(Data) is { } folder ? new[] { $"data={folder}" } : [];
        return ActorMemoryConfiguration.Load(line.GetValue(Config), [.. line.GetValue(Set) ?? [], .. overrides, .. data]);
    }

    /// <summary>The API key for another node; null for none. Never an argument: those can be read by all users of the machine.</summary>
    /// <exception cref="CommandFailedException">There is no key in the file, or a text that is none.</exception>
    public string? ReadApiKey(ParseResult line)
    {
        var file = line.GetValue(ApiKeyFile);
        var text = (file is null ? Environment.GetEnvironmentVariable(ApiKeyVariable) : File.ReadAllText(file))?.Trim();
        if (file is null && string.IsNullOrEmpty(text))
            return null;

        return ApiKeyText.TryParse(text, out _)
            ? text
            : throw new CommandFailedException($"{file ?? ApiKeyVariable}: there is no API key in it; one looks like am_0123456789ab_ and 64 more digits.");
    }
}
