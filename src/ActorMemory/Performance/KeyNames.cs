using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>
/// The names of a key as a record gives them, and the message Key of commands.proto. Unlike a <see cref="PerformanceKey"/> they may be any
/// texts: the key that gets the record says what is wrong with them.
/// </summary>
internal readonly record struct KeyNames(string Strategy, string Regime, string Horizon)
{
    internal static KeyNames None { get; } = new("", "", "");

    /// <summary>The most bytes of the embedded message.</summary>
    internal int MaxSize =>
        WireWriter.MaxHeader + WireWriter.MaxText(Strategy) + WireWriter.MaxText(Regime) + WireWriter.MaxText(Horizon);

    internal static KeyNames Of(PerformanceKey key) => new(key.Strategy, key.Regime, key.Horizon);

    internal static KeyNames Of(PerformanceRecord record) => new(record.StrategyName, record.Regime, record.Horizon);

    internal void Write(ref WireWriter writer, int field)
    {
        var start = writer.Begin(field);
        writer.Text(1, Strategy);
        writer.Text(2, Regime);
        writer.Text(3, Horizon);
        writer.End(start);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static KeyNames Read(ReadOnlySpan<byte> payload)
    {
        var (strategy, regime, horizon) = ("", "", "");
        var reader = new WireReader(payload, "The message Key");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: strategy = reader.Text(); break;
                case 2: regime = reader.Text(); break;
                case 3: horizon = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return new KeyNames(strategy, regime, horizon);
    }
}
