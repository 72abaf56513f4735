using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>What a bucket of vectors does.</summary>
internal sealed class VectorBucketBehavior : IEventSourcedBehavior<VectorBucket, VectorCommand, VectorsStored>
{
    /// <inheritdoc/>
    public VectorBucket Create(string persistenceId) => VectorIds.TryBucket(persistenceId, out var number)
        ? new VectorBucket(number)
        : throw new FormatException($"'{persistenceId}' is not the persistence id of a bucket of vectors (vectors|portfolio|model|0 to 31).");

    /// <inheritdoc/>
    public Decision<VectorsStored> Decide(VectorBucket state, VectorCommand command, in CommandContext context) => command switch
    {
        StoreVectors store => Store(state, store.Vectors, new UnixNanoseconds(context.Now)),
        GetSimilar find => Decision.Reply<VectorsStored>(Find(state, find.Search)),
        GetVectorCount => Decision.Reply<VectorsStored>(new VectorCount(state.Block?.Count ?? 0)),
        _ => throw new ArgumentException($"A bucket of vectors does not know the command {command.GetType().Name}.", nameof(command)),
    };

    /// <inheritdoc/>
    public void Apply(VectorBucket state, VectorsStored @event)
    {
        foreach (var stored in @event.Vectors)
            state.Put(stored);
    }

    /// <inheritdoc/>
    public long SizeOf(VectorBucket state) => state.Bytes;

    private static Decision<VectorsStored> Store(VectorBucket state, IReadOnlyList<NewVector> vectors, UnixNanoseconds now)
    {
        if (FindFault(state, vectors) is { } fault)
            return Refuse(fault);

        var (added, replaced) = (0, 0);
        var stored = new List<StoredVector>();
        var seen = new Dictionary<string, UnixNanoseconds>(StringComparer.Ordinal);
        foreach (var (record, values, knownAt) in vectors)
        {
            var row = state.Block?.Find(record.Id) ?? -1;
            var isRepeated = seen.TryGetValue(record.Id, out var addedAt);
            if (!isRepeated && row >= 0 && state.Block?.Holds(row, record, values.Span) == true)
                continue;
            if (!isRepeated)
                addedAt = row >= 0 && state.Block is { } block ? block.AddedAt(row) : knownAt ?? now;
            if (isRepeated || row >= 0)
                replaced++;
            else
                added++;
            seen[record.Id] = addedAt;
            stored.Add(new StoredVector(record, values, addedAt));
        }

        var receipt = new StoreReceipt(added, replaced, vectors.Count - stored.Count);
        return stored.Count == 0 ? Decision.Reply<VectorsStored>(receipt) : Decision.Persist(new VectorsStored(stored), receipt);
    }

    private static object Find(VectorBucket state, VectorSearch search)
    {
        if (VectorLimits.FindFault(search) is { } fault)
            return Refusal(fault);
        if (state.Block is not { } block)
            return new SimilarFound([]);
        return search.Values.Length == block.Dimensions
            ? new SimilarFound(NearestRows.In(block, search))
            : Refusal(Text($"the vector of the question has {search.Values.Length} dimensions, those of the model have {block.Dimensions}: ask with a vector of the same model."));
    }

    private static string? FindFault(VectorBucket state, IReadOnlyList<NewVector> vectors)
    {
        if (vectors.Count == 0)
            return null;
        var dimensions = state.Block?.Dimensions ?? vectors[0].Values.Length;
        long bytes = 0;
        foreach (var (record, values, _) in vectors)
        {
            if ((VectorLimits.FindFault(record) ?? VectorLimits.FindFault(values.Span, $"vector '{record.Id}'")) is { } fault)
                return fault;
            if (values.Length != dimensions)
                return Text($"vector '{record.Id}' has {values.Length} dimensions, those of the model have {dimensions}: vectors of different models are not mixed.");
            if (VectorIds.BucketOf(record.Id) != state.Number)
                return Text($"vector '{record.Id}' belongs into bucket {VectorIds.BucketOf(record.Id)}, not {state.Number}.");
            bytes += VectorLimits.StoredBytes(record, dimensions);
        }

        if (bytes > VectorLimits.MaxCommandBytes && vectors.Count > 1)
            return Text($"{vectors.Count} vectors have {bytes} bytes; at most {VectorLimits.MaxCommandBytes} can be stored at once. Send fewer.");
        return state.StoredBytes + bytes <= VectorLimits.MaxBucketBytes
            ? null
            : Text($"bucket {state.Number} of the model is full: {state.Block?.Count} vectors with {state.StoredBytes} bytes, and {VectorLimits.MaxBucketBytes} are the most. Use another portfolio.");
    }

    private static Decision<VectorsStored> Refuse(string fault) => Decision.Reply<VectorsStored>(Refusal(fault));

    private static VectorsRefused Refusal(string fault) => new(PortfolioError.Invalid, fault);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
