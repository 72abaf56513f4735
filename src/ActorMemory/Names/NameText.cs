using System.Globalization;

namespace ActorMemory.Names;

/// <summary>Which texts are fit to name something: valid Unicode without control characters, of bounded length.</summary>
internal static class NameText
{
    /// <summary>Says what is wrong with a name, or null if nothing is. <paramref name="what"/> is how the message calls it.</summary>
    internal static string? FindFault(string text, string what, int maxCharacters)
    {
        var characters = 0;
        for (var i = 0; i < text.Length; i++, characters++)
        {
            var c = text[i];
            if (char.IsControl(c))
                return $"{what} has the control character U+{(int)c:X4} at position {i}; remove it.";

            if (!char.IsSurrogate(c))
                continue;

            // A lone surrogate has no UTF-8 form: encoders would turn different names into the same bytes.
            if (!char.IsHighSurrogate(c) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return $"{what} has the lone surrogate U+{(int)c:X4} at position {i}; it is not valid Unicode text.";

            i++;
        }

        return characters > maxCharacters
            ? string.Create(CultureInfo.InvariantCulture, $"{what} has {characters} characters; at most {maxCharacters} are allowed.")
            : null;
    }
}
