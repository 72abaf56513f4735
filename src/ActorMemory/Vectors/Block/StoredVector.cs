using ActorMemory.Performance;

namespace ActorMemory.Vectors;

/// <summary>A vector as a block holds it.</summary>
/// <param name="Record">What it is of.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="AddedAt">When the memory first knew something of its id.</param>
internal sealed record StoredVector(VectorRecord Record, ReadOnlyMemory<float> Values, UnixNanoseconds AddedAt);

/// <summary>What to look for in a block.</summary>
/// <param name="Values">What it should be like: a vector with the dimensions of the block.</param>
/// <param name="Count">How many, from 1.</param>
/// <param name="Filter">Which.</param>
/// <param name="HalfLifeTicks">After how many ticks of 100 ns a similarity counts half; null for no decay.</param>
/// <param name="Now">The clock of the decay.</param>
internal sealed record VectorSearch(ReadOnlyMemory<float> Values, int Count, VectorFilter Filter, long? HalfLifeTicks, UnixNanoseconds Now);
