using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The stored form of weights: the Protobuf messages of weights.proto. Events hold what was computed, so that replay computes nothing.</summary>
internal sealed class WeightsFormat : IEntityFormat<WeightsState, BookTaken>
{
    internal const string TakenManifest = "weights.book-taken.v1";
    internal const string StateManifest = "weights.state.v1";

    public string WriteEvent(BookTaken @event, IBufferWriter<byte> output)
    {
        var message = new BookTakenMessage { Cursor = @event.Cursor, At = @event.At.Value, Closes = @event.Closes };
        if (@event.DecisionId is { } decisionId)
            message.DecisionId = decisionId;
        if (@event.Opened is { } opened)
            message.Opened = WeightsModelWire.MessageOf(opened);
        message.NewProviders.Add(@event.NewProviders);
        if (@event.Model is { } model)
            message.Model = WeightsModelWire.MessageOf(model);
        ProtobufMessage.Write(message, output);
        return TakenManifest;
    }

    public void ReplayEvent(WeightsState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != TakenManifest)
            throw UnknownManifest(manifest);

        var message = ProtobufMessage.Read(BookTakenMessage.Parser, payload);
        state.Apply(new BookTaken(
            Cursor(message.Cursor),
            new UnixNanoseconds(message.At),
            message.HasDecisionId ? message.DecisionId : null,
            message.Opened is null ? null : WeightsModelWire.Of(message.Opened),
            message.Closes,
            [.. message.NewProviders],
            message.Model is null ? null : WeightsModelWire.Of(message.Model)));
    }

    public string WriteSnapshot(WeightsState state, IBufferWriter<byte> output)
    {
        var message = new WeightsStateMessage
        {
            Cursor = state.Cursor,
            Model = WeightsModelWire.MessageOf(state.Model),
            DroppedForecasts = state.DroppedForecasts,
            MostInFlight = state.MostInFlight,
        };
        foreach (var forecast in state.Forecasts.Values)
            message.Forecasts.Add(WeightsModelWire.MessageOf(forecast));
        message.Closed.Add(state.ClosedInOrder);
        foreach (var published in state.Published)
            message.Published.Add(MessageOf(published));
        message.Providers.Add(state.Providers);
        ProtobufMessage.Write(message, output);
        return StateManifest;
    }

    public WeightsState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);

        var message = ProtobufMessage.Read(WeightsStateMessage.Parser, payload);
        if (message.DroppedForecasts < 0 || message.MostInFlight < 0 || message.Forecasts.Count > WeightsState.MaxForecasts)
            throw new FormatException($"The message WeightsStateMessage counts what cannot be: {message.DroppedForecasts}, {message.MostInFlight}, {message.Forecasts.Count}.");

        var state = new WeightsState();
        foreach (var forecast in message.Forecasts)
            state.Forecasts[forecast.DecisionId] = WeightsModelWire.Of(forecast);
        foreach (var closed in message.Closed)
            state.Remember(closed);
        foreach (var published in message.Published)
            state.Publish(Of(published));
        state.Providers.UnionWith(message.Providers);
        state.Restore(Cursor(message.Cursor), WeightsModelWire.Of(message.Model), message.DroppedForecasts, message.MostInFlight);
        return state;
    }

    private static PublishedWeightsMessage MessageOf(PublishedWeights published)
    {
        var message = new PublishedWeightsMessage { Cursor = published.Cursor, At = published.At.Value, Model = WeightsModelWire.MessageOf(published.Model) };
        if (published.DecisionId is { } decisionId)
            message.DecisionId = decisionId;
        return message;
    }

    private static PublishedWeights Of(PublishedWeightsMessage message) => new(
        Cursor(message.Cursor), new UnixNanoseconds(message.At), message.HasDecisionId ? message.DecisionId : null, WeightsModelWire.Of(message.Model));

    private static long Cursor(long value) =>
        value >= 0 ? value : throw new FormatException($"The weights have the cursor {value}; the first event of a book has 1.");

    private static FormatException UnknownManifest(string manifest) => new(
        $"Weights do not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
