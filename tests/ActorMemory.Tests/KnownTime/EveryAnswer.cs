using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMemory.Performance;

namespace ActorMemory.Tests.KnownTime;

/// <summary>Asks a performance memory every kind of question and gives the answers as text, exact to the last bit of every number.</summary>
internal static class EveryAnswer
{
    private static readonly JsonSerializerOptions s_exact = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new TextOf<RecordId>() },
    };

    /// <summary>Questions about all keys, in an order that does not change.</summary>
    internal static IReadOnlyList<Func<IPerformanceReader, Task<string>>> AboutAll(IReadOnlyList<PerformanceKey> keys)
    {
        var filter = new KeyFilter { Strategy = keys[0].Strategy };
        return
        [
            async memory => Show(await memory.GetKeysAsync(KeyFilter.All)),
            async memory => Show(await memory.GetKeysAsync(filter)),
            async memory => Show(await memory.AggregateAsync(KeyPart.Strategy, KeyFilter.All)),
            async memory => Show(await memory.AggregateAsync(KeyPart.Regime, filter)),
            async memory => Show(await memory.AggregateAsync(KeyPart.Horizon, KeyFilter.All)),
            async memory => Show(await memory.GetTopAsync(new LeaderboardQuery { Metric = LeaderboardMetric.RollingSharpe, Window = 7 })),
            async memory => Show(await memory.GetTopAsync(new LeaderboardQuery { Metric = LeaderboardMetric.TotalReturn, Ascending = true, MinimumRecords = 0 })),
            async memory => Show(await memory.GetPruningRunsAsync()),
            async memory => Show((await memory.GetImportsAsync()).OrderBy(import => import.Source)),
        ];
    }

    /// <summary>Questions about one key, in an order that does not change.</summary>
    internal static IReadOnlyList<Func<IPerformanceReader, Task<string>>> About(PerformanceKey key) =>
    [
        async memory => Show(await memory.GetRollingMetricsAsync(key)),
        async memory => Show(await memory.GetRollingMetricsAsync(key, 3, Convention.Prado9)),
        async memory => Show(await memory.GetSummaryAsync(key)),
        async memory => Show(await memory.GetMetaFeaturesAsync(key)),
        async memory => Show(await memory.GetMetaFeaturesAsync(key, Convention.Prado9)),
        async memory => Show(await memory.GetLatestAsync(key)),
        async memory => Show(await RecordsAsync(memory, key, 0, long.MaxValue)),
        async memory => Show(await RecordsAsync(memory, key, 5, 4)),
    ];

    private static string Show<T>(T answer) => JsonSerializer.Serialize(answer, s_exact);

    private static async Task<List<StoredRecord>> RecordsAsync(IPerformanceReader memory, PerformanceKey key, long after, long limit)
    {
        var records = new List<StoredRecord>();
        await foreach (var record in memory.GetRecordsAsync(key, after, limit, TestContext.Current.CancellationToken))
            records.Add(record);
        return records;
    }

    private sealed class TextOf<T> : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Only written.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue($"{value}");
    }
}
