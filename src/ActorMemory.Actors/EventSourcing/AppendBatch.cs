using System.Buffers;
using System.Runtime.InteropServices;

namespace ActorMemory.Actors;

/// <summary>One event of an <see cref="AppendBatch"/>; its payload lies in the batch's buffer.</summary>
public readonly record struct AppendEntry(string PersistenceId, long SequenceNumber, string Manifest, int Offset, int Length);

/// <summary>
/// The events of one shard that are to become durable together. A shard fills it, hands it to the journal, and reuses it after the
/// commit.
/// </summary>
public sealed class AppendBatch(int shard)
{
    private readonly PayloadBuffer _payloads = new();
    private readonly List<AppendEntry> _entries = [];

    /// <summary>The shard that owns the entities.</summary>
    public int Shard { get; } = shard;

    /// <summary>The epoch in which the shard was taken, from <see cref="IJournal.AcquireAsync"/>; 0 for a shard that nobody ever took.</summary>
    public long Epoch { get; set; }

    /// <summary>When the shard decided, in nanoseconds since 1970-01-01 UTC. The journal never lets it run backwards.</summary>
    public long RecordedAt { get; set; }

    /// <summary>The events, in the order in which they happened.</summary>
    public ReadOnlySpan<AppendEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>The number of events.</summary>
    public int Count => _entries.Count;

    /// <summary>The total size of the payloads in bytes.</summary>
    public int PayloadBytes => _payloads.Length;

    /// <summary>Where the payload of the next event is written before <see cref="Add"/> closes it.</summary>
    public IBufferWriter<byte> Payload => _payloads;

    /// <summary>The payload of an event.</summary>
    public ReadOnlySpan<byte> PayloadOf(in AppendEntry entry) => _payloads.Written.Slice(entry.Offset, entry.Length);

    /// <summary>Adds an event whose payload is what was written to <see cref="Payload"/> since <paramref name="payloadStart"/>.</summary>
    public void Add(string persistenceId, long sequenceNumber, string manifest, int payloadStart) =>
        _entries.Add(new AppendEntry(persistenceId, sequenceNumber, manifest, payloadStart, _payloads.Length - payloadStart));

    /// <summary>Takes back the events after the first <paramref name="entries"/>, whose payloads fill <paramref name="payloadBytes"/>.</summary>
    public void TruncateTo(int entries, int payloadBytes)
    {
        _entries.RemoveRange(entries, _entries.Count - entries);
        _payloads.Truncate(payloadBytes);
    }

    /// <summary>Empties the batch for its next use.</summary>
    public void Clear()
    {
        _entries.Clear();
        _payloads.Truncate(0);
    }

    /// <summary>A growing buffer whose end can be taken back, which ArrayBufferWriter's cannot.</summary>
    private sealed class PayloadBuffer : IBufferWriter<byte>
    {
        private byte[] _bytes = [];

        public int Length { get; private set; }

        public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

        public void Truncate(int length) => Length = Math.Min(length, Length);

        public void Advance(int count) => Length += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            Reserve(sizeHint);
            return _bytes.AsMemory(Length);
        }

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            Reserve(sizeHint);
            return _bytes.AsSpan(Length);
        }

        private void Reserve(int sizeHint)
        {
            var needed = Length + Math.Max(sizeHint, 1);
            if (needed > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(needed, Math.Max(4096, _bytes.Length * 2)));
        }
    }
}
