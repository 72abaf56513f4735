using System.Threading.Channels;
using ActorMemory.Actors;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Imports;

/// <summary>An import could not go on: says where it stopped and what to do.</summary>
internal sealed class ImportException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// Imports files of records. A file is known by its content: importing it twice adds nothing, one whose import was interrupted is
/// continued, and of one that has grown only the new lines are read. Lines are parsed ahead while earlier ones are committed, and sent in
/// order, the next ones only after the node has all of the last.
/// </summary>
internal sealed class FileImport(IPerformanceMemory memory, TimeProvider time, IImportObserver observer)
{
    private const int BatchesAhead = 2;
    private const int BatchesBetweenNotes = 16;
    private const int MaxAttempts = 8;

    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Lines of one batch; small in tests.</summary>
    public int BatchLines { get; init; } = RecordFileReader.BatchLines;

    /// <summary>Imports a file.</summary>
    /// <exception cref="ImportException">The node could not take lines, even after several attempts.</exception>
    public async Task<ImportReport> RunAsync(string path, RecordFileFormat? format, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var written = format ?? await DetectAsync(file, path, cancellationToken);
        var known = await memory.GetImportsAsync(cancellationToken);
        var fingerprint = await FileFingerprint.ReadAsync(file, known.Select(static import => import.Bytes), cancellationToken);
        var start = ImportStart.Choose(Path.GetFileName(path), fingerprint, known);
        file.Position = 0;

        var report = new ImportReport(path) { ResumedAfterLine = start.Progress.Lines, Lines = start.Progress.Lines, Bytes = fingerprint.Length };
        using var reader = new RecordFileReader(file, written, fingerprint.Length, start.Progress.Bytes, BatchLines);
        return await SendAsync(reader, start, report, began, cancellationToken);
    }

    /// <summary>Imports a stream that is read once and not known again, such as the standard input.</summary>
    public async Task<ImportReport> RunAsync(string name, Stream stream, RecordFileFormat format, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var reader = new RecordFileReader(stream, format, long.MaxValue, from: 0, BatchLines);
        return await SendAsync(reader, start: null, new ImportReport(name), began, cancellationToken);
    }

    private async Task<ImportReport> SendAsync(
        RecordFileReader reader, ImportStart? start, ImportReport report, long began, CancellationToken cancellationToken)
    {
        var ahead = Channel.CreateBounded<ImportBatch>(BatchesAhead);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(() => ReadAheadAsync(reader, ahead.Writer, stopping.Token), CancellationToken.None);
        var progress = start?.Progress;
        var sent = 0;
        try
        {
            await foreach (var batch in ahead.Reader.ReadAllAsync(cancellationToken))
            {
                var (outcome, faults) = await AddAsync(progress?.Source, batch, report, cancellationToken);
                report = report with
                {
                    Lines = Math.Max(report.Lines, LastLine(batch)),
                    Accepted = report.Accepted + outcome.Accepted,
                    Duplicates = report.Duplicates + outcome.Duplicates,
                    Rejected = report.Rejected + faults,
                    Elapsed = time.GetElapsedTime(began),
                };
                progress = progress is null ? null : Advance(progress, batch, outcome, faults);

                // The first note comes at once, because until then the file is only known by the hash of the whole, which changes when it grows.
                if (progress is not null && sent++ % BatchesBetweenNotes == 0)
                    await memory.NoteImportAsync(progress, cancellationToken);
                observer.Progressed(report, batch.End);
            }

            await reading;
        }
        finally
        {
            await stopping.CancelAsync();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        // A file of which everything is known and noted needs no note more.
        if (progress is not null && (sent > 0 || start is { IsNew: true }))
            await memory.NoteImportAsync(progress with { IsComplete = true }, cancellationToken);
        return report with { Elapsed = time.GetElapsedTime(began) };
    }

    private static async Task ReadAheadAsync(RecordFileReader reader, ChannelWriter<ImportBatch> ahead, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } batch)
                await ahead.WriteAsync(batch, cancellationToken);
        }
        catch (Exception e)
        {
            failure = e;
        }

        ahead.Complete(failure);
    }

    /// <summary>Adds a batch, again and again while the node cannot take all of it; gives the counts and the number of bad lines.</summary>
    private async Task<(AddReport Outcome, int Faults)> AddAsync(
        UInt128? source, ImportBatch batch, ImportReport report, CancellationToken cancellationToken)
    {
        foreach (var fault in batch.Faults)
            observer.Rejected(report.File, fault);

        var accepted = 0;
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await TryAddAsync(source, batch, cancellationToken);
            accepted += outcome.Accepted;
            var retryable = outcome.Failures.FirstOrDefault(static failure => failure.Cause is not PerformanceRejectedException);
            if (retryable is null)
            {
                var rejected = Report(outcome, batch, report);

                // What an earlier attempt stored is a repetition for the last one, but not for whoever started the import.
                return (outcome with { Accepted = accepted, Duplicates = outcome.Duplicates - (accepted - outcome.Accepted) }, batch.Faults.Count + rejected);
            }

            if (attempt == MaxAttempts || !IsRetryable(retryable.Cause))
            {
                throw new ImportException(
                    $"{report.File}: stopped after line {report.Lines}: {retryable.Cause.Message} Run the same command again to continue.",
                    retryable.Cause);
            }

            observer.Waiting(report.File, retryable.Cause.Message);
            await Task.Delay(s_firstWait * (1 << (attempt - 1)), time, cancellationToken);
        }
    }

    private async Task<AddReport> TryAddAsync(UInt128? source, ImportBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            if (source is { } known)
                return await memory.AddLinesAsync(known, batch.Records, cancellationToken);

            var records = new PerformanceRecord[batch.Records.Length];
            for (var i = 0; i < records.Length; i++)
                records[i] = batch.Records.Span[i].Record;
            return await memory.AddAsync(records, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not PerformanceRejectedException)
        {
            return new AddReport(0, 0, [new AddFailure(0, e)]);
        }
    }

    private int Report(AddReport outcome, ImportBatch batch, ImportReport report)
    {
        foreach (var failure in outcome.Failures)
        {
            if (failure.Cause is PerformanceRejectedException { Error: PerformanceError.LinesMissing })
                throw new ImportException($"{report.File}: {failure.Cause.Message} Is the same file being imported twice at once?", failure.Cause);
            observer.Rejected(report.File, new LineFault(batch.Records.Span[failure.Index].Line, failure.Cause.Message));
        }

        return outcome.Failures.Count;
    }

    private static bool IsRetryable(Exception cause) => cause switch
    {
        NodeProblemException problem => problem.IsRetryable,
        JournalException journal => journal.Error is JournalError.Timeout or JournalError.Conflict or JournalError.Fenced or JournalError.Unavailable,
        AskTimeoutException => true,
        _ => false,
    };

    private static long LastLine(ImportBatch batch)
    {
        var record = batch.Records.IsEmpty ? 0 : batch.Records.Span[^1].Line;
        return Math.Max(record, batch.Faults is [.., var fault] ? fault.Line : 0);
    }

    private static ImportProgress Advance(ImportProgress progress, ImportBatch batch, AddReport outcome, int faults) => progress with
    {
        Bytes = batch.End,
        Prefix = batch.Prefix,
        Lines = batch.Lines,
        Accepted = progress.Accepted + outcome.Accepted,
        Duplicates = progress.Duplicates + outcome.Duplicates,
        Rejected = progress.Rejected + faults,
    };

    private static async Task<RecordFileFormat> DetectAsync(FileStream file, string path, CancellationToken cancellationToken)
    {
        if (Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase))
            return RecordFileFormat.Csv;

        var start = new byte[64];
        var count = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        return Detect(path, start.AsSpan(0, count));
    }

    /// <summary>Tells from the first bytes how a file is written.</summary>
    /// <exception cref="ImportException">It is neither NDJSON nor CSV.</exception>
    public static RecordFileFormat Detect(string path, ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("\uFEFF"u8))
            start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        return start switch
        {
            [] or [(byte)'{', ..] => RecordFileFormat.NdJson,
            [(byte)'[', ..] => throw new ImportException(
                $"{path}: it begins with '[', so it is a JSON array; import takes one record a line. Convert it with: jq -c '.[]' {path}"),
            [0x1F, 0x8B, ..] => throw new ImportException($"{path}: it is compressed; unpack it first, for instance: gunzip -c {path} | actormemory import -"),
            _ => RecordFileFormat.Csv,
        };
    }
}
