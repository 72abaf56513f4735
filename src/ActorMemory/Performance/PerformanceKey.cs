using System.Diagnostics.CodeAnalysis;
using ActorMemory.Names;

namespace ActorMemory.Performance;

/// <summary>
/// What performance is remembered by: strategy, regime and horizon, compared ordinally, without case folding or normalisation.
/// </summary>
/// <remarks>
/// A part is any Unicode text, even empty, of at most <see cref="MaxPartCharacters"/> characters without control characters
/// and lone surrogates. A horizon given as the number 5 and one given as the text "5" are the same horizon.
/// </remarks>
public readonly struct PerformanceKey : IEquatable<PerformanceKey>
{
    /// <summary>The most characters (Unicode code points) that a part may have.</summary>
    public const int MaxPartCharacters = 128;

    private const string PersistencePrefix = "performance";

    private readonly string? _strategy;
    private readonly string? _regime;
    private readonly string? _horizon;

    /// <summary>Names a key.</summary>
    /// <exception cref="ArgumentException">A part is not a legal name; the message says which and why.</exception>
    public PerformanceKey(string strategy, string regime, string horizon)
    {
        if (FindFault(strategy, regime, horizon) is { } fault)
            throw new ArgumentException(fault);

        (_strategy, _regime, _horizon) = (strategy, regime, horizon);
    }

    /// <summary>The strategy's name.</summary>
    public string Strategy => _strategy ?? "";

    /// <summary>The market regime in which the strategy was entered.</summary>
    public string Regime => _regime ?? "";

    /// <summary>The horizon as text.</summary>
    public string Horizon => _horizon ?? "";

    /// <summary>Names a key, or says in <paramref name="fault"/> which part is not a legal name and why.</summary>
    public static bool TryCreate(
        string strategy, string regime, string horizon, out PerformanceKey key, [NotNullWhen(false)] out string? fault)
    {
        fault = FindFault(strategy, regime, horizon);
        key = fault is null ? new PerformanceKey(strategy, regime, horizon) : default;
        return fault is null;
    }

    /// <summary>
    /// The key as a persistence id: <c>performance|strategy|regime|horizon</c> with <c>%</c> and <c>|</c> inside a part written
    /// as <c>%25</c> and <c>%7C</c>, so that different keys have different ids.
    /// </summary>
    public string ToPersistenceId() => PersistenceIdText.Join(PersistencePrefix, Strategy, Regime, Horizon);

    /// <summary>Reads a persistence id back.</summary>
    /// <exception cref="FormatException">The text is not a persistence id that <see cref="ToPersistenceId"/> writes.</exception>
    public static PerformanceKey FromPersistenceId(string persistenceId) =>
        TryFromPersistenceId(persistenceId, out var key)
            ? key
            : throw new FormatException(
                $"'{persistenceId}' is not the persistence id of a performance key (performance|strategy|regime|horizon).");

    /// <summary>Reads a persistence id back; false for any text that <see cref="ToPersistenceId"/> does not write.</summary>
    public static bool TryFromPersistenceId(string persistenceId, out PerformanceKey key)
    {
        key = default;
        return PersistenceIdText.Split(persistenceId, PersistencePrefix, 3) is [var strategy, var regime, var horizon]
            && TryCreate(strategy, regime, horizon, out key, out _);
    }

    /// <inheritdoc/>
    public bool Equals(PerformanceKey other) => Matches(other.Strategy, other.Regime, other.Horizon);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PerformanceKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        (Strategy.GetHashCode(StringComparison.Ordinal) * 31 + Regime.GetHashCode(StringComparison.Ordinal)) * 31
        + Horizon.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether two keys have the same three parts.</summary>
    public static bool operator ==(PerformanceKey left, PerformanceKey right) => left.Equals(right);

    /// <summary>Whether two keys differ in a part.</summary>
    public static bool operator !=(PerformanceKey left, PerformanceKey right) => !left.Equals(right);

    /// <summary>The key for people; different keys may look alike.</summary>
    public override string ToString() => $"{Strategy}/{Regime}/{Horizon}";

    internal bool Matches(string strategy, string regime, string horizon) =>
        string.Equals(Strategy, strategy, StringComparison.Ordinal)
        && string.Equals(Regime, regime, StringComparison.Ordinal)
        && string.Equals(Horizon, horizon, StringComparison.Ordinal);

    private static string? FindFault(string strategy, string regime, string horizon) =>
        NameText.FindFault(strategy, "strategy_name", MaxPartCharacters)
        ?? NameText.FindFault(regime, "regime", MaxPartCharacters)
        ?? NameText.FindFault(horizon, "horizon", MaxPartCharacters);
}
