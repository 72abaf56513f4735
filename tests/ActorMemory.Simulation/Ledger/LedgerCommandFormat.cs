using System.Buffers;
using System.Globalization;
using System.Text;
using ActorMemory.Actors;

namespace ActorMemory.Simulation.Ledger;

/// <summary>How a ledger's commands and answers travel between nodes: numbers with blanks.</summary>
internal class LedgerCommandFormat : ICommandFormat<LedgerCommand>
{
    public virtual CommandKind KindOf(LedgerCommand command) => command switch
    {
        LedgerCommand.Read => CommandKind.Read,
        LedgerCommand.Append => CommandKind.Repeatable,
        _ => CommandKind.Once,
    };

    public string WriteCommand(LedgerCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case LedgerCommand.Append append:
                Write(append.Records.Select(static record => (long)record), output);
                return "append.v1";
            case LedgerCommand.AppendOnce once:
                Write(once.Records.Select(static record => (long)record), output);
                return "append-once.v1";
            default:
                return "read.v1";
        }
    }

    public LedgerCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        "append.v1" => new LedgerCommand.Append(Array.ConvertAll(Read(payload), static number => (int)number)),
        "append-once.v1" => new LedgerCommand.AppendOnce(Array.ConvertAll(Read(payload), static number => (int)number)),
        "read.v1" => new LedgerCommand.Read(),
        _ => throw new FormatException($"'{manifest}' is no command for a ledger."),
    };

    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        if (reply is long[] positions)
        {
            Write(positions, output);
            return "positions.v1";
        }

        Write(((int[])reply).Select(static record => (long)record), output);
        return "records.v1";
    }

    public object ReadReply(string manifest, ReadOnlySpan<byte> payload) =>
        manifest == "positions.v1" ? Read(payload) : Array.ConvertAll(Read(payload), static number => (int)number);

    private static void Write(IEnumerable<long> numbers, IBufferWriter<byte> output) =>
        output.Write(Encoding.UTF8.GetBytes(string.Join(' ', numbers)));

    private static long[] Read(ReadOnlySpan<byte> payload) =>
        [.. Encoding.UTF8.GetString(payload).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
}
