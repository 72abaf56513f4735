namespace ActorMemory.Hosting.Configuration;

/// <summary>Finds what somebody who mistyped a key probably meant.</summary>
internal static class KeyDistance
{
    /// <summary>The candidate nearest to a name, whatever its case, and of several the shortest; null if none is near enough to be a help.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        // Of a text of any length only so much can be a key, and the distance costs the product of both lengths.
        if (name.Length > 200)
            return null;

        var (distance, nearest) = candidates
            .Select(candidate => (Distance: Between(name.ToUpperInvariant(), candidate.ToUpperInvariant()), Candidate: candidate))
            .DefaultIfEmpty((Distance: int.MaxValue, Candidate: ""))
            .MinBy(pair => (pair.Distance, pair.Candidate.Length));
        return distance <= Math.Max(2, name.Length / 4) ? nearest : null;
    }

    /// <summary>
    /// Edits (insert, delete, replace, swap two neighbours) from one text to the other: optimal string alignment distance. The
    /// right name in the wrong section counts as one edit.
    /// </summary>
    public static int Between(string a, string b)
    {
        if (a != b && LastName(a) == LastName(b))
            return 1;

        var distance = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            distance[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            distance[0, j] = j;

        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replaced, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }

        return distance[a.Length, b.Length];
    }

    static string LastName(string key) => key[(key.LastIndexOf('.') + 1)..];
}
