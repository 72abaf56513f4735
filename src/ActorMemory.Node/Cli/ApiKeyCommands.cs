using System.CommandLine;
using System.Text.Json;
using ActorMemory.Hosting.Hocon;
using ActorMemory.Node.Http.Security;
using ActorMemory.Performance;

namespace ActorMemory.Node.Cli;

/// <summary>
/// The command <c>api-key</c>: the keys of a data folder. It works beside a running node, which reads the keys again when they change.
/// </summary>
internal sealed class ApiKeyCommands(CommandIo io, NodeOptions options, TimeProvider time)
{
    private const int MaxName = 64;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    private readonly Option<string> _name = new("--name") { Description = "Who has the key: letters, digits, '.', '_' and '-'.", HelpName = "NAME", Required = true };

    private readonly Option<string[]> _roles = new("--role")
    {
        Description = "What it is for: writer (add, import), reader (ask), auditor (ask, check, export), admin (prune, back up). May be given several times.",
        HelpName = "ROLE",
        Required = true,
    };

    private readonly Option<string?> _expires = new("--expires") { Description = "How long it is taken, such as 30d. Default: for ever.", HelpName = "TIME" };

    private readonly Argument<string> _id = new("ID") { Description = "The id of the key, as 'list' shows it: 12 digits." };

    public Command Create()
    {
        var command = new Command("api-key", "Make, list and revoke the API keys of a data folder.");
        command.Subcommands.Add(Create("add", "Make a key. It is shown once and stored only as a hash.", Add, _name, _roles, _expires));
        command.Subcommands.Add(Create("list", "The keys, without their secrets.", List));
        var revoke = Create("revoke", "Remove a key. A running node refuses it from the next request on.", Revoke);
        revoke.Arguments.Add(_id);
        command.Subcommands.Add(revoke);
        return command;
    }

    private Command Create(string name, string description, Action<ParseResult, ApiKeyFile> run, params Option[] own)
    {
        var command = new Command(name, description);
        foreach (var option in own)
            command.Options.Add(option);
        options.AddTo(command, withUrl: false);
        command.SetAction(line =>
        {
            var settings = options.Load(line).Settings;
            try
            {
                run(line, new ApiKeyFile(Path.Combine(settings.Data, settings.Http.ApiKeys)));
                return ExitCode.Ok;
            }
            catch (ApiKeyFileException e)
            {
                throw new CommandFailedException(e.Message);
            }
        });
        return command;
    }

    private void Add(ParseResult line, ApiKeyFile file)
    {
        var name = NameOf(line);
        var roles = RolesOf(line);
        var (text, now) = (ApiKeyText.Create(), time.GetUtcNow());
        var key = new ApiKey(text.Id, name, roles, text.Hash(), now, ExpiryOf(line) is { } lifetime ? now + lifetime : null);
        file.Change(keys => keys.FirstOrDefault(other => other.Name == name) is { } other
            ? throw new CommandFailedException($"'{name}' is the name of the key {other.Id} already; choose another one, or revoke that key.")
            : [.. keys, key]);
        if (line.GetValue(options.Json))
        {
            io.WriteJson(json =>
            {
                json.WriteStartObject();
                Write(json, key);
                json.WriteString("key", text.Reveal());
                json.WriteEndObject();
            });
            return;
        }

        // The key alone on the output, so that it can be piped into a file.
        io.Error.WriteLine($"The key {key.Id} of '{name}' ({key.RolesText}), {Until(key)}. It is not shown again:");
        io.Output.WriteLine(text.Reveal());
    }

    private void List(ParseResult line, ApiKeyFile file)
    {
        var keys = file.Read();
        if (!line.GetValue(options.Json))
        {
            io.OutputConsole().Write(Tables.Rows(
                ["id", "name", "roles", "created", "expires"],
                keys.Select(key => new[] { key.Id, key.Name, key.RolesText, Shown(key.Created), Shown(key.Expires) + (key.IsExpired(time.GetUtcNow()) ? " (expired)" : "") })));
            return;
        }

        io.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("api_keys");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                Write(json, key);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private void Revoke(ParseResult line, ApiKeyFile file)
    {
        var id = line.GetRequiredValue(_id);
        ApiKey? revoked = null;
        file.Change(keys =>
        {
            revoked = keys.FirstOrDefault(key => key.Id == id)
                ?? throw new CommandFailedException($"there is no key '{Http.Query.Shown(id)}' in {file.Path}; 'actormemory api-key list' shows those that are.");
            return [.. keys.Where(key => key.Id != id)];
        });
        if (revoked is not { } gone)
            return;

        if (line.GetValue(options.Json))
        {
            io.WriteJson(json =>
            {
                json.WriteStartObject();
                Write(json, gone);
                json.WriteEndObject();
            });
        }
        else
        {
            io.Output.WriteLine($"The key {gone.Id} of '{gone.Name}' ({gone.RolesText}) is revoked.");
        }
    }

    private string NameOf(ParseResult line)
    {
        var name = line.GetRequiredValue(_name);
        return name.Length is > 0 and <= MaxName && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && name != "anonymous"
            ? name
            : throw new UsageException(
                $"--name: '{Http.Query.Shown(name)}' is not one; write 1 to {MaxName} letters, digits, '.', '_' or '-', and not 'anonymous'.");
    }

    private List<ApiKeyRole> RolesOf(ParseResult line)
    {
        var roles = line.GetRequiredValue(_roles).SelectMany(static text => text.Split(','))
            .Select(static name => ApiKeyRoles.Parse(name.Trim())
                ?? throw new UsageException($"--role: '{Http.Query.Shown(name)}' is not one; write writer, reader, auditor or admin."))
            .Distinct().Order().ToList();
        return roles.Contains(ApiKeyRole.Admin) && roles.Contains(ApiKeyRole.Writer)
            ? throw new UsageException("--role: whoever removes records may not add any: make one key for admin, and another one for writer.")
            : roles;
    }

    private TimeSpan? ExpiryOf(ParseResult line)
    {
        if (line.GetValue(_expires) is not { } text)
            return null;

        return HoconDuration.TryParse(text, out var lifetime) && lifetime > TimeSpan.Zero && lifetime <= s_longest
            ? lifetime
            : throw new UsageException($"--expires: '{Http.Query.Shown(text)}' is not a time up to {s_longest.TotalDays:0}d; write for instance 12h or 30d.");
    }

    private static void Write(Utf8JsonWriter json, ApiKey key)
    {
        json.WriteString("id", key.Id);
        json.WriteString("name", key.Name);
        json.WriteStartArray("roles");
        foreach (var role in key.Roles)
            json.WriteStringValue(role.ToName());
        json.WriteEndArray();
        json.WriteString("created", Shown(key.Created));
        json.WriteString("expires", key.Expires is { } expires ? Shown(expires) : null);
    }

    private static string Until(ApiKey key) => key.Expires is { } expires ? $"taken until {Shown(expires)}" : "taken until it is revoked";

    private static string Shown(DateTimeOffset? time) => time is { } at ? at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture) : "never";
}
