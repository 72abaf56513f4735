using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Hosting;

/// <summary>Settings as names and texts, named as in <c>actormemory.conf</c>. A secret is shown as a fingerprint that only tells whether it changed.</summary>
internal static class SettingsText
{
    private const int FingerprintRounds = 100_000;

    /// <summary>Short, so that it fits billions of texts and gives away none of them.</summary>
    private const int FingerprintBytes = 4;

    public static (IReadOnlyDictionary<string, string> Settings, IReadOnlySet<string> Secrets) Of(ActorMemorySettings settings)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        Add("", settings);
        return (texts, secrets);

        void Add(string prefix, object section)
        {
            foreach (var property in section.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (!property.CanWrite)
                    continue;
                var name = prefix + NameOf(property.Name);
                var value = property.GetValue(section);
                if (property.PropertyType.Namespace == typeof(ActorMemorySettings).Namespace && value is not null && !property.PropertyType.IsEnum)
                {
                    Add(name + ".", value);
                }
                else if (Setting.IsSecretKey(name))
                {
                    secrets.Add(name);
                    texts.Add(name, Fingerprint(name, value as string ?? ""));
                }
                else
                {
                    texts.Add(name, TextOf(value));
                }
            }
        }
    }

    private static string NameOf(string property)
    {
        var name = new StringBuilder();
        foreach (var c in property)
            _ = char.IsUpper(c) && name.Length > 0 ? name.Append('-').Append(char.ToLowerInvariant(c)) : name.Append(char.ToLowerInvariant(c));
        return name.ToString();
    }

    private static string TextOf(object? value) => value switch
    {
        null => "off",
        string text => text,
        Enum choice => choice.ToString().ToLowerInvariant(),
        System.Collections.IEnumerable list => string.Join(", ", list.Cast<object?>().Select(TextOf)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Fingerprint(string name, string text) => text.Length == 0
        ? ""
        : Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(
            text, Encoding.UTF8.GetBytes("actormemory.settings|" + name), FingerprintRounds, HashAlgorithmName.SHA256, FingerprintBytes));
}
