namespace ActorMemory.Vectors;

/// <summary>The order of what was found: the highest score first; of equal ones the newest; of equally new ones by id. It is the same wherever they lie.</summary>
internal sealed class SimilarOrder : IComparer<SimilarRecord>
{
    internal static SimilarOrder Instance { get; } = new();

    /// <summary>The best of several lists.</summary>
    internal static SimilarRecord[] Best(IEnumerable<SimilarRecord> found, int count) => [.. found.Order(Instance).Take(count)];

    /// <inheritdoc/>
    public int Compare(SimilarRecord? x, SimilarRecord? y) => x is null || y is null
        ? (x is null).CompareTo(y is null)
        : Compare(x.Score, x.AddedAt.Value, x.Record.Id, y.Score, y.AddedAt.Value, y.Record.Id);

    /// <summary>The same for parts.</summary>
    internal static int Compare(double score, long addedAt, string id, double otherScore, long otherAddedAt, string otherId) =>
        otherScore.CompareTo(score) is var byScore and not 0 ? byScore
        : otherAddedAt.CompareTo(addedAt) is var byAge and not 0 ? byAge
        : string.CompareOrdinal(id, otherId);
}
