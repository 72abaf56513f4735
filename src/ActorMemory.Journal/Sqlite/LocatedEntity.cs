namespace ActorMemory.Journal;

/// <summary>An entity in recovery, with how far it has to go and where its newest events lie.</summary>
internal sealed class LocatedEntity(IRecoveryTarget target, int id, long last, int tailStart, int tailCount) : RecoveringEntity(target, id)
{
    /// <summary>Its last sequence number when the recovery began.</summary>
    public long Last => last;

    /// <summary>Its last sequence number whose place is in the written index; the later ones are in the tail.</summary>
    public long LastIndexed => last - tailCount;

    public int TailStart => tailStart;

    public int TailCount => tailCount;
}
