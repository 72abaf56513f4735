using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>Records of any key.</summary>
internal static class KeyedRecords
{
    internal static PerformanceRecord Of(PerformanceKey key, string id, double returnValue, bool win = false) =>
        Records.Of(id, returnValue, win) with { StrategyName = key.Strategy, Regime = key.Regime, Horizon = key.Horizon };

    /// <summary>Records with these returns and ids made of a prefix and a number; a return above 0 is a win.</summary>
    internal static PerformanceRecord[] Returning(PerformanceKey key, string idPrefix, params double[] returns) =>
        [.. returns.Select((value, i) => Of(key, $"{idPrefix}{i + 1}", value, value > 0))];

    /// <summary>Records with anything in them, whose ids, texts or UUIDs, are all different.</summary>
    internal static PerformanceRecord[] Random(Random random, int count, Func<PerformanceKey> key)
    {
        var records = new PerformanceRecord[count];
        for (var i = 0; i < count; i++)
        {
            var record = Records.Random(random, key());
            records[i] = record.RecordId.IsText ? record with { RecordId = RecordId.Parse($"東|{random.NextInt64()}") } : record;
        }

        return records;
    }

    internal static PerformanceRecord WithoutId(this PerformanceRecord record) => record with { RecordId = default };

    internal static async Task<List<StoredRecord>> AllOfAsync(
        this IPerformanceMemory memory, PerformanceKey key, long after = 0, long limit = long.MaxValue)
    {
        var records = new List<StoredRecord>();
        await foreach (var record in memory.GetRecordsAsync(key, after, limit, TestContext.Current.CancellationToken))
            records.Add(record);

        return records;
    }
}
