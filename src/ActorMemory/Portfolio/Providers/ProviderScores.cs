namespace ActorMemory.Portfolio;

/// <summary>Takes what events of the book count for whom.</summary>
internal static class ProviderScores
{
    /// <summary>By provider, ordered by name; of each in the order of the book.</summary>
    internal static SortedDictionary<string, List<ProviderScore>> Of(IReadOnlyList<BookEntry> entries)
    {
        var scores = new SortedDictionary<string, List<ProviderScore>>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Event is not TradeClosed trade)
                continue;

            foreach (var credit in ProviderCredits.Of(trade))
            {
                if (!scores.TryGetValue(credit.Provider, out var own))
                    scores.Add(credit.Provider, own = []);
                own.Add(ProviderScore.Of(entry.SequenceNumber, credit));
            }
        }

        return scores;
    }
}
