using System.Buffers;
using ActorMemory.Audit;
using ActorMemory.Performance;
using Google.Protobuf;
using Proto = ActorMemory.Tests.Audit.Wire;

namespace ActorMemory.Tests.Audit;

/// <summary>The codec of the audit log against Google's, which is generated from the same .proto.</summary>
public sealed class AuditFormatTests
{
    private static readonly AuditSegmentFormat s_format = new();
    private static readonly SettingsLedgerFormat s_settings = new();

    [Fact]
    public void Notes_are_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var (at, action) = (new UnixNanoseconds(random.NextInt64()), RandomAction(random));
        var output = new ArrayBufferWriter<byte>();
        var manifest = s_format.WriteEvent(new ActionNoted(at, action), output);
        var state = new AuditSegmentState(3);

        s_format.ReplayEvent(state, manifest, ToMessage(at, action).ToByteArray());

        Assert.Equal("audit.noted.v1", manifest);
        Assert.True(ToMessage(at, action).Equals(Proto.AuditNote.Parser.ParseFrom(output.WrittenSpan)), where);
        var read = Assert.Single(state.Entries);
        Assert.Equal((513, at), (read.Number, read.At));
        Assert.True(ToMessage(at, action).Equals(ToMessage(read.At, read.Action)), where);
    });

    [Fact]
    public void Segments_are_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var state = new AuditSegmentState(1);
        var message = new Proto.AuditSegment();
        for (var i = random.Next(5); i > 0; i--)
        {
            var (at, action) = (new UnixNanoseconds(random.NextInt64()), RandomAction(random));
            state.Add(at, action);
            message.Notes.Add(ToMessage(at, action));
        }

        var output = new ArrayBufferWriter<byte>();
        var manifest = s_format.WriteSnapshot(state, output);
        var read = s_format.ReadSnapshot("audit|1", manifest, message.ToByteArray());

        Assert.Equal("audit.state.v1", manifest);
        Assert.True(message.Equals(Proto.AuditSegment.Parser.ParseFrom(output.WrittenSpan)), where);
        Assert.True(message.Notes.SequenceEqual(read.Entries.Select(entry => ToMessage(entry.At, entry.Action))), where);
    });

    [Fact]
    public void Settings_are_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var changed = Enumerable.Range(0, random.Next(5)).Select(i => ($"{i}{RandomText(random)}", RandomText(random))).ToList();
        var removed = Enumerable.Range(5, random.Next(3)).Select(i => $"{i}{RandomText(random)}").ToList();
        var message = new Proto.SettingsChanged
        {
            Changed = { changed.Select(static pair => new Proto.AuditDetail { Name = pair.Item1, Value = pair.Item2 }) },
            Removed = { removed },
        };
        ArrayBufferWriter<byte> happened = new(), snapshot = new();
        var state = new SettingsLedgerState();
        removed.ForEach(name => state.Settings[name] = "there before");

        var eventManifest = s_settings.WriteEvent(new SettingsChanged(changed, removed), happened);
        s_settings.ReplayEvent(state, eventManifest, message.ToByteArray());
        var stateManifest = s_settings.WriteSnapshot(state, snapshot);
        var read = s_settings.ReadSnapshot(SettingsLedgerBehavior.PersistenceId, stateManifest, snapshot.WrittenSpan);

        Assert.Equal(("settings.changed.v1", "settings.state.v1"), (eventManifest, stateManifest));
        Assert.True(message.Equals(Proto.SettingsChanged.Parser.ParseFrom(happened.WrittenSpan)), where);
        Assert.True(changed.SequenceEqual(state.Settings.Select(static pair => (pair.Key, pair.Value)).OrderBy(pair => changed.IndexOf(pair))), where);
        Assert.True(state.Settings.SequenceEqual(read.Settings), where);
    });

    [Fact]
    public void What_a_later_version_wrote_is_refused_by_name()
    {
        var unknownKind = new Proto.AuditNote { At = 1, Who = "ada", Kind = 99, Outcome = 1 }.ToByteArray();

        Assert.Contains("'audit.noted.v2'", Assert.Throws<FormatException>(() => s_format.ReplayEvent(new AuditSegmentState(1), "audit.noted.v2", [])).Message);
        Assert.Contains("'audit.state.v2'", Assert.Throws<FormatException>(() => s_format.ReadSnapshot("audit|1", "audit.state.v2", [])).Message);
        Assert.Contains("'settings.changed.v2'", Assert.Throws<FormatException>(() => s_settings.ReplayEvent(new SettingsLedgerState(), "settings.changed.v2", [])).Message);
        Assert.Contains("kind 99", Assert.Throws<FormatException>(() => s_format.ReplayEvent(new AuditSegmentState(1), "audit.noted.v1", unknownKind)).Message);
    }

    [Fact]
    public void Bytes_that_are_no_message_are_refused_and_nothing_else_happens() => ForManySeeds((random, where) =>
    {
        var bytes = ToMessage(new UnixNanoseconds(7), RandomAction(random)).ToByteArray();
        bytes = bytes[..random.Next(bytes.Length + 1)];
        if (bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

        var thrown = Record.Exception(() => s_format.ReplayEvent(new AuditSegmentState(1), AuditSegmentFormat.NotedManifest, bytes));

        Assert.True(thrown is null or FormatException, $"{where}: {thrown}");
    });

    private static void ForManySeeds(Action<Random, string> check)
    {
        var first = Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + 300; seed++)
            check(new Random(seed), $"seed {seed}");
    }

    private static AuditAction RandomAction(Random random) => new(
        RandomText(random),
        Enum.GetValues<AuditKind>()[random.Next(Enum.GetValues<AuditKind>().Length)],
        [.. Enumerable.Range(0, random.Next(6)).Select(i => ($"{i}{RandomText(random)}", RandomText(random)))])
    {
        Outcome = random.Next(2) == 0 ? AuditOutcome.Done : AuditOutcome.Failed,
    };

    private static string RandomText(Random random) => random.Next(5) switch
    {
        0 => "",
        1 => "東京 🚀 |%",
        2 => new string('é', random.Next(AuditAction.MaxText + 20)),
        3 => new string('東', random.Next(AuditAction.MaxText + 20)),
        _ => $"text {random.Next()}",
    };

    private static Proto.AuditNote ToMessage(UnixNanoseconds at, AuditAction action) => new()
    {
        At = at.Value,
        Who = action.Who,
        Kind = (ulong)action.Kind,
        Outcome = (ulong)action.Outcome,
        Details = { action.Details.Select(static detail => new Proto.AuditDetail { Name = detail.Name, Value = detail.Value }) },
    };
}
