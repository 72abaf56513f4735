using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ActorMemory.KnownTime;
using ActorMemory.Node.Backups;
using ActorMemory.Node.Http;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>A performance memory in another process, over HTTP.</summary>
internal sealed class PerformanceClient : PerformanceQuestions, IPerformanceMemory, IDisposable
{
    private readonly NodeConnection _node;
    private readonly RecordIdSource _ids;

    /// <summary>Names the node; nothing is sent yet.</summary>
    /// <param name="node">Its address.</param>
    /// <param name="ids">Makes ids for records that come without one.</param>
    /// <param name="apiKey">Shown to the node; null for none.</param>
    public PerformanceClient(Uri node, RecordIdSource ids, string? apiKey = null)
        : this(new NodeConnection(node, apiKey), ids)
    {
    }

    private PerformanceClient(NodeConnection node, RecordIdSource ids)
        : base(node, null) => (_node, _ids) = (node, ids);

    /// <summary>The way to the node.</summary>
    public NodeConnection Connection => _node;

    /// <inheritdoc/>
    public async Task<RecordReceipt> AddAsync(PerformanceRecord record, CancellationToken cancellationToken = default)
    {
        var report = await AddAsync(new[] { record }, cancellationToken);
        return report.Failures is [var failure, ..] ? throw failure.Cause : new RecordReceipt(0, IsDuplicate: report.Duplicates > 0);
    }

    /// <summary>Adds a record. Whether the node is busy is only known when it has answered: then the task fails.</summary>
    public Task<RecordReceipt>? TryAdd(PerformanceRecord record, CancellationToken cancellationToken = default) =>
        AddAsync(record, cancellationToken);

    /// <inheritdoc/>
    public Task<AddReport> AddAsync(ReadOnlyMemory<PerformanceRecord> records, CancellationToken cancellationToken = default)
    {
        var lines = new RecordLine[records.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            // The id is made here, so that whoever sends the same records again after a lost answer stores nothing twice.
            var record = records.Span[i];
            lines[i] = new RecordLine(i + 1, record.RecordId.IsNone ? record with { RecordId = _ids.Next() } : record);
        }

        return PostAsync("/v1/performance/records", lines, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AddReport> AddLinesAsync(UInt128 source, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken = default) =>
        lines.IsEmpty
            ? Task.FromResult(new AddReport(0, 0, []))
            : PostAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"/v1/performance/records?source={AnswerWriter.Hex(source)}&first_line={lines.Span[0].Line}"),
                lines,
                cancellationToken);

    /// <inheritdoc/>
    public async Task<PruningRun> PruneAsync(int maxRecordsPerKey, KeyFilter filter, CancellationToken cancellationToken = default)
    {
        using var body = Json(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("max_records_per_key", maxRecordsPerKey);
            foreach (var (name, value) in PartsOf(filter))
                json.WriteString(name, value);
            json.WriteEndObject();
        });
        return AnswerReader.Prune(await _node.AskAsync(HttpMethod.Post, "/v1/performance/prune", body, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task NoteImportAsync(ImportProgress progress, CancellationToken cancellationToken = default)
    {
        using var body = Json(json => AnswerWriter.Write(json, progress));
        await _node.AskAsync(HttpMethod.Put, $"/v1/performance/imports/{AnswerWriter.Hex(progress.Source)}", body, cancellationToken);
    }

    /// <inheritdoc/>
    public IPerformanceReader AsOf(KnownMoment moment) => new PerformanceQuestions(_node, moment);

    /// <summary>What is at an address.</summary>
    /// <exception cref="NodeProblemException">The node answers with an error, or not at all.</exception>
    public Task<JsonElement> AskAsync(string path, CancellationToken cancellationToken) => _node.GetAsync(path, cancellationToken);

    /// <summary>What the node holds and how it is.</summary>
    public async Task<NodeInfo> GetInfoAsync(CancellationToken cancellationToken) =>
        NodeInfo.Read(await _node.GetAsync("/v1/info", cancellationToken));

    /// <summary>Lets the node make a backup in its own folder.</summary>
    public async Task<BackupAnswer> CreateBackupAsync(CancellationToken cancellationToken) =>
        BackupAnswer.Read(await _node.AskAsync(HttpMethod.Post, "/v1/admin/backup", null, cancellationToken));

    /// <summary>Returns when the node takes records.</summary>
    /// <exception cref="NodeProblemException">It does not; the message says why.</exception>
    public Task CheckReadyAsync(CancellationToken cancellationToken) => _node.GetAsync("/health/ready", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _node.Dispose();

    private async Task<AddReport> PostAsync(string path, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken)
    {
        using var body = Lines(lines.Span);
        using var answer = await _node.SendAsync(HttpMethod.Post, path, body, cancellationToken);
        if (!answer.IsSuccessStatusCode && !NodeConnection.IsProblem(answer))
            await _node.ThrowUnlessOkAsync(answer, cancellationToken);

        using var document = await NodeConnection.ReadAsync(answer, cancellationToken);
        var json = document.RootElement;
        if (!json.TryGetProperty("accepted", out _))
            throw _node.Explain(answer, json);

        var indexes = new Dictionary<long, int>(lines.Length);
        for (var i = 0; i < lines.Length; i++)
            indexes.Add(lines.Span[i].Line, i);
        var failures = new List<AddFailure>();
        AddFailures(json, "rejected", indexes, failures, static error =>
            new PerformanceRejectedException(new PerformanceRejected(PerformanceError.Invalid, error)));
        if (!answer.IsSuccessStatusCode && answer.StatusCode is not (HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest))
        {
            var problem = _node.Explain(answer, json);
            AddFailures(json, "failed", indexes, failures, _ => problem);
            if (json.TryGetProperty("next_line", out var next))
                failures.AddRange(indexes.Where(pair => pair.Key >= next.GetInt64()).Select(pair => new AddFailure(pair.Value, problem)));
        }

        failures.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        return new AddReport(AnswerReader.Int(json, "accepted"), AnswerReader.Int(json, "duplicates"), failures);
    }

    private static void AddFailures(
        JsonElement json, string name, Dictionary<long, int> indexes, List<AddFailure> failures, Func<string, Exception> explain)
    {
        if (!json.TryGetProperty(name, out var lines))
            return;

        foreach (var line in lines.EnumerateArray())
        {
            if (indexes.TryGetValue(AnswerReader.Long(line, "line"), out var index))
                failures.Add(new AddFailure(index, explain(AnswerReader.Text(line, "error"))));
        }
    }

    // A line that is missing between two is sent as an empty one, so that the node counts as the file does.
    private static ByteArrayContent Lines(ReadOnlySpan<RecordLine> lines)
    {
        var buffer = new MemoryStream(lines.Length * 640);
        using (var json = new Utf8JsonWriter(buffer, Answer.Options))
        {
            var number = lines.IsEmpty ? 0 : lines[0].Line;
            foreach (var line in lines)
            {
                for (; number < line.Line; number++)
                    buffer.WriteByte((byte)'\n');
                RecordWriter.Write(json, line.Record);
                json.Flush();
                json.Reset();
                buffer.WriteByte((byte)'\n');
                number++;
            }
        }

        return Content(buffer, Answer.NdJson);
    }

    private static ByteArrayContent Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Answer.Options))
            write(json);
        return Content(buffer, Answer.Json);
    }

    private static ByteArrayContent Content(MemoryStream buffer, string type) =>
        new(buffer.GetBuffer(), 0, (int)buffer.Length) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}
