using System.Buffers;
using ActorMemory.Actors;

namespace ActorMemory.Simulation.Database;

/// <summary>A batch on its way through the database, and the sender's end of the line.</summary>
internal sealed class StoredRequest(AppendBatch batch, object owner, long sentAt)
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A copy: what was sent does not change when its sender goes on.</summary>
    public AppendBatch Batch { get; } = Copy(batch);

    public object Owner { get; } = owner;

    public long SentAt { get; } = sentAt;

    /// <summary>Whether the answer is lost on its way back.</summary>
    public bool AnswerIsLost { get; init; }

    /// <summary>Faulted or completed once the sender knows; never, if nobody tells.</summary>
    public Task Answer => _answer.Task;

    public void Done()
    {
        if (!AnswerIsLost)
            _answer.TrySetResult();
    }

    public void Failed(JournalException cause)
    {
        if (!AnswerIsLost)
            _answer.TrySetException(cause);
    }

    /// <summary>The connection broke: the sender will never hear what became of it.</summary>
    public void Broken() => _answer.TrySetException(new JournalException(
        JournalError.InputOutput, WriteOutcome.Unknown, "The simulated connection broke while the batch was on its way."));

    public override string ToString() => $"shard {Batch.Shard} epoch {Batch.Epoch} [{string.Join(' ', Describe())}]";

    private List<string> Describe()
    {
        var events = new List<string>();
        foreach (ref readonly var entry in Batch.Entries)
            events.Add($"{entry.PersistenceId}#{entry.SequenceNumber}");
        return events;
    }

    internal static AppendBatch Copy(AppendBatch batch)
    {
        var copy = new AppendBatch(batch.Shard) { RecordedAt = batch.RecordedAt, Epoch = batch.Epoch };
        foreach (ref readonly var entry in batch.Entries)
        {
            var start = copy.PayloadBytes;
            copy.Payload.Write(batch.PayloadOf(entry));
            copy.Add(entry.PersistenceId, entry.SequenceNumber, entry.Manifest, start);
        }

        return copy;
    }
}
