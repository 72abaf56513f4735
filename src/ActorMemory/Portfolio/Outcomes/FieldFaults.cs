using System.Globalization;
using ActorMemory.Names;

namespace ActorMemory.Portfolio;

/// <summary>Looks at one field after another and keeps what is wrong with the first that is not allowed.</summary>
/// <param name="path">What stands before the names of the fields in messages, such as <c>decision.</c>; empty for nothing.</param>
internal sealed class FieldFaults(string path = "")
{
    /// <summary>The most characters of an id or of the name of a provider.</summary>
    internal const int MaxName = 256;

    /// <summary>The most characters of another text.</summary>
    internal const int MaxText = 1024;

    /// <summary>The most characters of a reason.</summary>
    internal const int MaxReason = 4096;

    /// <summary>The most providers of one decision.</summary>
    internal const int MaxProviders = 256;

    /// <summary>The largest amount. No money, price or size comes near; sums and squares of what is allowed stay finite.</summary>
    internal const double MaxNumber = 1e100;

    /// <summary>What is wrong, with the JSON name of the field; null if nothing is.</summary>
    internal string? First { get; private set; }

    internal void Id(string field, string? id)
    {
        if (id is null)
            Report(field, "is missing; it is what the trade is remembered by.");
        else
            Name(field, id);
    }

    internal void Name(string field, string? name) => Line(field, name, MaxName);

    internal void Text(string field, string? text) => Line(field, text, MaxText);

    /// <summary>A text that may have lines.</summary>
    internal void Reason(string field, string? reason)
    {
        if (reason is not null && NameText.FindFault(string.Concat(reason.Select(c => char.IsControl(c) ? ' ' : c)), path + field, MaxReason) is { } fault)
            First ??= fault;
    }

    internal void Time(string field, string? text)
    {
        if (text is not null && OutcomeTime.FindFault(text) is { } fault)
            Report(field, "cannot be read: " + fault);
    }

    internal void Number(string field, double? number, double from = -MaxNumber, double to = MaxNumber)
    {
        if (number is null || (number >= from && number <= to))
            return;

        Report(field, double.IsFinite(number.Value) ? $"is {Show(number.Value)}; {Range(from, to)}" : "is not a finite number; leave it out if it is not known.");
    }

    internal void NotNegative(string field, double? number) => Number(field, number, from: 0);

    internal void Percent(string field, double? number) => Number(field, number, from: 0, to: 100);

    internal void Providers(string field, IReadOnlyList<string>? names)
    {
        if (names is null || !Count(field, names.Count))
            return;

        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            Id($"{field}[{i}]", names[i]);
            if (!known.Add(names[i] ?? ""))
                Report(field, $"names '{names[i]}' twice; name each provider once.");
        }
    }

    /// <summary>What is known by provider.</summary>
    internal void Providers<T>(string field, IReadOnlyDictionary<string, T>? values, Action<string, T> look)
    {
        if (values is null || !Count(field, values.Count))
            return;

        foreach (var (provider, value) in values)
        {
            Name($"the name of a provider in {field}", provider);
            if (First is not null)
                return;

            if (value is null)
                Report($"{field}.{provider}", "is null; leave the provider out.");
            else
                look($"{field}.{provider}", value);
        }
    }

    internal void Report(string field, string fault) => First ??= $"{path}{field} {fault}";

    private bool Count(string field, int count)
    {
        if (count > MaxProviders)
            Report(field, string.Create(CultureInfo.InvariantCulture, $"has {count} providers; at most {MaxProviders} are allowed."));

        return count <= MaxProviders;
    }

    private void Line(string field, string? text, int maxCharacters)
    {
        if (text is "")
            Report(field, "is empty; leave it out if it is not known.");
        else if (text is not null && NameText.FindFault(text, path + field, maxCharacters) is { } fault)
            First ??= fault;
    }

    private static string Range(double from, double to) =>
        to < MaxNumber ? $"it has to be {Show(from)} to {Show(to)}."
        : from > -MaxNumber ? $"it has to be {Show(from)} or more, up to {Show(to)}."
        : $"amounts beyond {Show(to)} are not allowed.";

    private static string Show(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
