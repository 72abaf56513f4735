namespace ActorMemory.Wire;

/// <summary>How a field's value is laid out in a Protobuf message.</summary>
internal enum WireType
{
    /// <summary>Seven bits a byte, least significant first.</summary>
    Varint = 0,

    /// <summary>Eight bytes, little-endian.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes.</summary>
    LengthDelimited = 2,

    /// <summary>Four bytes, little-endian.</summary>
    Fixed32 = 5,
}
