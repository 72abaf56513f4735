using ActorMemory.Node.Performance;
using Microsoft.OpenApi;

namespace ActorMemory.Node.Http;

/// <summary>The shape of a JSON value, for the OpenAPI document.</summary>
/// <param name="Description">What it is.</param>
internal abstract record Shape(string Description)
{
    public abstract OpenApiSchema ToSchema();
}

/// <summary>A value that is no object and no array.</summary>
internal sealed record ValueShape(JsonSchemaType Type, string Description) : Shape(Description)
{
    public override OpenApiSchema ToSchema() => new() { Type = Type, Description = Description };
}

/// <summary>A double: a number, or one of three strings.</summary>
internal sealed record DoubleShape(string Description, bool IsNullable = false) : Shape(Description)
{
    public override OpenApiSchema ToSchema() => new()
    {
        Type = JsonSchemaType.Number | JsonSchemaType.String | (IsNullable ? JsonSchemaType.Null : default),
        Description = Description,
    };
}

/// <summary>An array.</summary>
internal sealed record ListShape(string Description, Shape Element) : Shape(Description)
{
    public override OpenApiSchema ToSchema() => new() { Type = JsonSchemaType.Array, Description = Description, Items = Element.ToSchema() };
}

/// <summary>An object.</summary>
internal sealed record ObjectShape(string Description, params (string Name, Shape Value)[] Members) : Shape(Description)
{
    /// <summary>The members that must be there; null for all.</summary>
    public IReadOnlyCollection<string>? Required { get; init; }

    public override OpenApiSchema ToSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = Description,
        Properties = Members.ToDictionary(static member => member.Name, static member => (IOpenApiSchema)member.Value.ToSchema()),
        Required = (Required ?? Members.Select(static member => member.Name)).ToHashSet(),
    };
}

/// <summary>The shapes of questions and answers.</summary>
internal static class Shapes
{
    private static readonly (string, Shape)[] s_key =
    [
        ("strategy", Words("The strategy.")), ("regime", Words("The regime.")), ("horizon", Words("The horizon as text.")),
    ];

    private static readonly Shape s_convention = Words("How the numbers were computed: actormemory or prado9.");

    private static readonly (string Name, Shape Value)[] s_record =
        [.. RecordFields.Names.Select(static (name, field) => (name, OfField((RecordField)field)))];

    /// <summary>What an answer says of the moment that it is about.</summary>
    public static readonly (string Name, Shape Value)[] Moment =
    [
        ("as_of", Words("The time that was asked for, if one was.")),
        ("at_ordering", Count("The last event of the journal that was known at the moment that was asked for, if one was.")),
    ];

    public static readonly Shape Text = Words("Text.");

    public static readonly Shape Record = new ObjectShape(
        "A performance record. application/json takes one or an array of them, application/x-ndjson one a line.", s_record)
    {
        Required = [.. s_record.Select(static member => member.Name).Where(static (_, field) => !RecordFields.IsOptional(field))],
    };

    public static readonly Shape StoredRecord = new ObjectShape("A record as the journal has it.", s_record) { Required = [] };

    public static readonly Shape Added = new ObjectShape(
        "What became of the records; all that are counted are durable.",
        ("accepted", Count("Stored.")),
        ("duplicates", Count("Repetitions, which were stored before.")),
        ("rejected", new ListShape("Lines or elements that are not records.", new ObjectShape(
            "One of them.", ("line", Count("The line of the body, or the place in the array; from 1.")), ("error", Words("Why."))))));

    public static readonly Shape Rolling = new ObjectShape(
        "Statistics of the most recent records, per period, not annualised.",
        [
            .. s_key, ("convention", s_convention), ("window", Count("How many records were asked for.")),
            ("rolling_sharpe", Double("Mean over standard deviation, within [-10, 10].")),
            ("rolling_sortino", Double("Mean over downside deviation, within [-10, 10].")),
            ("rolling_dd", Double("Deepest fall from a peak, in [-1, 0].")), ("rolling_win_rate", Double("Share of won periods.")),
            ("rolling_volatility", Double("Standard deviation of the returns.")),
            ("recent_returns", new ListShape("The returns, oldest first.", Double("A return."))),
            ("non_finite", Count("Returns that are NaN or infinite and were left out.")),
        ]);

    public static readonly Shape Summary = new ObjectShape(
        "Statistics of all retained records.",
        [
            .. s_key, ("convention", s_convention), ("total_records", Count("Retained records.")),
            ("total_return", Double("Sum of the returns.")), ("avg_return", Double("Mean return.")), ("sharpe", Double("Sharpe ratio.")),
            ("sortino", Double("Sortino ratio.")), ("max_dd", Double("Deepest fall from a peak.")), ("win_rate", Double("Share of won periods.")),
            ("volatility", Double("Standard deviation of the returns.")), ("non_finite", Count("Returns that were left out.")),
        ]);

    public static readonly Shape Features = new ObjectShape(
        "The 13 meta-features, over the last 50 records.",
        ("strategy", Words("The strategy.")), ("convention", s_convention),
        ("rolling_sharpe", One("Sharpe ratio.")), ("rolling_sortino", One("Sortino ratio.")), ("rolling_dd", One("Drawdown.")),
        ("rolling_win_rate", One("Win rate.")), ("recent_returns", new ListShape("The returns, oldest first.", Double("A return."))),
        ("meta_accuracy", Double("Mean meta-label.")), ("wfo_sharpe", Double("Of the latest record.")),
        ("volatility", Double("Of the latest record.")), ("regime", Words("The regime.")),
        ("horizon", new ValueShape(JsonSchemaType.String | JsonSchemaType.Integer, "The horizon; a number if it is made of digits.")),
        ("bandit_confidence", Double("The meta-prediction of the latest record.")), ("forecast_dispersion", Double("Always 0.")),
        ("correlation_to_ensemble", Double("Of all retained records.")), ("non_finite", Count("Returns that were left out.")),
        ("non_finite_pairs", Count("Pairs that were left out of the correlation.")));

    public static readonly Shape Keys = new ObjectShape("The keys, in order.", ("keys", new ListShape("The keys.", new ObjectShape(
        "A key.",
        [
            .. s_key, ("records", Count("Retained records.")), ("total_records", Count("Records ever added.")),
            ("latest", Words("The time of the record added last.")),
        ]))));

    public static readonly Shape Top = new ObjectShape(
        "The ranking.",
        ("metric", Words("What it is by.")), ("convention", s_convention), ("order", Words("desc or asc.")), ("window", Count("The window.")),
        ("min_records", Count("The fewest records.")),
        ("top", new ListShape("The keys, first place first.", new ObjectShape(
            "A place.",
            [("rank", Count("From 1.")), .. s_key, ("value", Double("The metric.")), ("records", Count("Retained records."))]))));

    public static readonly Shape Aggregates = new ObjectShape(
        "The groups, ordered by name.",
        ("by", Words("What the keys of a group share.")), ("convention", s_convention),
        ("aggregates", new ListShape("The groups.", new ObjectShape(
            "A group; its name stands under strategy, regime or horizon.",
            ("keys", Count("Keys.")), ("total_records", Count("Retained records.")), ("total_return", Double("Sum of the returns.")),
            ("avg_return", Double("Mean return.")), ("volatility", Double("Standard deviation of the returns.")),
            ("sharpe", Double("Sharpe ratio.")), ("win_rate", Double("Share of won periods.")),
            ("worst_dd", Double("Deepest drawdown of a single key.")), ("non_finite", Count("Returns that were left out."))))));

    public static readonly Shape PruneQuestion = new ObjectShape(
        "What to prune.",
        ("max_records_per_key", Count("How many of the most recent records stay. Default: the setting pruning.keep.")),
        ("strategy", Words("Exactly this strategy.")), ("prefix", Words("Strategies whose name begins so.")),
        ("regime", Words("Exactly this regime.")), ("horizon", Words("Exactly this horizon.")))
    {
        Required = [],
    };

    public static readonly Shape Prune = new ObjectShape(
        "A pruning run.",
        ("pruned", Count("Records that are no longer retained.")), ("keys", Count("Keys that were looked at.")),
        ("pruned_keys", Count("Keys that had more.")), ("failed_keys", Count("Keys that could not be pruned; the log names them.")),
        ("max_records_per_key", Count("How many stay.")), ("scheduled", new ValueShape(JsonSchemaType.Boolean, "Whether the schedule asked for it.")),
        ("started_at", Words("When.")), ("ended_at", Words("Until when.")));

    public static readonly Shape Prunes = new ObjectShape("The runs.", ("prunes", new ListShape("Newest first.", Prune)));

    public static readonly Shape Import = new ObjectShape(
        "How far the import of a file has come.",
        ("source", Words("The identity of the content that it had first, 32 hexadecimal digits.")), ("file_name", Words("Its name, for people.")),
        ("bytes", Count("The length of the part that is in.")), ("prefix", Words("The first 128 bits of the SHA-256 of that part.")),
        ("lines", Count("Lines of that part.")), ("accepted", Count("Records stored.")), ("duplicates", Count("Repetitions.")),
        ("rejected", Count("Lines that are not records.")), ("complete", new ValueShape(JsonSchemaType.Boolean, "Whether all of it is in.")));

    public static readonly Shape Imports = new ObjectShape("The files.", ("imports", new ListShape("The files.", Import)));

    public static readonly Shape KnownState = new ObjectShape(
        "An entity as it was known. A key has records, summary, rolling and latest_records; the log of pruning prunes; the import of a file import; "
        + "a segment of the audit log entries; any other entity manifests with the number of its events of each kind.",
        ("entity", Words("Its persistence id.")), ("events", Count("How many events had happened to it.")),
        ("last_ordering", Count("The place of the last of them in the journal.")), ("last_recorded_at", Words("When that one was recorded.")));

    public static readonly Shape Differences = new ObjectShape(
        "How keys differ.",
        ("from_ordering", Count("The last event that was known at the one moment.")), ("to_ordering", Count("The last one at the other.")),
        ("new_keys", Count("Keys that were only there at the other.")), ("gone_keys", Count("Keys that were only there at the one.")),
        ("changed_keys", Count("Keys of which a metric changed.")),
        ("differences", new ListShape("The keys, in order.", new ObjectShape(
            "A key.",
            [
                .. s_key, ("change", Words("new, gone or changed.")),
                ("metrics", new ListShape("What changed.", new ObjectShape(
                    "A metric.",
                    ("metric", Words("Its name.")), ("from", new DoubleShape("What it was.", IsNullable: true)), ("to", new DoubleShape("What it became.", IsNullable: true))))),
            ]))));

    public static readonly Shape AuditLog = new ObjectShape(
        "A page of the audit log.",
        ("entries", new ListShape("Newest first.", new ObjectShape(
            "What somebody did.",
            ("number", Count("Its place in the log, from 1.")), ("at", Words("When it was noted.")), ("who", Words("Who did it.")),
            ("kind", Words("What it was.")), ("outcome", Words("done or failed.")), ("details", new ObjectShape("Its particulars, by name."))))),
        ("next", new ValueShape(JsonSchemaType.Integer | JsonSchemaType.Null, "Where the next page goes on, for before; null after the last one.")));

    public static readonly Shape Health = new ObjectShape("How it is.", ("status", Words("live or ready.")));

    public static readonly Shape Actors = new ObjectShape(
        "The living actors.",
        ("actors", new ListShape("Parents before their children.", new ObjectShape(
            "An actor.",
            ("path", Words("Where it lives.")), ("kind", Words("Its class; empty before its first start.")),
            ("mailbox_depth", Count("Messages that wait.")), ("restarts", Count("How often it was restarted."))))));

    public static readonly Shape Info = new ObjectShape(
        "What the node holds and how it is.",
        ("version", Words("Of the program.")), ("data", Words("The folder.")),
        ("performance", new ObjectShape(
            "The performance memory.",
            ("keys", Count("Keys.")), ("records", Count("Retained records.")), ("total_records", Count("Records ever added.")))),
        ("journal", new ObjectShape(
            "The journal and its snapshots.",
            ("health", Words("healthy, disk_full, unreachable or failed.")), ("last_error", Words("The last thing that went wrong; null for nothing.")),
            ("id", Words("What tells this journal from every other.")), ("engine", Words("The store.")), ("schema_version", Count("Of the tables.")), ("shard_count", Count("Shards.")),
            ("synchronous", Words("full or normal.")), ("events", Count("Events.")), ("entities", Count("Entities.")),
            ("snapshots", Count("Snapshots.")), ("last_recorded_at", Words("When the last event was recorded.")),
            ("index_tail_rows", Count("Events whose index is in memory only.")), ("free_disk_bytes", new ValueShape(JsonSchemaType.Integer | JsonSchemaType.Null, "Room on the disk; null when the engine does not tell.")),
            ("files", new ListShape("Its files.", new ObjectShape("A file.", ("path", Words("Where.")), ("bytes", Count("Its size."))))))));

    public static readonly Shape Bundle = new ValueShape(JsonSchemaType.String, "A zip archive.");

    public static readonly Shape Verification = new ObjectShape(
        "Progress, or as the last line the result.",
        ("verified", Count("Events checked so far; in lines of progress.")), ("of", Count("All events; in lines of progress.")),
        ("result", Words("sound or not_sound.")), ("summary", Words("The result in one line.")), ("journal_id", Words("The journal.")),
        ("events", Count("Events checked.")), ("entities", Count("Entities that have them.")), ("batches", Count("Batches checked.")),
        ("checkpoints", Count("Signed checkpoints that agree.")), ("signed_up_to", Count("The last event that one of them covers.")),
        ("remarks", new ListShape("What limits the check.", Words("A remark."))),
        ("findings", new ListShape("What does not fit, the first event first.", new ObjectShape(
            "A finding.", ("kind", Words("changed, removed, inserted, reordered, rolled_back, checkpoint or unreadable.")),
            ("first_ordering", Count("The first event that it may be about.")), ("last_ordering", Count("The last one.")),
            ("persistence_id", Words("The entity, if one event is meant.")), ("sequence_number", Count("The event's number in it.")),
            ("message", Words("What does not fit."))))))
    {
        Required = [],
    };

    public static readonly Shape Backup = new ObjectShape(
        "A backup.",
        ("folder", Words("Its folder on the node's machine.")), ("created_at", Words("When it was complete.")),
        ("last_ordering", Count("The ordering of its last event.")), ("entities", Count("Entities.")), ("bytes", Count("Its size.")),
        ("damage", Words("What is damaged in the journal, and therefore in the backup; null for nothing.")));

    public static readonly Shape Problem = new ObjectShape(
        "An error (RFC 9457).",
        ("type", Words("about:blank.")), ("title", Words("The status in words.")), ("status", Count("The HTTP status.")),
        ("code", Words("Which error, for programs.")), ("detail", Words("What was wrong, where, and what to do.")));

    private static Shape OfField(RecordField field) => field switch
    {
        RecordField.StrategyName or RecordField.Regime => Words("Part of the key."),
        RecordField.Horizon => new ValueShape(JsonSchemaType.String | JsonSchemaType.Integer, "Part of the key; 5 and \"5\" are the same."),
        RecordField.Timestamp => new ValueShape(JsonSchemaType.String | JsonSchemaType.Integer, "ISO 8601, or nanoseconds since 1970."),
        RecordField.KnownAt => Words("When the journal had it; ignored when a record is sent."),
        RecordField.SequenceNumber => Count("Its number in its key, from 1; ignored when a record is sent."),
        RecordField.RecordId => Words("1 to 64 characters; one is made where it is missing. A repeated one is acknowledged, not stored again."),
        RecordField.Generation => Count("The generation of the evolutionary search."),
        RecordField.MetaLabel => new ValueShape(JsonSchemaType.Integer | JsonSchemaType.Null, "The meta-label."),
        RecordField.Win => new ValueShape(JsonSchemaType.Boolean, "Whether the period was won."),
        _ => new DoubleShape("A number, or \"NaN\", \"Infinity\", \"-Infinity\".", RecordFields.IsOptional((int)field)),
    };

    private static ValueShape Words(string description) => new(JsonSchemaType.String, description);

    private static ValueShape Count(string description) => new(JsonSchemaType.Integer, description);

    private static DoubleShape Double(string description) => new(description);

    private static ListShape One(string description) => new(description + " An array of one.", Double(description));
}
