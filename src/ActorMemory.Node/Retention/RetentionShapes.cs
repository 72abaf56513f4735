using ActorMemory.Node.Http;
using Microsoft.OpenApi;

namespace ActorMemory.Node.Retention;

/// <summary>The shapes of questions and answers about retention, for the OpenAPI document.</summary>
internal static class RetentionShapes
{
    public static readonly Shape Policy = new ObjectShape(
        "What may go; without any limit the settings count.",
        ("older_than", Words("Only events recorded longer ago, such as 365d.")), ("keep_events", Count("Not the newest so many events.")),
        ("dry_run", Flag("Only tell what would be archived.")))
    {
        Required = [],
    };

    public static readonly Shape Run = new ObjectShape(
        "A retention run.",
        ("started_at", Words("When it began.")), ("ended_at", Words("When it ended.")), ("dry_run", Flag("Whether nothing was done.")),
        ("up_to", Count("The last event that the policy lets go; 0 for none.")), ("archived", Count("Events that were archived.")),
        ("archives", new ListShape("The files that were written.", Words("A name."))), ("removed", Count("Events that were removed.")),
        ("holds", Count("Legal holds that stood.")), ("without_snapshot", Count("Entities that keep their events, for want of a sound snapshot.")));

    public static readonly Shape Status = new ObjectShape(
        "The policy of the settings, and the archives.",
        ("older_than_seconds", Number("Only events recorded longer ago; null for no limit.")),
        ("keep_events", Number("Not the newest so many events; null for no limit.")), ("schedule_seconds", Number("How often; null for on demand.")),
        ("last_ordering", Count("The last event of the journal.")), ("archived_to", Count("The last event that is archived; 0 for none.")),
        ("folder", Words("The folder of the archives.")), ("holds", Count("Legal holds that stand.")),
        ("archives", new ListShape("The archives, in order.", new ObjectShape(
            "An archive.",
            ("name", Words("Its file.")), ("first_ordering", Count("Its first event.")), ("last_ordering", Count("Its last event.")),
            ("last_recorded_at", Words("When its last event was recorded.")), ("created_at", Words("When it was written.")),
            ("bytes", Count("Its size.")), ("sha256", Words("Of the file.")), ("missing", Flag("Whether the file is not there."))))));

    public static readonly Shape NewHold = new ObjectShape(
        "Which keys, and why. A part that is left out may be anything, but not all of them.",
        ("strategy", Words("Exactly this strategy.")), ("prefix", Words("Strategies whose name begins so.")), ("regime", Words("Exactly this regime.")),
        ("horizon", Words("Exactly this horizon.")), ("reason", Words("Why; kept for ever.")))
    {
        Required = ["reason"],
    };

    public static readonly Shape Release = new ObjectShape(
        "Which hold, and why it is over.", ("hold", Count("Its number.")), ("reason", Words("Why; kept for ever.")));

    public static readonly Shape Hold = new ObjectShape(
        "A legal hold.",
        ("hold", Count("Its number.")), ("placed_at", Words("When.")), ("who", Words("Who placed it.")), ("reason", Words("Why.")),
        ("strategy", Words("Exactly this strategy; null for any.")), ("prefix", Words("Strategies whose name begins so; null for any.")),
        ("regime", Words("Exactly this regime; null for any.")), ("horizon", Words("Exactly this horizon; null for any.")));

    public static readonly Shape Holds = new ObjectShape("The legal holds.", ("holds", new ListShape("In the order of their numbers.", Hold)));

    private static ValueShape Words(string description) => new(JsonSchemaType.String, description);

    private static ValueShape Count(string description) => new(JsonSchemaType.Integer, description);

    private static ValueShape Number(string description) => new(JsonSchemaType.Number | JsonSchemaType.Null, description);

    private static ValueShape Flag(string description) => new(JsonSchemaType.Boolean, description);
}
