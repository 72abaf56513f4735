using System.Runtime.CompilerServices;

namespace ActorMemory.Names;

/// <summary>
/// Persistence ids of several parts: <c>prefix|part|part</c>, with <c>%</c> and <c>|</c> inside a part written as <c>%25</c> and <c>%7C</c>, so that
/// different parts give different ids.
/// </summary>
internal static class PersistenceIdText
{
    /// <summary>Joins the parts.</summary>
    internal static string Join(string prefix, params ReadOnlySpan<string> parts)
    {
        var text = new DefaultInterpolatedStringHandler(prefix.Length, parts.Length);
        text.AppendLiteral(prefix);
        foreach (var part in parts)
        {
            text.AppendLiteral("|");
            text.AppendLiteral(Escape(part));
        }

        return text.ToStringAndClear();
    }

    /// <summary>Takes an id apart; null for any text that <see cref="Join"/> does not write with this prefix and so many parts.</summary>
    internal static string[]? Split(string persistenceId, string prefix, int count)
    {
        if (!persistenceId.StartsWith(prefix, StringComparison.Ordinal) || persistenceId.Length == prefix.Length || persistenceId[prefix.Length] != '|')
            return null;

        var parts = persistenceId[(prefix.Length + 1)..].Split('|');
        if (parts.Length != count)
            return null;

        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryUnescape(parts[i], out parts[i]))
                return null;
        }

        return parts;
    }

    /// <summary>A part as it stands in an id.</summary>
    internal static string Escape(string part) => part.AsSpan().ContainsAny('%', '|')
        ? part.Replace("%", "%25", StringComparison.Ordinal).Replace("|", "%7C", StringComparison.Ordinal)
        : part;

    private static bool TryUnescape(string escaped, out string part)
    {
        // One spelling for each part: an escape that Join does not write is none.
        part = escaped.Replace("%7C", "|", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
        return Escape(part) == escaped;
    }
}
