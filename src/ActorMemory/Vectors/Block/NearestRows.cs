using System.Buffers;

namespace ActorMemory.Vectors;

/// <summary>
/// The exact best of a block: rows that pass the filter are compared with floats, and those that could be among the best by what floats may be off are
/// compared again with doubles. So what is found, its numbers and its order do not depend on the machine.
/// </summary>
internal static class NearestRows
{
    internal static SimilarRecord[] In(VectorBlock block, VectorSearch search)
    {
        var rows = ArrayPool<int>.Shared.Rent(block.Count);
        var scores = ArrayPool<float>.Shared.Rent(block.Count);
        try
        {
            var (passed, threshold) = Scan(block, search, rows, scores);
            return Rank(block, search, Candidates(rows.AsSpan(0, passed), scores, threshold));
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rows);
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <summary>Compares all that pass with floats.</summary>
    /// <returns>How many passed, and from which score on one may be among the best.</returns>
    private static (int Passed, float Threshold) Scan(VectorBlock block, VectorSearch search, int[] rows, float[] scores)
    {
        var filter = new RowFilter(block, search.Filter);
        var moments = block.Moments;
        var unit = Unit(search.Values.Span);
        var best = new PriorityQueue<int, float>();
        var (passed, worst) = (0, float.NegativeInfinity);
        for (var row = 0; row < block.Count; row++)
        {
            if (!filter.Passes(row))
                continue;
            var score = block.Vectors.ApproximateCosine(row, unit);
            if (search.HalfLifeTicks is { } halfLife)
                score *= (float)Decay(search.Now.Value, moments[row], halfLife);
            (rows[passed], scores[passed]) = (row, score);
            passed++;
            if (score <= worst)
                continue;
            if (best.Count == search.Count)
                best.Dequeue();
            best.Enqueue(row, score);
            if (best.Count == search.Count)
                best.TryPeek(out _, out worst);
        }

        // Twice, because the one that is beaten may have been taken for too much and the other for too little.
        return (passed, best.TryPeek(out _, out var least) ? least - (2 * block.Vectors.MaxError) : 0);
    }

    private static List<int> Candidates(ReadOnlySpan<int> rows, float[] scores, float threshold)
    {
        var candidates = new List<int>();
        for (var i = 0; i < rows.Length; i++)
            if (scores[i] >= threshold)
                candidates.Add(rows[i]);
        return candidates;
    }

    private static SimilarRecord[] Rank(VectorBlock block, VectorSearch search, List<int> candidates)
    {
        var ranked = candidates.ConvertAll(row =>
        {
            var similarity = block.Vectors.Cosine(row, search.Values.Span);
            var score = search.HalfLifeTicks is { } halfLife ? similarity * Decay(search.Now.Value, block.Moments[row], halfLife) : similarity;
            return (Row: row, Similarity: similarity, Score: score);
        });
        ranked.Sort((left, right) => SimilarOrder.Compare(
            left.Score, block.AddedAt(left.Row).Value, block.IdOf(left.Row), right.Score, block.AddedAt(right.Row).Value, block.IdOf(right.Row)));
        return
        [
            .. ranked.Take(search.Count).Select(
                found => new SimilarRecord(block.RecordOf(found.Row), found.Similarity, found.Score, block.AddedAt(found.Row))),
        ];
    }

    /// <summary>2^(−age / half-life), where nothing is younger than now.</summary>
    private static double Decay(long now, long moment, long halfLifeTicks)
    {
        var age = Math.Max(0, ((double)now - moment) / TimeSpan.NanosecondsPerTick);
        return Math.Pow(2, -age / halfLifeTicks);
    }

    private static float[] Unit(ReadOnlySpan<float> values)
    {
        var length = VectorRows.Length(values);
        var unit = new float[values.Length];
        for (var i = 0; length > 0 && i < unit.Length; i++)
            unit[i] = (float)(values[i] / length);
        return unit;
    }
}
