using System.Globalization;
using System.Text.Json;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Audit;

/// <summary>Answers about the past as tables for people.</summary>
internal static class JsonTables
{
    /// <summary>An entity: its numbers, then each of its lists.</summary>
    public static void WriteState(CommandIo io, JsonElement state)
    {
        io.OutputConsole().Write(Tables.Rows(["", ""], Scalars("", state)));
        foreach (var member in state.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.Array && member.Value.GetArrayLength() > 0))
        {
            io.Output.WriteLine($"  {member.Name}");
            WriteList(io, member.Value);
        }
    }

    /// <summary>The differences of keys; the last line counts them.</summary>
    public static void WriteDifferences(CommandIo io, JsonElement answer)
    {
        var rows = answer.GetProperty("differences").EnumerateArray().SelectMany(static key => key.GetProperty("metrics").EnumerateArray().Select(metric => new[]
        {
            Text(key.GetProperty("strategy")), Text(key.GetProperty("regime")), Text(key.GetProperty("horizon")), Text(key.GetProperty("change")),
            Text(metric.GetProperty("metric")), Text(metric.GetProperty("from")), Text(metric.GetProperty("to")),
        })).ToList();
        if (rows.Count > 0)
            io.OutputConsole().Write(Tables.Rows(["strategy", "regime", "horizon", "change", "metric", "from", "to"], rows));
        var (from, to) = (Text(answer.GetProperty("from_ordering")), Text(answer.GetProperty("to_ordering")));
        io.Output.WriteLine(rows.Count == 0
            ? $"No key differs between event {from} and event {to}."
            : $"{Text(answer.GetProperty("new_keys"))} keys new, {Text(answer.GetProperty("gone_keys"))} gone, "
                + $"{Text(answer.GetProperty("changed_keys"))} changed between event {from} and event {to}.");
    }

    /// <summary>Entries of the audit log; the last line says how to go on.</summary>
    public static void WriteLog(CommandIo io, JsonElement page)
    {
        WriteList(io, page.GetProperty("entries"));
        if (page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next)
            io.Output.WriteLine($"There are more: --before {next.GetRawText()}");
    }

    private static void WriteList(CommandIo io, JsonElement list)
    {
        var elements = list.EnumerateArray().ToList();
        var heads = elements.SelectMany(static element => element.EnumerateObject().Select(static member => member.Name)).Distinct().ToArray();
        var rows = elements.Select(element => heads.Select(head => element.TryGetProperty(head, out var value) ? Text(value) : "").ToArray());
        io.OutputConsole().Write(Tables.Rows(heads.Length == 0 ? ["nothing"] : heads, rows));
    }

    private static IEnumerable<string[]> Scalars(string prefix, JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var row in Scalars($"{prefix}{member.Name}.", member.Value))
                    yield return row;
            }
            else if (member.Value.ValueKind != JsonValueKind.Array)
            {
                yield return [prefix + member.Name, Text(member.Value)];
            }
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Null => "-",
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole.ToString(CultureInfo.InvariantCulture),
        JsonValueKind.Number => Tables.Number(value.GetDouble()),
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(static member => $"{member.Name}={Text(member.Value)}")),
        _ => value.GetRawText(),
    };
}
