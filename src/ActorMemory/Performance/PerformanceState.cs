using System.Runtime.InteropServices;

namespace ActorMemory.Performance;

/// <summary>
/// What is kept in memory of a performance key: the columns that statistics need of each retained record, the latest whole record, the
/// last record ids (1,024, and of the last minute up to 16,384), and how far imports of files have come.
/// </summary>
public sealed class PerformanceState
{
    /// <summary>How many record ids of a key are remembered to recognise repetitions, however old.</summary>
    internal const int LeastRecentIds = 1024;

    /// <summary>How many record ids of the last minute are remembered, in 288 KiB.</summary>
    internal const int MostRecentIds = 16_384;

    // The objects beside the columns, as measured: the state, the latest record, the column and id containers, array headers.
    private const int FixedBytes = 768;

    private LatestMinute _minute;
    private List<OtherLabel>? _otherLabels;
    private List<ImportMark>? _imports;

    internal PerformanceState(PerformanceKey key) => Key = key;

    /// <summary>The key.</summary>
    public PerformanceKey Key { get; }

    /// <summary>How many records were ever added: the number of the latest.</summary>
    public long TotalRecords { get; private set; }

    /// <summary>The number of the oldest retained record; one more than <see cref="TotalRecords"/> if there is none.</summary>
    public long RetainFrom => TotalRecords - Columns.Count + 1;

    /// <summary>How many records are retained.</summary>
    public int RetainedRecords => Columns.Count;

    /// <summary>The record added last; null without records.</summary>
    public PerformanceRecord? Latest { get; private set; }

    internal RetainedColumns Columns { get; } = new();

    internal RecentRecordIds RecentIds { get; } = new();

    internal ref LatestMinute Minute => ref _minute;

    internal ReadOnlySpan<OtherLabel> OtherLabels => CollectionsMarshal.AsSpan(_otherLabels);

    internal ReadOnlySpan<ImportMark> Imports => CollectionsMarshal.AsSpan(_imports);

    internal long EstimatedBytes =>
        FixedBytes
        + (long)Columns.Capacity * RetainedColumns.BytesPerRecord
        + (long)RecentIds.Capacity * RecentRecordIds.BytesPerId
        + (_otherLabels?.Capacity ?? 0) * 16L
        + (_imports?.Capacity ?? 0) * 32L;

    /// <summary>The number of a record that came under this id, or 0 if the id is not among the last.</summary>
    internal long NumberOf(RecordId id)
    {
        var age = RecentIds.AgeOf(id.Value);
        return age < 0 ? 0 : TotalRecords - age;
    }

    /// <summary>The last line seen of a file; 0 for none.</summary>
    internal long LastLineOf(UInt128 source)
    {
        foreach (var mark in Imports)
            if (mark.Source == source)
                return mark.Line;

        return 0;
    }

    /// <summary>The meta-label of a retained record.</summary>
    /// <param name="index">Its place among the retained records, from 0 for the oldest.</param>
    internal long? LabelAt(int index) => (Columns.Flags[index] & RecordFlags.LabelMask) switch
    {
        0 => null,
        RecordFlags.LabelZero => 0,
        RecordFlags.LabelOne => 1,
        _ => OtherLabelOf(RetainFrom + index),
    };

    internal void Append(PerformanceRecord record, long second)
    {
        var flags = RecordFlags.Of(record);
        TotalRecords++;
        Columns.Append(record.ReturnValue, record.EnsembleReturn, flags);
        Remember(record.RecordId.Value, second);
        if ((flags & RecordFlags.LabelMask) == RecordFlags.LabelOther)
            AppendOtherLabel(TotalRecords, record.MetaLabel.GetValueOrDefault());

        Latest = record;
    }

    /// <summary>Makes room for records and gives their columns to be filled; ids, other labels and the latest record follow.</summary>
    internal void Append(int count, out Span<double> returns, out Span<double> ensembleReturns, out Span<byte> flags)
    {
        TotalRecords += count;
        Columns.Append(count, out returns, out ensembleReturns, out flags);
    }

    /// <summary>Remembers the id of a record.</summary>
    /// <param name="id">The id.</param>
    /// <param name="second">The second since 1970 in which it came; 0 if it is not known or of no matter, as in imports, which remember lines.</param>
    internal void Remember(UInt128 id, long second)
    {
        if (second > 0)
            _minute.Add(second);
        RecentIds.Add(id, Math.Clamp(_minute.Total, LeastRecentIds, MostRecentIds));
    }

    internal void AppendOtherLabel(long recordNumber, long label) => (_otherLabels ??= []).Add(new OtherLabel(recordNumber, label));

    internal void SetLatest(PerformanceRecord record) => Latest = record;

    internal void Mark(ImportMark import)
    {
        _imports ??= new List<ImportMark>(1);
        foreach (ref var mark in CollectionsMarshal.AsSpan(_imports))
        {
            if (mark.Source != import.Source)
                continue;

            mark = mark with { Line = Math.Max(mark.Line, import.Line) };
            return;
        }

        _imports.Add(import);
    }

    /// <summary>Drops the records before a number from what is retained.</summary>
    internal void DropBefore(long retainFrom)
    {
        Columns.DropOldest((int)Math.Clamp(retainFrom - RetainFrom, 0, Columns.Count));
        if (_otherLabels is null)
            return;

        // Dead labels are never looked at; they go when they are at least half, so that each is moved once on average.
        var place = OtherLabels.BinarySearch(new OtherLabel(RetainFrom, 0));
        var dead = place < 0 ? ~place : place;
        if (dead * 2 >= _otherLabels.Count)
            _otherLabels.RemoveRange(0, dead);
    }

    /// <summary>Starts from a snapshot.</summary>
    internal void Restore(long recordsBefore) => TotalRecords = recordsBefore;

    private long OtherLabelOf(long recordNumber)
    {
        var place = OtherLabels.BinarySearch(new OtherLabel(recordNumber, 0));
        return OtherLabels[place].Label;
    }
}

/// <summary>A meta-label other than 0 and 1, beside the columns because it is rare.</summary>
internal readonly record struct OtherLabel(long RecordNumber, long Label) : IComparable<OtherLabel>
{
    public int CompareTo(OtherLabel other) => RecordNumber.CompareTo(other.RecordNumber);
}
