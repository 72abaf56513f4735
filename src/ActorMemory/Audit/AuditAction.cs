using System.Globalization;
using System.Text;

namespace ActorMemory.Audit;

/// <summary>What was done.</summary>
public enum AuditKind
{
    /// <summary>A file of records was imported.</summary>
    Import = 1,

    /// <summary>Old records were taken out of what is retained.</summary>
    Prune = 2,

    /// <summary>A node was started with settings other than before.</summary>
    ConfigurationChange = 3,

    /// <summary>Events were exported with their proofs.</summary>
    Export = 4,

    /// <summary>A backup was made.</summary>
    Backup = 5,

    /// <summary>A backup was restored.</summary>
    Restore = 6,

    /// <summary>Old events were archived and removed.</summary>
    Retention = 7,

    /// <summary>A legal hold was placed or lifted.</summary>
    LegalHold = 8,

    /// <summary>An API key was made, changed or revoked.</summary>
    ApiKey = 9,
}

/// <summary>How it ended.</summary>
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Done = 1,

    /// <summary>It failed; a detail named error says why.</summary>
    Failed = 2,
}

/// <summary>One particular of what was done.</summary>
public readonly record struct AuditDetail(string Name, string Value);

/// <summary>Who did what. It must not hold secrets: it is kept for ever.</summary>
public sealed record AuditAction
{
    /// <summary>The most particulars; further ones are left out, and a particular named <c>…</c> counts them.</summary>
    public const int MaxDetails = 128;

    /// <summary>The most UTF-16 units of a text; a longer one is cut and ends with an ellipsis.</summary>
    public const int MaxText = 1024;

    /// <summary>Describes an action.</summary>
    /// <param name="who">Who did it: the authenticated caller, the user of the operating system, or <c>schedule</c>.</param>
    /// <param name="kind">What it was.</param>
    /// <param name="details">Its particulars as text, such as counts and files. They are sorted by name; of two with one name the last counts.</param>
    public AuditAction(string who, AuditKind kind, params IEnumerable<(string Name, string Value)> details)
    {
        Who = Clean(who);
        Kind = kind;
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in details)
            sorted[Clean(name)] = Clean(value);
        if (sorted.Count > MaxDetails)
        {
            var more = sorted.Keys.Skip(MaxDetails - 1).ToList();
            more.ForEach(name => sorted.Remove(name));
            sorted["…"] = string.Create(CultureInfo.InvariantCulture, $"{more.Count} more");
        }

        Details = [.. sorted.Select(static pair => new AuditDetail(pair.Key, pair.Value))];
    }

    /// <summary>Who did it.</summary>
    public string Who { get; }

    /// <summary>What it was.</summary>
    public AuditKind Kind { get; }

    /// <summary>How it ended.</summary>
    public AuditOutcome Outcome { get; init; } = AuditOutcome.Done;

    /// <summary>Its particulars, ordered by name.</summary>
    public IReadOnlyList<AuditDetail> Details { get; }

    /// <summary>The same action that failed, with the reason.</summary>
    public AuditAction FailedBecause(string error) =>
        new(Who, Kind, [.. Details.Select(static detail => (detail.Name, detail.Value)), ("error", error)]) { Outcome = AuditOutcome.Failed };

    // What is noted must never be refused for its form: control characters become spaces, lone surrogates U+FFFD.
    private static string Clean(string text)
    {
        var cut = text.Length <= MaxText ? text : text[..(MaxText - 1)] + '…';
        var clean = new StringBuilder(cut.Length);
        foreach (var rune in cut.EnumerateRunes())
            clean.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        return clean.ToString();
    }
}

/// <summary>The names of kinds and outcomes in requests and answers.</summary>
public static class AuditNames
{
    private static readonly (string Name, AuditKind Kind)[] s_kinds =
    [
        ("import", AuditKind.Import), ("prune", AuditKind.Prune), ("configuration-change", AuditKind.ConfigurationChange),
        ("export", AuditKind.Export), ("backup", AuditKind.Backup), ("restore", AuditKind.Restore), ("retention", AuditKind.Retention),
        ("legal-hold", AuditKind.LegalHold), ("api-key", AuditKind.ApiKey),
    ];

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. s_kinds.Select(static known => known.Name)];

    /// <summary>The name of a kind, such as <c>legal-hold</c>.</summary>
    public static string ToName(this AuditKind kind) => s_kinds.First(known => known.Kind == kind).Name;

    /// <summary>The name of an outcome.</summary>
    public static string ToName(this AuditOutcome outcome) => outcome == AuditOutcome.Done ? "done" : "failed";

    /// <summary>The kind of a name; false if there is none.</summary>
    public static bool TryParseKind(string name, out AuditKind kind)
    {
        kind = s_kinds.FirstOrDefault(known => known.Name == name).Kind;
        return kind != default;
    }
}
