using System.Runtime.InteropServices;
using ActorMemory.Performance;

namespace ActorMemory.Vectors;

/// <summary>
/// Vectors of one length with what they are about, in columns: what can be filtered by is looked at before any vector is. An id that comes again is replaced
/// in its place.
/// </summary>
internal sealed class VectorBlock(int dimensions)
{
    // A dictionary entry, a place in each column, headers of a string and an array.
    private const int BytesPerVector = 168;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<Row> _rows = [];
    private readonly List<sbyte> _outcomes = [];
    private readonly List<long> _moments = [];

    internal int Dimensions => dimensions;

    internal int Count => _rows.Count;

    internal VectorRows Vectors { get; } = new(dimensions);

    internal LabelColumn AssetPairs { get; } = new();

    internal LabelColumn Regimes { get; } = new();

    internal LabelColumn Providers { get; } = new();

    /// <summary>1 for a profit, 0 for none, -1 where nobody said.</summary>
    internal ReadOnlySpan<sbyte> Outcomes => CollectionsMarshal.AsSpan(_outcomes);

    /// <summary>When it happened, else when it was added.</summary>
    internal ReadOnlySpan<long> Moments => CollectionsMarshal.AsSpan(_moments);

    /// <summary>The memory that the block takes.</summary>
    internal long Bytes => Vectors.Bytes + DocumentBytes + ((long)Count * BytesPerVector);

    /// <summary>What it takes when it is written, at most.</summary>
    internal long StoredBytes { get; private set; }

    private long DocumentBytes { get; set; }

    /// <summary>What a row holds.</summary>
    internal StoredVector this[int row] => new(RecordOf(row), Vectors[row].ToArray(), AddedAt(row));

    internal VectorRecord RecordOf(int row)
    {
        var (id, document, at, _) = _rows[row];
        return new VectorRecord(id, document.Text, LabelsOf(row, at), document.Metadata);
    }

    internal string IdOf(int row) => _rows[row].Id;

    internal UnixNanoseconds AddedAt(int row) => _rows[row].AddedAt;

    /// <summary>The row of an id; -1 if there is none.</summary>
    internal int Find(string id) => _places.TryGetValue(id, out var row) ? row : -1;

    /// <summary>Whether a row holds exactly this.</summary>
    internal bool Holds(int row, VectorRecord record, ReadOnlySpan<float> values) =>
        Vectors[row].SequenceEqual(values)
        && _rows[row].Document.IsSame(new VectorDocument(record.Text, record.Metadata))
        && LabelsOf(row, _rows[row].At) == record.Labels;

    /// <summary>Adds a vector at the end, or puts it where its id is.</summary>
    internal void Put(StoredVector stored)
    {
        var (record, labels) = (stored.Record, stored.Record.Labels);
        var row = new Row(record.Id, new VectorDocument(record.Text, record.Metadata), labels.At, stored.AddedAt);
        var outcome = labels.WasProfitable switch { true => (sbyte)1, false => (sbyte)0, null => (sbyte)-1 };
        var moment = (labels.At ?? stored.AddedAt).Value;
        StoredBytes += StoredBytesOf(row, labels);
        if (_places.TryGetValue(record.Id, out var place))
        {
            DocumentBytes += row.Document.Bytes - _rows[place].Document.Bytes;
            StoredBytes -= StoredBytesOf(_rows[place], LabelsOf(place, null));
            Vectors.Set(place, stored.Values.Span);
            AssetPairs.Set(place, labels.AssetPair);
            Regimes.Set(place, labels.Regime);
            Providers.Set(place, labels.Provider);
            (_rows[place], _outcomes[place], _moments[place]) = (row, outcome, moment);
            return;
        }

        DocumentBytes += row.Document.Bytes + (record.Id.Length * sizeof(char));
        _places.Add(record.Id, Count);
        Vectors.Add(stored.Values.Span);
        AssetPairs.Add(labels.AssetPair);
        Regimes.Add(labels.Regime);
        Providers.Add(labels.Provider);
        _outcomes.Add(outcome);
        _moments.Add(moment);
        _rows.Add(row);
    }

    private long StoredBytesOf(in Row row, VectorLabels labels) =>
        64 + ((long)dimensions * sizeof(float)) + row.Document.Bytes
        + (3L * (row.Id.Length + (labels.AssetPair?.Length ?? 0) + (labels.Regime?.Length ?? 0) + (labels.Provider?.Length ?? 0)));

    private VectorLabels LabelsOf(int row, UnixNanoseconds? at) => new(
        AssetPairs[row], Regimes[row], Providers[row], _outcomes[row] < 0 ? null : _outcomes[row] == 1, at);

    private readonly record struct Row(string Id, VectorDocument Document, UnixNanoseconds? At, UnixNanoseconds AddedAt);
}
