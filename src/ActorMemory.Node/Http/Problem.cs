using System.Text.Json;
using ActorMemory.Actors;
using ActorMemory.Hosting;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Node.Audit;
using ActorMemory.Node.Performance;
using ActorMemory.Node.Portfolio;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Retention;
using Microsoft.AspNetCore.WebUtilities;

namespace ActorMemory.Node.Http;

/// <summary>An error as <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Which error, for programs.</param>
/// <param name="Detail">What was wrong and what to do, for people.</param>
/// <param name="RetryAfter">After how many seconds it makes sense to try again; 0 for never.</param>
internal sealed record Problem(int Status, string Code, string Detail, int RetryAfter = 0)
{
    /// <summary>The code of a moment of known time that the journal does not have.</summary>
    public const string UnknownMoment = "unknown_moment";

    /// <summary>The code of a broker of the cluster that is not reached.</summary>
    public const string BrokerUnreachable = "broker_unreachable";

    public const string ContentType = "application/problem+json";

    private const int RetrySoon = 1;
    private const int RetryWhenDiskIsFull = 10;
    private const int RetryWhenKeysAreFull = 60;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsRetryable => RetryAfter > 0;

    /// <summary>What an exception means for whoever asked; null for one that nobody foresaw.</summary>
    public static Problem? Of(Exception exception) => exception switch
    {
        BadRequestException bad => new Problem(bad.Status, "bad_request", bad.Message),
        BodySyntaxException syntax => new Problem(StatusCodes.Status400BadRequest, "bad_json", syntax.Message),
        PerformanceRejectedException { Error: PerformanceError.LinesMissing } missing =>
            new Problem(StatusCodes.Status409Conflict, "lines_missing", missing.Message),
        PerformanceRejectedException rejected => new Problem(StatusCodes.Status422UnprocessableEntity, "rejected", rejected.Message),
        PortfolioRejectedException portfolio => PortfolioProblem.Of(portfolio),
        KnownTimeException moment => new Problem(StatusCodes.Status422UnprocessableEntity, UnknownMoment, moment.Message),
        NotKnownException unknown => new Problem(StatusCodes.Status404NotFound, "not_known", unknown.Message),
        ShardFullException full => new Problem(StatusCodes.Status429TooManyRequests, "busy", full.Message, RetrySoon),
        EntityLimitException limit => new Problem(
            StatusCodes.Status429TooManyRequests, "too_many_keys", limit.Message + " The setting is performance.max-keys.", RetryWhenKeysAreFull),
        JournalException journal => Of(journal),
        BrokerException broker => new Problem(StatusCodes.Status503ServiceUnavailable, BrokerUnreachable, broker.Message, RetrySoon),
        AuditExportException export => new Problem(StatusCodes.Status409Conflict, "cannot_prove", export.Message),
        CheckpointMismatchException mismatch => new Problem(StatusCodes.Status500InternalServerError, "not_what_was_signed", mismatch.Message),
        RetentionException retention => new Problem(StatusCodes.Status409Conflict, "retention", retention.Message),
        LegalHoldException hold => new Problem(StatusCodes.Status422UnprocessableEntity, "legal_hold", hold.Message),
        BackupException backup => new Problem(StatusCodes.Status409Conflict, "backup", backup.Message),
        AskTimeoutException => new Problem(
            StatusCodes.Status503ServiceUnavailable, "timeout",
            "the node did not answer in time; whether records were stored is not known. Send them again with the same record_id.", RetrySoon),
        ActorTerminatedException => new Problem(
            StatusCodes.Status503ServiceUnavailable, "closed", "the node is shutting down; try again when it is up.", RetrySoon),
        EntityFailedException damaged => new Problem(StatusCodes.Status500InternalServerError, "key_failed", damaged.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Problem(
            StatusCodes.Status413PayloadTooLarge, "too_large",
            "the body is larger than the setting http.max-request-body; send it in parts, or use the command import."),
        BadHttpRequestException http => new Problem(http.StatusCode, "bad_request", http.Message),
        _ => null,
    };

    /// <summary>Writes the answer.</summary>
    /// <param name="context">Whose answer.</param>
    /// <param name="more">Writes further members.</param>
    public async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter>? more = null)
    {
        context.Response.StatusCode = Status;
        if (IsRetryable)
            context.Response.Headers.RetryAfter = RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Answer.WriteAsync(context, ContentType, json => Write(json, more));
    }

    /// <summary>Writes it as JSON.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="more">Writes further members.</param>
    public void Write(Utf8JsonWriter json, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(Status));
        json.WriteNumber("status", Status);
        json.WriteString("code", Code);
        json.WriteString("detail", Detail);
        more?.Invoke(json);
        json.WriteEndObject();
    }

    private static Problem Of(JournalException journal) => journal.Error switch
    {
        JournalError.DiskFull => new Problem(StatusCodes.Status507InsufficientStorage, "disk_full", journal.Message, RetryWhenDiskIsFull),
        JournalError.Timeout => new Problem(StatusCodes.Status503ServiceUnavailable, "timeout", journal.Message, RetrySoon),
        JournalError.Closed => new Problem(StatusCodes.Status503ServiceUnavailable, "closed", journal.Message, RetrySoon),
        JournalError.Conflict => new Problem(StatusCodes.Status503ServiceUnavailable, "conflict", journal.Message, RetrySoon),
        JournalError.Fenced => new Problem(StatusCodes.Status503ServiceUnavailable, "fenced", journal.Message, RetrySoon),
        JournalError.Unavailable => new Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", journal.Message, RetrySoon),
        JournalError.Archived => new Problem(StatusCodes.Status503ServiceUnavailable, "archived", journal.Message),
        JournalError.TooLarge => new Problem(StatusCodes.Status413PayloadTooLarge, "too_large", journal.Message),
        JournalError.ReadOnly => new Problem(StatusCodes.Status507InsufficientStorage, "read_only", journal.Message),
        JournalError.InputOutput => new Problem(StatusCodes.Status503ServiceUnavailable, "journal_failed", journal.Message),
        _ => new Problem(StatusCodes.Status500InternalServerError, "journal", journal.Message),
    };
}
