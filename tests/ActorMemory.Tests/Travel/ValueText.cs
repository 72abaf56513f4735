using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Travel;

/// <summary>
/// Everything that a message holds as text, doubles by their bits: two messages with one text are the same. Their own equality will not do:
/// it compares the columns of a message by place, and takes all NaN for one.
/// </summary>
internal static class ValueText
{
    internal static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or bool or Enum or int or long or UInt128:
                text.Append(CultureInfo.InvariantCulture, $"'{value}'");
                break;
            case double number:
                text.Append(CultureInfo.InvariantCulture, $"{number:R}#{BitConverter.DoubleToInt64Bits(number):x16}");
                break;
            case float number:
                text.Append(CultureInfo.InvariantCulture, $"{number:R}#{BitConverter.SingleToInt32Bits(number):x8}");
                break;
            case RecordId id:
                text.Append(CultureInfo.InvariantCulture, $"'{id}'#{id.Value:x32}#{id.IsText}");
                break;
            case IDictionary dictionary:
                AppendAll(text, dictionary.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, dictionary[key])));
                break;
            case IEnumerable sequence:
                AppendAll(text, sequence);
                break;
            case var memory when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>):
                AppendAll(text, (IEnumerable?)type.GetMethod("ToArray")?.Invoke(memory, null) ?? Array.Empty<object>());
                break;
            default:
                AppendMembers(text, value);
                break;
        }
    }

    private static void AppendAll(StringBuilder text, IEnumerable values)
    {
        text.Append('[');
        foreach (var value in values)
        {
            Append(text, value);
            text.Append(' ');
        }

        text.Append(']');
    }

    private static void AppendMembers(StringBuilder text, object value)
    {
        var type = value.GetType();
        text.Append(type.Name).Append('{');
        var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.GetIndexParameters().Length == 0 && (type != typeof(PerformanceRecord) || property.Name != "Key"))
            .Select(property => (property.Name, Value: property.GetValue(value)));
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(field => (field.Name, Value: field.GetValue(value)));
        foreach (var (name, member) in properties.Concat(fields))
        {
            text.Append(name).Append('=');
            Append(text, member);
            text.Append(' ');
        }

        text.Append('}');
    }
}
