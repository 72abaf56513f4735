using System.Text.Json;
using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Http;

/// <summary>What a sender of records is told, over HTTP and by messages alike.</summary>
/// <param name="Report">What became of the records.</param>
/// <param name="Problem">The error that the whole is; null when at least one record is stored, or nothing was wrong.</param>
internal sealed record IntakeAnswer(IntakeReport Report, Problem? Problem)
{
    /// <summary>The media type of the answer.</summary>
    public string ContentType => Problem is null ? Answer.Json : Http.Problem.ContentType;

    /// <exception cref="Exception">The cause of a failure that nobody foresaw.</exception>
    public static IntakeAnswer Of(IntakeReport report, IRecordSource source) => new(report, ProblemOf(report, source));

    /// <summary>Answers a request.</summary>
    public Task WriteAsync(HttpContext context) =>
        Problem is null ? Answer.WriteAsync(context, Write) : Problem.WriteAsync(context, WriteCountsOfProblem);

    /// <summary>Writes the whole answer.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Problem is not null)
        {
            Problem.Write(json, WriteCountsOfProblem);
            return;
        }

        json.WriteStartObject();
        WriteCounts(json);
        json.WriteEndObject();
    }

    private static Problem? ProblemOf(IntakeReport report, IRecordSource source)
    {
        if (report.Cause is { } cause)
            return Http.Problem.Of(cause) ?? throw cause;
        if (report.IsEmpty && source is JsonElementReader { IsArray: false })
            return new Problem(StatusCodes.Status400BadRequest, "bad_json", "the body is empty; send a record, an array of records, or NDJSON.");
        return report.Accepted + report.Duplicates == 0 && report.Rejected.Count > 0 ? OfRejected(report) : null;
    }

    private void WriteCountsOfProblem(Utf8JsonWriter json)
    {
        if (Report is not { IsEmpty: true, Cause: null })
            WriteCounts(json);
    }

    private void WriteCounts(Utf8JsonWriter json)
    {
        json.WriteNumber("accepted", Report.Accepted);
        json.WriteNumber("duplicates", Report.Duplicates);
        WriteLines(json, "rejected", Report.Rejected);
        if (Report.Failed.Count > 0)
            WriteLines(json, "failed", Report.Failed);
        if (Report.NextLine > 0)
            json.WriteNumber("next_line", Report.NextLine);
    }

    private static Problem OfRejected(IntakeReport report) => new(
        report.AreAllSyntax ? StatusCodes.Status400BadRequest : StatusCodes.Status422UnprocessableEntity,
        report.AreAllSyntax ? "bad_json" : "rejected",
        report.Rejected[0].Error);

    private static void WriteLines(Utf8JsonWriter json, string name, List<LineFault> faults)
    {
        json.WriteStartArray(name);
        foreach (var fault in faults)
        {
            json.WriteStartObject();
            json.WriteNumber("line", fault.Line);
            json.WriteString("error", fault.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
