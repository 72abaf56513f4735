namespace ActorMemory.Hosting.Hocon;

/// <summary>The types that a single value can have.</summary>
internal enum HoconScalarKind
{
    Null,
    Boolean,
    Number,
    String,
}

/// <summary>A value after all merges and substitutions, and where it was last defined.</summary>
internal abstract record HoconValue(HoconPosition Position);

/// <summary>A single value; numbers keep the text they were written with.</summary>
internal sealed record HoconScalar(HoconPosition Position, HoconScalarKind Kind, string Text) : HoconValue(Position);

/// <summary>A list of values.</summary>
internal sealed record HoconArray(HoconPosition Position, IReadOnlyList<HoconValue> Elements) : HoconValue(Position);

/// <summary>Keys and values, in the order in which the keys first appeared.</summary>
internal sealed record HoconObject(HoconPosition Position, OrderedDictionary<string, HoconValue> Fields) : HoconValue(Position);
