using System.Buffers;
using System.Text;
using ActorMemory.Actors;

namespace ActorMemory.Simulation;

/// <summary>The simulated entity: a list that is only appended to, with the ids that it has seen.</summary>
internal sealed class LedgerState
{
    public List<string> Records { get; } = [];

    /// <summary>The position of each record, counted from 1, by its id.</summary>
    public Dictionary<string, long> Positions { get; } = new(StringComparer.Ordinal);
}

internal abstract record LedgerCommand
{
    /// <summary>Answered with the record's position, whether it is new or not.</summary>
    public sealed record Append(string RecordId) : LedgerCommand;

    /// <summary>Answered with all record ids, in order.</summary>
    public sealed record Read : LedgerCommand;
}

internal sealed class LedgerBehavior : IEventSourcedBehavior<LedgerState, LedgerCommand, string>
{
    public LedgerState Create(string persistenceId) => new();

    public Decision<string> Decide(LedgerState state, LedgerCommand command, in CommandContext context)
    {
        if (command is not LedgerCommand.Append append)
            return Decision.Reply<string>(state.Records.ToArray());
        return state.Positions.TryGetValue(append.RecordId, out var position)
            ? Decision.Reply<string>(position)
            : Decision.Persist(append.RecordId, state.Records.Count + 1L);
    }

    public void Apply(LedgerState state, string @event)
    {
        state.Records.Add(@event);
        state.Positions[@event] = state.Records.Count;
    }

    public long SizeOf(LedgerState state) => 100 + (20 * state.Records.Count);
}

/// <summary>One line a record, so that half a snapshot reads as a shorter list and only the checksum can tell.</summary>
internal sealed class LedgerFormat : IEntityFormat<LedgerState, string>
{
    public string WriteEvent(string @event, IBufferWriter<byte> output)
    {
        output.Write(Encoding.UTF8.GetBytes(@event));
        return "ledger.appended.v1";
    }

    public void ReplayEvent(LedgerState state, string manifest, ReadOnlySpan<byte> payload) =>
        new LedgerBehavior().Apply(state, Encoding.UTF8.GetString(payload));

    public string WriteSnapshot(LedgerState state, IBufferWriter<byte> output)
    {
        foreach (var record in state.Records)
            output.Write(Encoding.UTF8.GetBytes($"{record} {state.Positions.GetValueOrDefault(record)}\n"));
        return "ledger.v1";
    }

    public LedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        var state = new LedgerState();
        foreach (var line in Encoding.UTF8.GetString(payload).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            state.Records.Add(parts[0]);
            if (parts.Length == 2 && long.TryParse(parts[1], out var position))
                state.Positions[parts[0]] = position;
        }

        return state;
    }
}
