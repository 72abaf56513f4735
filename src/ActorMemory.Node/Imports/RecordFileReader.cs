using System.Security.Cryptography;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Imports;

/// <summary>How a file of records is written.</summary>
internal enum RecordFileFormat
{
    /// <summary>One JSON object a line.</summary>
    NdJson,

    /// <summary>A header that names the fields, and rows.</summary>
    Csv,
}

/// <summary>Reads a file of records in batches, from some line on.</summary>
internal sealed class RecordFileReader : IDisposable
{
    /// <summary>Lines of one batch.</summary>
    public const int BatchLines = 16_384;

    private const int MaxLine = 64 * 1024;
    private const int WindowBytes = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly RecordFileFormat _format;
    private readonly ByteWindow _window;
    private readonly LineReader _lines;
    private readonly RecordParser _parser = new();
    private readonly long _from;
    private readonly int _batchLines;
    private CsvRecords? _csv;
    private bool _isOver;
    private long _wholeLines, _end;
    private UInt128 _prefix;

    /// <summary>Starts at the beginning of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="length">How much of it to read: a file may grow meanwhile.</param>
    /// <param name="from">Lines that end at or before this byte are passed over.</param>
    /// <param name="batchLines">Lines of one batch.</param>
    public RecordFileReader(Stream file, RecordFileFormat format, long length, long from, int batchLines = BatchLines)
    {
        (_format, _from, _batchLines) = (format, from, batchLines);
        _window = new ByteWindow(file, WindowBytes, length, _hash);
        _lines = new LineReader(_window, MaxLine, quoted: format == RecordFileFormat.Csv);
    }

    /// <summary>The next lines; null at the end.</summary>
    /// <exception cref="CsvHeaderException">The file has no header that fits.</exception>
    public async ValueTask<ImportBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_isOver)
            return null;

        var records = new List<RecordLine>(_batchLines);
        var faults = new List<LineFault>();
        var taken = 0;
        while (taken < _batchLines)
        {
            if (!_lines.TryNext(out var line))
            {
                NoteEnd();
                if (await _lines.FillAsync(cancellationToken))
                    continue;
                _isOver = true;
                break;
            }

            if (!IsHeader(line) && line.End > _from)
            {
                Parse(line, records, faults);
                taken++;
            }
        }

        if (!_isOver)
            NoteEnd();
        return taken == 0 && _isOver ? null : new ImportBatch(records.ToArray(), faults, _wholeLines, _end, _prefix);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _window.Dispose();
        _hash.Dispose();
    }

    // While all that was consumed are whole lines, the hash of what was consumed is the hash of the lines.
    private void NoteEnd()
    {
        _window.HashConsumed();
        if (_window.Position == _lines.WholeEnd)
            (_wholeLines, _end, _prefix) = (_lines.WholeLines, _lines.WholeEnd, FileFingerprint.Current(_hash));
    }

    private bool IsHeader(RecordText line)
    {
        if (_format != RecordFileFormat.Csv || _csv is not null)
            return false;

        _csv = new CsvRecords(line.Text);
        return true;
    }

    private void Parse(RecordText line, List<RecordLine> records, List<LineFault> faults)
    {
        if (line.IsTooLong)
        {
            faults.Add(new LineFault(line.Number, $"it is longer than {MaxLine} bytes; a record takes less than 2,000."));
            return;
        }

        RecordFault? fault;
        var record = _csv is null ? _parser.Parse(line.Text.Span, out fault) : _csv.Parse(line.Text, out fault);
        if (record is not null)
            records.Add(new RecordLine(line.Number, record));
        else
            faults.Add(new LineFault(line.Number, fault?.Message ?? ""));
    }
}
