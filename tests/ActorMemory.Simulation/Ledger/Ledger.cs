using System.Buffers;
using System.Globalization;
using System.Text;
using ActorMemory.Actors;

namespace ActorMemory.Simulation.Ledger;

/// <summary>The smallest entity that has everything: a list that is only appended to, with the ids that it has seen.</summary>
internal sealed class LedgerState
{
    public List<int> Records { get; } = [];

    /// <summary>The position of each record, counted from 1, by its id.</summary>
    public Dictionary<int, long> Positions { get; } = [];
}

internal abstract record LedgerCommand
{
    /// <summary>Answered with the position of each record, whether it is new or not.</summary>
    public sealed record Append(int[] Records) : LedgerCommand;

    /// <summary>The same for records that are not recognised when they come again: twice is not the same as once.</summary>
    public sealed record AppendOnce(int[] Records) : LedgerCommand;

    /// <summary>Answered with all records, in order.</summary>
    public sealed record Read : LedgerCommand;
}

internal sealed class LedgerBehavior : IEventSourcedBehavior<LedgerState, LedgerCommand, int>
{
    public LedgerState Create(string persistenceId) => new();

    public Decision<int> Decide(LedgerState state, LedgerCommand command, in CommandContext context)
    {
        if (command is LedgerCommand.AppendOnce once)
            return Decision.PersistAll(once.Records, once.Records.Select((_, index) => state.Records.Count + 1L + index).ToArray());
        if (command is not LedgerCommand.Append append)
            return Decision.Reply<int>(state.Records.ToArray());
        var events = Array.FindAll(append.Records, record => !state.Positions.ContainsKey(record));
        var positions = Array.ConvertAll(
            append.Records,
            record => state.Positions.TryGetValue(record, out var known) ? known : state.Records.Count + 1L + Array.IndexOf(events, record));
        return events.Length == 0 ? Decision.Reply<int>(positions) : Decision.PersistAll(events, positions);
    }

    public void Apply(LedgerState state, int @event)
    {
        state.Records.Add(@event);
        state.Positions[@event] = state.Records.Count;
    }

    public long SizeOf(LedgerState state) => 100 + (20 * state.Records.Count);
}

/// <summary>One line a record, so that half a snapshot reads as a shorter list and only the checksum can tell.</summary>
internal sealed class LedgerFormat : IEntityFormat<LedgerState, int>
{
    public string WriteEvent(int @event, IBufferWriter<byte> output)
    {
        output.Write(Encoding.UTF8.GetBytes(@event.ToString(CultureInfo.InvariantCulture)));
        return "ledger.appended.v1";
    }

    public static int ReadEvent(ReadOnlySpan<byte> payload) => int.Parse(payload, CultureInfo.InvariantCulture);

    public void ReplayEvent(LedgerState state, string manifest, ReadOnlySpan<byte> payload) =>
        new LedgerBehavior().Apply(state, ReadEvent(payload));

    public string WriteSnapshot(LedgerState state, IBufferWriter<byte> output)
    {
        foreach (var record in state.Records)
            output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{record} {state.Positions.GetValueOrDefault(record)}\n")));
        return "ledger.v1";
    }

    public LedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        var state = new LedgerState();
        foreach (var line in Encoding.UTF8.GetString(payload).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            var record = int.Parse(parts[0], CultureInfo.InvariantCulture);
            state.Records.Add(record);
            if (parts.Length == 2 && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var position))
                state.Positions[record] = position;
        }

        return state;
    }
}
