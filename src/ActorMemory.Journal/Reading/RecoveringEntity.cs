using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>An entity in recovery: how far it is.</summary>
internal class RecoveringEntity(IRecoveryTarget target, int id)
{
    public IRecoveryTarget Target => target;

    public int Id => id;

    /// <summary>The sequence number up to which the target has been brought.</summary>
    public long Replayed { get; protected set; }

    /// <summary>The target has been given something, so it cannot start over.</summary>
    public bool IsTouched { get; private set; }

    public bool IsEnded { get; private set; }

    /// <summary>Offers a snapshot as it is stored; one that is not what was written or cannot be read is reported, and false.</summary>
    public bool Restore(in StoredSnapshot stored, string where, JournalMetrics metrics, Action<JournalIncident> report)
    {
        var checksum = PendingSnapshot.Checksum(
            target.PersistenceId, stored.Manifest, stored.SequenceNumber, stored.CreatedAt, stored.Payload);
        var why = "is not what was written";
        if (stored.SequenceNumber > 0 && CryptographicOperations.FixedTimeEquals(checksum, stored.Sha256))
        {
            try
            {
                if (target.OfferSnapshot(stored.SequenceNumber, stored.Manifest, stored.Payload))
                {
                    IsTouched = true;
                    Replayed = stored.SequenceNumber;
                    return true;
                }

                why = $"with manifest {stored.Manifest} cannot be read";
            }
            catch (Exception e)
            {
                Fail(e);
                return false;
            }
        }

        metrics.SnapshotSkipped();
        report(new JournalIncident(
            JournalIncidentKind.SnapshotSkipped,
            $"The snapshot of {target.PersistenceId} at {stored.SequenceNumber} in {where} {why}: an older one or all events are used.",
            target.PersistenceId));
        return false;
    }

    /// <summary>Gives the target its next event.</summary>
    public void Replay(string manifest, ReadOnlySpan<byte> payload)
    {
        IsTouched = true;
        target.ReplayEvent(Replayed + 1, manifest, payload);
        Replayed++;
    }

    public void Complete()
    {
        IsEnded = true;
        target.RecoveryCompleted(Replayed);
    }

    public void Fail(Exception cause)
    {
        IsEnded = true;
        target.RecoveryFailed(cause);
    }
}

/// <summary>A row of table snapshot.</summary>
internal readonly ref struct StoredSnapshot(
    long sequenceNumber, string manifest, long createdAt, ReadOnlySpan<byte> sha256, ReadOnlySpan<byte> payload)
{
    public long SequenceNumber { get; } = sequenceNumber;

    public string Manifest { get; } = manifest;

    public long CreatedAt { get; } = createdAt;

    public ReadOnlySpan<byte> Sha256 { get; } = sha256;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
