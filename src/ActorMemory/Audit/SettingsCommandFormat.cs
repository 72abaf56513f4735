using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>How commands of the ledger of settings and their answers travel between nodes: the messages of audit.proto.</summary>
internal sealed class SettingsCommandFormat : ICommandFormat<SettingsCommand>
{
    internal const string CompareManifest = "settings.compare.v1";
    internal const string NoteManifest = "settings.note.v1";
    internal const string DifferencesManifest = "settings.differences.v1";

    private const string Me = "The ledger of settings";

    /// <inheritdoc/>
    public CommandKind KindOf(SettingsCommand command) => command switch
    {
        CompareSettings => CommandKind.Read,
        // The second of two answers that nothing differs, and undoes what another node has noted in between.
        NoteSettings => CommandKind.Once,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(SettingsCommand command, IBufferWriter<byte> output)
    {
        var manifest = command switch
        {
            CompareSettings => CompareManifest,
            NoteSettings => NoteManifest,
            _ => throw FormatFault.NoForm(command),
        };
        foreach (var (name, value) in command.Settings)
            AuditDetailWire.Write(1, name, value, output);

        return manifest;
    }

    /// <inheritdoc/>
    public SettingsCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        CompareManifest => new CompareSettings(ReadSettings(payload)),
        NoteManifest => new NoteSettings(ReadSettings(payload)),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        if (reply is not SettingsDifferences known)
            throw FormatFault.NoForm(reply);

        foreach (var (name, from, to) in known.Differences)
        {
            var writer = new WireWriter(output.GetSpan(
                WireWriter.MaxHeader + WireWriter.MaxText(name) + WireWriter.MaxText(from) + WireWriter.MaxText(to)));
            var start = writer.Begin(1);
            writer.Text(1, name);
            writer.OptionalText(2, from);
            writer.OptionalText(3, to);
            writer.End(start);
            output.Advance(writer.Written);
        }

        return DifferencesManifest;
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != DifferencesManifest)
            throw FormatFault.UnknownManifest(Me, manifest);

        var differences = new List<(string Name, string? From, string? To)>();
        var reader = new WireReader(payload, "The message SettingsDifferences");
        while (reader.Next())
        {
            if (reader.Field == 1)
                differences.Add(ReadDifference(reader.Bytes()));
            else
                reader.Skip();
        }

        return new SettingsDifferences(differences);
    }

    private static Dictionary<string, string> ReadSettings(ReadOnlySpan<byte> payload)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new WireReader(payload, "The message Settings");
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }

            var (name, value) = AuditDetailWire.Read(reader.Bytes());
            settings[name] = value;
        }

        return settings;
    }

    private static (string Name, string? From, string? To) ReadDifference(ReadOnlySpan<byte> payload)
    {
        var name = "";
        string? from = null, to = null;
        var reader = new WireReader(payload, "The message SettingsDifference");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Text(); break;
                case 2: from = reader.Text(); break;
                case 3: to = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return (name, from, to);
    }
}
