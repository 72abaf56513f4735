using System.Collections;
using System.Reflection;
using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Retention;

namespace ActorMemory.Tests.Travel;

/// <summary>Any value of a type, from its constructor and its properties: also of a message that is added tomorrow.</summary>
internal sealed class RandomValues(Random random)
{
    private static readonly double[] s_doubles =
    [
        0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, 0.1,
        BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0001), BitConverter.UInt64BitsToDouble(0xFFF8_0000_DEAD_BEEF),
    ];

    private static readonly string[] s_texts = ["", "a", "5", "momentum", "東京 🚀", "with|bar%and\0control\n", new('x', 300), "…", "Ünï"];
    private static readonly string[] s_names = ["", "a", "5", "momentum", "東京 🚀", "with|bar%"];

    internal object Of(Type type) => Make(type, "") ?? throw new InvalidOperationException($"There is no {type}.");

    private object? Make(Type type, string name)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return random.Next(2) == 0 ? null : Make(underlying, name);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length));
        if (type.IsArray)
            return Array(type.GetElementType() ?? type);
        if (type.IsGenericType && Elements(type) is { } element)
            return type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>) ? Activator.CreateInstance(type, Array(element)) : Array(element);
        return type.Name switch
        {
            nameof(Int32) => (int)Integer(),
            nameof(Int64) => Integer(),
            nameof(Boolean) => random.Next(2) == 0,
            nameof(Double) => random.Next(3) == 0 ? BitConverter.Int64BitsToDouble(Integer()) : Pick(s_doubles),
            nameof(Single) => BitConverter.Int32BitsToSingle((int)Integer()),
            nameof(UInt128) => random.Next(4) == 0 ? default : new UInt128((ulong)Integer(), (ulong)Integer()),
            nameof(String) => Pick(s_texts),
            nameof(RecordId) => Id(),
            nameof(PerformanceKey) => new PerformanceKey(Pick(s_names), Pick(s_names), Pick(s_names)),
            nameof(AddRecords) => new AddRecords(RecordsOfAlmostOneKey(), (ImportLines?)Maybe(typeof(ImportLines))),
            nameof(AuditAction) => Action(),
            nameof(LegalHold) => ((LegalHold)Compose(type)) with { Number = Integer() & long.MaxValue },
            nameof(PruningRun) => new PruningRun(
                new UnixNanoseconds(Integer()), new UnixNanoseconds(Integer()), random.Next(2) == 0, (int)Integer() & int.MaxValue,
                Integer() & long.MaxValue, Integer() & long.MaxValue, Integer() & long.MaxValue, Integer() & long.MaxValue),
            "IReadOnlyDictionary`2" => Dictionary(type.GetGenericArguments()[1]),
            _ => Compose(type),
        };
    }

    // Records of one key, as they should be, and sometimes one that belongs to another.
    private PerformanceRecord[] RecordsOfAlmostOneKey()
    {
        var records = (PerformanceRecord[])Array(typeof(PerformanceRecord));
        for (var i = 1; i < records.Length; i++)
            if (random.Next(4) != 0)
                records[i] = records[i] with { StrategyName = records[0].StrategyName, Regime = records[0].Regime, Horizon = records[0].Horizon };

        return records;
    }

    private object Compose(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var constructor = type.GetConstructors()
            .Where(candidate => candidate.GetParameters() is not [{ } only] || only.ParameterType != type)
            .MaxBy(static candidate => candidate.GetParameters().Length);
        var parameters = constructor?.GetParameters() ?? [];
        // The only tuple that travels is a setting: its name is there, what it was and is may be missing.
        var isTuple = type.Name.StartsWith("ValueTuple", StringComparison.Ordinal);
        var isPair = type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal);
        var arguments = parameters.Select(parameter => (isTuple ? parameter.Position > 0 : !isPair && MayBeNull(nullability.Create(parameter)))
            ? Maybe(parameter.ParameterType)
            : Make(parameter.ParameterType, parameter.Name ?? "")).ToArray();
        var made = constructor is null ? Activator.CreateInstance(type) : constructor.Invoke(arguments);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            if (property.SetMethod is null || parameters.Any(parameter => parameter.Name == property.Name))
                continue;
            property.SetValue(made, MayBeNull(nullability.Create(property)) ? Maybe(property.PropertyType) : Make(property.PropertyType, property.Name));
        }

        return made ?? throw new InvalidOperationException($"There is no {type}.");
    }

    private static bool MayBeNull(NullabilityInfo info) => !info.Type.IsValueType && info.WriteState == NullabilityState.Nullable;

    private static Type? Elements(Type type) =>
        type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
            : null;

    private Array Array(Type element)
    {
        var array = System.Array.CreateInstance(element, Length());
        for (var i = 0; i < array.Length; i++)
            array.SetValue(Make(element, ""), i);
        return array;
    }

    private object? Dictionary(Type value)
    {
        var dictionary = (IDictionary?)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value));
        for (var i = Length(); i > 0; i--)
            dictionary?.Add($"{i} {Pick(s_texts)}", Make(value, ""));
        return dictionary;
    }

    private AuditAction Action()
    {
        var kinds = Enum.GetValues<AuditKind>();
        var details = Enumerable.Range(0, random.Next(20) == 0 ? 150 : Length()).Select(i => ($"{i} {Pick(s_texts)}", Pick(s_texts)));
        return new AuditAction(Pick(s_texts), kinds[random.Next(kinds.Length)], details) { Outcome = random.Next(2) == 0 ? AuditOutcome.Done : AuditOutcome.Failed };
    }

    private RecordId Id() => random.Next(4) switch
    {
        0 => default,
        1 => RecordId.Parse(Pick(["fill 42/東京", "x", "0", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"])),
        _ => RecordId.CreateVersion7(random.NextInt64(1L << 48), new UInt128((ulong)Integer(), (ulong)Integer())),
    };

    private object? Maybe(Type type) => random.Next(2) == 0 ? null : Make(type, "");

    private int Length() => random.Next(10) == 0 ? random.Next(200) : random.Next(4);

    private long Integer() => random.Next(6) switch
    {
        0 => 0,
        1 => random.Next(2) == 0 ? long.MinValue : long.MaxValue,
        2 => random.Next(2) == 0 ? int.MinValue : int.MaxValue,
        _ => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
    };

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
