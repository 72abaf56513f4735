namespace ActorMemory.Performance;

/// <summary>Makes ids for records that come without one: UUIDv7s from a clock and a source of random bits, both handed in.</summary>
/// <param name="time">The clock.</param>
/// <param name="randomBits">Gives 128 fresh random bits at each call; as safe to call from several threads as ids are asked for.</param>
public sealed class RecordIdSource(TimeProvider time, Func<UInt128> randomBits)
{
    /// <summary>A new id.</summary>
    public RecordId Next() => RecordId.CreateVersion7(time.GetUtcNow().ToUnixTimeMilliseconds(), randomBits());
}
