using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>Texts that may be missing: a generated message does not take null.</summary>
internal static class Texts
{
    internal static void Set(string? value, Action<string> set)
    {
        if (value is not null)
            set(value);
    }

    internal static NamesMessage? ToMessage(IReadOnlyList<string>? names) => names is null ? null : new NamesMessage { Names = { names } };

    internal static IReadOnlyList<string>? FromMessage(NamesMessage? message) => message is null ? null : [.. message.Names];
}

/// <summary>Numbers that may be missing.</summary>
internal static class Numbers
{
    internal static void Set<T>(T? value, Action<T> set)
        where T : struct
    {
        if (value is { } number)
            set(number);
    }
}
