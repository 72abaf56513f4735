using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorMemory.Tests.Api;

/// <summary>The public surface of an assembly as text: a type a paragraph, a member a line, all sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const BindingFlags AnyInstance = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    // What every record has and nobody chose.
    private static readonly HashSet<string> s_ofEveryRecord =
        ["Equals", "GetHashCode", "ToString", "PrintMembers", "EqualityContract", "Deconstruct", "op_Equality", "op_Inequality"];

    internal static string Of(Assembly assembly) => string.Join(
        "\n",
        assembly.GetExportedTypes()
            .Where(type => !typeof(Delegate).IsAssignableFrom(type))
            .OrderBy(FullName, StringComparer.Ordinal)
            .Select(type => string.Concat(Members(type).Select(member => $"    {member}\n").Prepend(Head(type) + "\n"))));

    private static string Head(Type type)
    {
        IEnumerable<string> parents = type.GetInterfaces().Where(IsChosen).Select(parent => Name(parent)).Order(StringComparer.Ordinal);
        if (type.BaseType is { } @base && @base != typeof(object) && @base != typeof(ValueType) && !type.IsEnum)
            parents = parents.Prepend(Name(@base));

        var list = string.Join(", ", parents);
        return $"{Modifiers(type)}{Kind(type)} {FullName(type)}{(list.Length > 0 && !type.IsEnum ? " : " + list : "")}";

        // A record's own IEquatable, and what a parent brings along, say nothing.
        bool IsChosen(Type parent) =>
            parent.IsVisible
            && !(IsRecord(type) && parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(IEquatable<>))
            && type.BaseType?.GetInterfaces().Contains(parent) != true;
    }

    private static string Modifiers(Type type) => type switch
    {
        { IsInterface: true } or { IsEnum: true } => "",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "",
        { IsAbstract: true, IsSealed: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsSealed: true } => "sealed ",
        _ => "",
    };

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => IsRecord(type) ? "record struct" : "struct",
        _ => IsRecord(type) ? "record" : "class",
    };

    // The one trace that "record" leaves: a printer of members, which nobody writes by hand under this name.
    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", AnyInstance, [typeof(System.Text.StringBuilder)]) is not null;

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type)
                .Select(name => (Name: name, Value: Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)))
                .OrderBy(member => member.Value)
                .Select(member => $"{member.Name} = {member.Value}");
        }

        var isRecord = IsRecord(type);
        return type.GetMembers(Declared)
            .Where(member => !member.Name.Contains('<', StringComparison.Ordinal) && !(isRecord && s_ofEveryRecord.Contains(member.Name)))
            .Select(member => (member.Name, Line: Line(member)))
            .Where(member => member.Line is not null)
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .ThenBy(member => member.Line, StringComparer.Ordinal)
            .Select(member => member.Line ?? "");
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsSeen(constructor) && !constructor.IsStatic =>
            $"{Access(constructor)}new({Parameters(constructor)})",
        MethodInfo method when IsSeen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{Access(method)}{Dispatch(method)}{Returned(method)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors => PropertyLine(property, accessors),
        FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly => FieldLine(field),
        EventInfo { AddMethod: { } add } happening when IsSeen(add) =>
            $"{Access(add)}event {Name(happening.EventHandlerType ?? typeof(object))} {happening.Name}",
        _ => null,
    };

    private static string PropertyLine(PropertyInfo property, MethodInfo[] accessors)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";
        var index = property.GetIndexParameters() is { Length: > 0 } indexes ? $"[{string.Join(", ", indexes.Select(Parameter))}]" : "";
        var type = Name(property.PropertyType, new NullabilityInfoContext().Create(property));
        var kinds = string.Join(" ", accessors.Select(accessor => accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;"));
        return $"{Access(accessors[0])}{Dispatch(accessors[0])}{required}{type} {property.Name}{index} {{ {kinds} }}";
    }

    private static string FieldLine(FieldInfo field)
    {
        var kind = field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        var value = field.IsLiteral ? " = " + Literal(field.GetRawConstantValue()) : "";
        var type = Name(field.FieldType, new NullabilityInfoContext().Create(field));
        return $"{(field.IsPublic ? "" : "protected ")}{kind}{type} {field.Name}{value}";
    }

    private static MethodInfo[] Accessors(PropertyInfo property) =>
        [.. new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(IsSeen)];

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Dispatch(MethodInfo method) => method switch
    {
        { DeclaringType.IsInterface: true, IsStatic: false } => "",
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false } when method.GetBaseDefinition() != method => "override ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string Returned(MethodInfo method) => Name(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter));

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method)
    {
        var self = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
        return self + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var kind = !parameter.ParameterType.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var type = parameter.ParameterType.IsByRef && parameter.ParameterType.GetElementType() is { } element
            ? element
            : parameter.ParameterType;
        var many = parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : "";
        var value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "";
        return $"{many}{kind}{Name(type, new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string FullName(Type type) =>
        type.DeclaringType is { } outer ? $"{FullName(outer)}.{Name(type)}" : $"{type.Namespace}.{Name(type)}";

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        var mark = nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (s_keywords.TryGetValue(type, out var keyword))
            return keyword + mark;
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsArray)
            return Name(type.GetElementType() ?? typeof(object), nullability?.ElementType) + "[]" + mark;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";

        var name = type.Name.Split('`')[0];
        var own = type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToArray();
        if (own.Length == 0)
            return name + mark;

        var parts = nullability?.GenericTypeArguments;
        var arguments = own.Select((argument, i) => Name(argument, parts?.Length == own.Length ? parts[i] : null));
        return $"{name}<{string.Join(", ", arguments)}>{mark}";
    }
}
