using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>What the ledger of settings can be told or asked; both are answered with <see cref="SettingsDifferences"/>.</summary>
internal abstract record SettingsCommand(IReadOnlyDictionary<string, string> Settings);

/// <summary>Asks how settings differ from those that were noted last.</summary>
internal sealed record CompareSettings(IReadOnlyDictionary<string, string> Settings) : SettingsCommand(Settings);

/// <summary>Remembers settings.</summary>
internal sealed record NoteSettings(IReadOnlyDictionary<string, string> Settings) : SettingsCommand(Settings);

/// <summary>The answer: every setting that differs, ordered by name; null where there was or is none.</summary>
internal sealed record SettingsDifferences(IReadOnlyList<(string Name, string? From, string? To)> Differences);

/// <summary>Settings have changed.</summary>
internal sealed record SettingsChanged(IReadOnlyList<(string Name, string Value)> Changed, IReadOnlyList<string> Removed);

/// <summary>The settings that were noted last, by name.</summary>
internal sealed class SettingsLedgerState
{
    public SortedDictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);
}

/// <summary>The one entity that remembers with which settings a node ran last. Of secrets it is told fingerprints.</summary>
internal sealed class SettingsLedgerBehavior : IEventSourcedBehavior<SettingsLedgerState, SettingsCommand, SettingsChanged>
{
    internal const string PersistenceId = "settings|node";

    public SettingsLedgerState Create(string persistenceId) => new();

    public Decision<SettingsChanged> Decide(SettingsLedgerState state, SettingsCommand command, in CommandContext context)
    {
        var differences = new List<(string Name, string? From, string? To)>();
        foreach (var name in state.Settings.Keys.Union(command.Settings.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (from, to) = (state.Settings.GetValueOrDefault(name), command.Settings.GetValueOrDefault(name));
            if (from != to)
                differences.Add((name, from, to));
        }

        var reply = new SettingsDifferences(differences);
        return command is CompareSettings || differences.Count == 0
            ? Decision.Reply<SettingsChanged>(reply)
            : Decision.Persist(
                new SettingsChanged(
                    [.. differences.Where(static difference => difference.To is not null).Select(static difference => (difference.Name, difference.To ?? ""))],
                    [.. differences.Where(static difference => difference.To is null).Select(static difference => difference.Name)]),
                reply);
    }

    public void Apply(SettingsLedgerState state, SettingsChanged @event)
    {
        foreach (var (name, value) in @event.Changed)
            state.Settings[name] = value;
        foreach (var name in @event.Removed)
            state.Settings.Remove(name);
    }

    public long SizeOf(SettingsLedgerState state) => 256 + state.Settings.Sum(static setting => 128L + (2 * (setting.Key.Length + setting.Value.Length)));
}

/// <summary>The stored form of the ledger of settings: the Protobuf message SettingsChanged of audit.proto.</summary>
internal sealed class SettingsLedgerFormat : IEntityFormat<SettingsLedgerState, SettingsChanged>
{
    internal const string ChangedManifest = "settings.changed.v1";
    internal const string StateManifest = "settings.state.v1";

    public string WriteEvent(SettingsChanged @event, IBufferWriter<byte> output)
    {
        foreach (var (name, value) in @event.Changed)
            AuditDetailWire.Write(1, name, value, output);
        foreach (var name in @event.Removed)
        {
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + (name.Length * 3)));
            writer.Text(2, name);
            output.Advance(writer.Written);
        }

        return ChangedManifest;
    }

    public void ReplayEvent(SettingsLedgerState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != ChangedManifest)
            throw UnknownManifest(manifest);
        Read(state, payload);
    }

    public string WriteSnapshot(SettingsLedgerState state, IBufferWriter<byte> output)
    {
        foreach (var (name, value) in state.Settings)
            AuditDetailWire.Write(1, name, value, output);
        return StateManifest;
    }

    public SettingsLedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new SettingsLedgerState();
        Read(state, payload);
        return state;
    }

    private static void Read(SettingsLedgerState state, ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload, "The message SettingsChanged");
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                var (name, value) = AuditDetailWire.Read(reader.Bytes());
                state.Settings[name] = value;
            }
            else if (reader.Field == 2)
            {
                state.Settings.Remove(reader.Text());
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The ledger of settings does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
