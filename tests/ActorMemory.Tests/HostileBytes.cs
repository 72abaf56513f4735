namespace ActorMemory.Tests;

/// <summary>Messages that were damaged, or that nobody of us wrote: lengths and counts of all sizes are what a parser of this form has to doubt.</summary>
internal static class HostileBytes
{
    /// <summary>A message with one to four changes, half of the time near its beginning.</summary>
    internal static byte[] Of(Random random, byte[] message)
    {
        var bytes = message.ToList();
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            var at = random.Next(Math.Min(bytes.Count, random.Next(2) == 0 ? 40 : int.MaxValue) + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
                    break;
                case 1:
                    bytes.InsertRange(at, Varint((ulong)random.NextInt64() >> random.Next(64)));
                    break;
                case 2:
                    bytes.InsertRange(at, [(byte)((random.Next(1, 24) << 3) | random.Next(8)), .. Varint(ulong.MaxValue >> random.Next(64))]);
                    break;
                case 3 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(16), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
