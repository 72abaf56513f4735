using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The stored form of providers: the Protobuf message ProviderTotalsMessage of providers.proto.</summary>
internal sealed class ProviderFormat : IEntityFormat<ProviderState, ProviderScored>
{
    internal const string ScoredManifest = "provider.scored.v1";
    internal const string StateManifest = "provider.state.v1";

    public string WriteEvent(ProviderScored @event, IBufferWriter<byte> output)
    {
        ProtobufMessage.Write(ProviderWire.MessageOf(@event.Cursor, @event.Totals, @event.Cells), output);
        return ScoredManifest;
    }

    public void ReplayEvent(ProviderState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != ScoredManifest)
            throw UnknownManifest(manifest);
        state.Apply(Read(payload));
    }

    public string WriteSnapshot(ProviderState state, IBufferWriter<byte> output)
    {
        ProtobufMessage.Write(ProviderWire.MessageOf(state.Cursor, state.Totals, state.Cells.Values), output);
        return StateManifest;
    }

    public ProviderState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new ProviderState();
        state.Apply(Read(payload));
        return state;
    }

    /// <summary>A provider never stores counts below 0, more wins than trades, or a confidence outside of 0 to 100.</summary>
    private static ProviderScored Read(ReadOnlySpan<byte> payload)
    {
        var message = ProtobufMessage.Read(ProviderTotalsMessage.Parser, payload);
        var totals = ProviderWire.TotalsOf(message);
        if (message.Cursor < 0 || totals.Wins < 0 || totals.Wins > totals.Trades || totals.OwnTrades < 0 || totals.OwnTrades > totals.Trades)
            throw new FormatException($"The message ProviderTotalsMessage counts what cannot be: {totals} at event {message.Cursor}.");

        var cells = ProviderWire.CellsOf(message);
        foreach (var cell in cells)
        {
            if (cell.Confidence is < 0 or > 100 || cell.Wins < 0 || cell.Wins > cell.Trades)
                throw new FormatException($"The message ProviderTotalsMessage has a cell that cannot be: {cell}.");
        }

        return new ProviderScored(message.Cursor, totals, cells);
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"Providers do not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}

/// <summary>Protobuf messages of what providers have.</summary>
internal static class ProviderWire
{
    internal static ProviderTotalsMessage MessageOf(long cursor, ProviderTotals totals, IEnumerable<CalibrationCell> cells)
    {
        var message = new ProviderTotalsMessage
        {
            Cursor = cursor,
            Trades = totals.Trades,
            Wins = totals.Wins,
            Pnl = totals.Pnl,
            OwnTrades = totals.OwnTrades,
            OwnPnl = totals.OwnPnl,
        };
        foreach (var cell in cells)
            message.Cells.Add(new ConfidenceCellMessage { Confidence = cell.Confidence, Trades = cell.Trades, Wins = cell.Wins, Pnl = cell.Pnl });
        return message;
    }

    internal static ProviderTotals TotalsOf(ProviderTotalsMessage message) =>
        new(message.Trades, message.Wins, message.Pnl, message.OwnTrades, message.OwnPnl);

    internal static CalibrationCell[] CellsOf(ProviderTotalsMessage message) =>
        [.. message.Cells.Select(static cell => new CalibrationCell(cell.Confidence, cell.Trades, cell.Wins, cell.Pnl))];
}
