using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ActorMemory.Actors.Tests;

/// <summary>A call, or another use of a member, as an assembly holds it.</summary>
internal sealed record CompiledCall(string Caller, string Type, string Member, ImmutableArray<string> Parameters)
{
    public override string ToString() => $"{Caller} -> {Type}.{Member}({string.Join(',', Parameters)})";
}

/// <summary>Reads the uses of members of other assemblies out of the instructions of an assembly.</summary>
internal static class CompiledCalls
{
    private static readonly Dictionary<int, OpCode> Instructions = typeof(OpCodes).GetFields()
        .Select(static field => field.GetValue(null)).OfType<OpCode>().ToDictionary(static code => (int)(ushort)code.Value);

    public static IReadOnlyList<CompiledCall> Of(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var calls = new List<CompiledCall>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
                continue;
            var caller = $"{TypeNames.Of(metadata, method.GetDeclaringType())}.{metadata.GetString(method.Name)}";
            foreach (var token in Tokens(file.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
            {
                if (CallOf(metadata, caller, token) is { } call)
                    calls.Add(call);
            }
        }

        return calls;
    }

    private static List<EntityHandle> Tokens(BlobReader body)
    {
        var tokens = new List<EntityHandle>();
        while (body.RemainingBytes > 0)
        {
            int value = body.ReadByte();
            if (value == 0xFE)
                value = (value << 8) | body.ReadByte();
            switch (Instructions[value].OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineField or OperandType.InlineType:
                    tokens.Add(System.Reflection.Metadata.Ecma335.MetadataTokens.EntityHandle(body.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = body.ReadInt32();
                    body.Offset += 4 * targets;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    body.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    body.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    body.Offset += 8;
                    break;
                default:
                    body.Offset += 4;
                    break;
            }
        }

        return tokens;
    }

    private static CompiledCall? CallOf(MetadataReader metadata, string caller, EntityHandle token)
    {
        if (token.Kind == HandleKind.MethodSpecification)
            token = metadata.GetMethodSpecification((MethodSpecificationHandle)token).Method;
        if (token.Kind != HandleKind.MemberReference)
            return null;
        var member = metadata.GetMemberReference((MemberReferenceHandle)token);
        var parameters = member.GetKind() == MemberReferenceKind.Method
            ? member.DecodeMethodSignature(TypeNames.Instance, null).ParameterTypes
            : [];
        return new CompiledCall(caller, TypeNames.Of(metadata, member.Parent), metadata.GetString(member.Name), parameters);
    }
}
