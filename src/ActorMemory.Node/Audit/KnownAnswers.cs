using System.Text.Json;
using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.KnownTime;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Audit;

/// <summary>There is no such entity at the moment that was asked about.</summary>
internal sealed class NotKnownException(string message) : Exception(message);

/// <summary>What auditors ask of a node about its past, as JSON: the same over HTTP and from the command line.</summary>
internal static class KnownAnswers
{
    /// <summary>The most records of a key that a replay shows.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>An entity as it was.</summary>
    /// <exception cref="NotKnownException">Nothing had happened to it by then.</exception>
    public static async Task<Action<Utf8JsonWriter>> ReplayAsync(
        ActorMemoryNode node, string persistenceId, KnownMoment asked, int window, int records, CancellationToken cancellationToken)
    {
        var ordering = await new KnownCut(node.Journal, asked).OrderingAsync();
        var (moment, at) = (new AnswerMoment(asked, ordering), KnownMoment.AtOrdering(ordering));
        var state = await node.States.ReplayAsync(persistenceId, at, window, cancellationToken)
            ?? throw new NotKnownException($"nothing had happened to {persistenceId} {moment}; 'keys' lists the performance keys that had records.");
        var shown = state is KnownKey key
            ? await node.Performance.AsOf(at).GetRecordsAsync(
                key.Description.Key, key.Description.TotalRecords - records, long.MaxValue, cancellationToken).ToListAsync(cancellationToken)
            : [];
        return json =>
        {
            json.WriteStartObject();
            json.WriteString("entity", state.PersistenceId);
            moment.Write(json);
            json.WriteNumber("events", state.Events);
            json.WriteNumber("last_ordering", state.LastOrdering);
            json.WriteString("last_recorded_at", state.LastRecordedAt.ToString());
            WriteState(json, state, window, shown);
            json.WriteEndObject();
        };
    }

    /// <summary>How keys differ between two moments.</summary>
    public static async Task<Action<Utf8JsonWriter>> CompareAsync(
        ActorMemoryNode node, KnownMoment from, KnownMoment to, KeyFilter filter, int window, CancellationToken cancellationToken)
    {
        var before = await new KnownCut(node.Journal, from).OrderingAsync();
        var after = await new KnownCut(node.Journal, to).OrderingAsync();
        var differences = await node.States.CompareAsync(KnownMoment.AtOrdering(before), KnownMoment.AtOrdering(after), filter, window, cancellationToken);
        return json =>
        {
            json.WriteStartObject();
            json.WriteNumber("from_ordering", before);
            json.WriteNumber("to_ordering", after);
            json.WriteNumber("new_keys", differences.Count(static key => key.IsNew));
            json.WriteNumber("gone_keys", differences.Count(static key => key.IsGone));
            json.WriteNumber("changed_keys", differences.Count(static key => key is { IsNew: false, IsGone: false }));
            json.WriteStartArray("differences");
            foreach (var difference in differences)
                Write(json, difference);
            json.WriteEndArray();
            json.WriteEndObject();
        };
    }

    /// <summary>A page of the audit log.</summary>
    public static async Task<Action<Utf8JsonWriter>> ReadLogAsync(
        ActorMemoryNode node, AuditQuery query, KnownMoment? asked, CancellationToken cancellationToken)
    {
        AnswerMoment? moment = null;
        IAuditReader log = node.Audit;
        if (asked is { } known)
        {
            var ordering = await new KnownCut(node.Journal, known).OrderingAsync();
            (moment, log) = (new AnswerMoment(known, ordering), node.Audit.AsOf(KnownMoment.AtOrdering(ordering)));
        }

        var page = await log.ReadAsync(query, cancellationToken);
        return json =>
        {
            json.WriteStartObject();
            moment?.Write(json);
            Write(json, page.Entries);
            if (page.Next is { } next)
                json.WriteNumber("next", next);
            else
                json.WriteNull("next");
            json.WriteEndObject();
        };
    }

    private static void WriteState(Utf8JsonWriter json, KnownState state, int window, IReadOnlyList<StoredRecord> records)
    {
        switch (state)
        {
            case KnownKey key:
                json.WriteNumber("records", key.Description.Records);
                json.WriteNumber("total_records", key.Description.TotalRecords);
                json.WriteNumber("first_record", key.Description.FirstRecordNumber);
                json.WritePropertyName("summary");
                AnswerWriter.Write(json, key.Description.Key, key.Summary);
                json.WritePropertyName("rolling");
                AnswerWriter.Write(json, key.Description.Key, window, key.Rolling);
                json.WriteStartArray("latest_records");
                foreach (var stored in records)
                    RecordWriter.Write(json, stored.Record, stored.SequenceNumber, stored.KnownAt);
                json.WriteEndArray();
                break;
            case KnownPruning pruning:
                json.WriteStartArray("prunes");
                foreach (var run in pruning.Runs)
                    AnswerWriter.Write(json, run);
                json.WriteEndArray();
                break;
            case KnownImport import:
                json.WritePropertyName("import");
                AnswerWriter.Write(json, import.Progress);
                break;
            case KnownAuditSegment segment:
                Write(json, segment.Entries);
                break;
            case KnownEventCounts counts:
                json.WriteStartObject("manifests");
                foreach (var (manifest, count) in counts.Manifests)
                    json.WriteNumber(manifest, count);
                json.WriteEndObject();
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<AuditEntry> entries)
    {
        json.WriteStartArray("entries");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteNumber("number", entry.Number);
            json.WriteString("at", entry.At.ToString());
            json.WriteString("who", entry.Action.Who);
            json.WriteString("kind", entry.Action.Kind.ToName());
            json.WriteString("outcome", entry.Action.Outcome.ToName());
            json.WriteStartObject("details");
            foreach (var detail in entry.Action.Details)
                json.WriteString(detail.Name, detail.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, KeyDifference difference)
    {
        json.WriteStartObject();
        json.WriteString("strategy", difference.Key.Strategy);
        json.WriteString("regime", difference.Key.Regime);
        json.WriteString("horizon", difference.Key.Horizon);
        json.WriteString("change", difference.IsNew ? "new" : difference.IsGone ? "gone" : "changed");
        json.WriteStartArray("metrics");
        foreach (var metric in difference.Metrics)
        {
            json.WriteStartObject();
            json.WriteString("metric", metric.Name);
            WriteValue(json, "from", metric.From);
            WriteValue(json, "to", metric.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            AnswerWriter.Number(json, name, number);
        else
            json.WriteNull(name);
    }
}
