using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

/// <summary>One performance key with its journal in memory: what the kernel does with a behaviour, without the kernel.</summary>
internal sealed class PerformanceEntity(PerformanceKey key, int maxRecordsPerKey = int.MaxValue)
{
    private static readonly PerformanceFormat s_format = new();

    private readonly PerformanceBehavior _behavior = new(maxRecordsPerKey);

    internal List<(string Manifest, byte[] Payload)> Journal { get; } = [];

    internal PerformanceState State { get; private set; } = new PerformanceBehavior().Create(key.ToPersistenceId());

    /// <summary>The second since 1970 in which commands come.</summary>
    internal long Second { get; set; }

    /// <summary>The events of the last command.</summary>
    internal PerformanceEvent[] Events { get; private set; } = [];

    internal PerformanceEntity Given(params PerformanceEvent[] events)
    {
        foreach (var happened in events)
            Happen(happened);

        return this;
    }

    internal object When(PerformanceCommand command)
    {
        var decision = _behavior.Decide(State, command, new CommandContext(key.ToPersistenceId(), Journal.Count, Second * 1_000_000_000));
        Events = decision.Events.ToArray();
        foreach (var happened in Events)
            Happen(happened);

        return decision.Reply;
    }

    internal TReply When<TReply>(PerformanceCommand command) => Assert.IsType<TReply>(When(command));

    /// <summary>Loses the memory and recovers it from a snapshot taken after some events and the events behind it.</summary>
    internal void Recover(int snapshotAfter)
    {
        var state = _behavior.Create(key.ToPersistenceId());
        for (var i = 0; i <= Journal.Count; i++)
        {
            if (i == snapshotAfter)
            {
                var (manifest, payload) = Snapshot(state);
                state = s_format.ReadSnapshot(key.ToPersistenceId(), manifest, payload);
            }

            if (i < Journal.Count)
                s_format.ReplayEvent(state, Journal[i].Manifest, Journal[i].Payload);
        }

        State = state;
    }

    /// <summary>The retained records with their numbers, read from the journal.</summary>
    internal List<(long Number, PerformanceRecord Record)> RetainedRecords()
    {
        var records = new List<(long, PerformanceRecord)>();
        foreach (var (manifest, payload) in Journal)
        {
            if (PerformanceFormat.ReadEvent(key, manifest, payload) is not RecordsAdded added)
                continue;

            for (var i = 0; i < added.Records.Length; i++)
                if (added.FirstRecordNumber + i >= State.RetainFrom)
                    records.Add((added.FirstRecordNumber + i, added.Records.Span[i]));
        }

        return records;
    }

    internal static (string Manifest, byte[] Payload) Snapshot(PerformanceState state)
    {
        var bytes = new ArrayBufferWriter<byte>();
        return (s_format.WriteSnapshot(state, bytes), bytes.WrittenSpan.ToArray());
    }

    internal static (string Manifest, byte[] Payload) Write(PerformanceEvent happened)
    {
        var bytes = new ArrayBufferWriter<byte>();
        return (s_format.WriteEvent(happened, bytes), bytes.WrittenSpan.ToArray());
    }

    private void Happen(PerformanceEvent happened)
    {
        Journal.Add(Write(happened));
        _behavior.Apply(State, happened);
    }
}
