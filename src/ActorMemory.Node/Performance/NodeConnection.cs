using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using ActorMemory.KnownTime;
using ActorMemory.Node.Http;
using ActorMemory.Node.Portfolio;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>A node answered with an error, or not at all.</summary>
internal sealed class NodeProblemException(string message, bool isRetryable, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Whether the same may succeed later.</summary>
    public bool IsRetryable { get; } = isRetryable;
}

/// <summary>Talks to a node over HTTP, and makes exceptions of its problems.</summary>
internal sealed class NodeConnection(Uri node, string? apiKey) : IDisposable
{
    // Not redirected: the key goes to the node that was named and nowhere else.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = node,
        Timeout = TimeSpan.FromMinutes(5),
        DefaultRequestHeaders = { Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey) },
    };

    /// <summary>Asks, and gives the answer as JSON.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) => AskAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Asks with a body, and gives the answer as JSON.</summary>
    /// <exception cref="NodeProblemException">The node answers with an error, or not at all.</exception>
    public async Task<JsonElement> AskAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, cancellationToken);
        await ThrowUnlessOkAsync(answer, cancellationToken);
        using var document = await ReadAsync(answer, cancellationToken);
        return document.RootElement.Clone();
    }

    /// <summary>Sends, and gives the answer whatever its status.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            var why = e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? "nobody listens there; start a node with 'serve', or check --url"
                : e.Message;
            throw new NodeProblemException($"{node}: {why}.", isRetryable: true, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NodeProblemException($"{node}: no answer within {_http.Timeout.TotalSeconds:0} s.", isRetryable: true, e);
        }
    }

    /// <summary>Makes an exception of an error.</summary>
    public async Task ThrowUnlessOkAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
            return;
        if (!IsProblem(answer))
        {
            throw new NodeProblemException(
                $"{node}: it answered {(int)answer.StatusCode} without saying why; is it an ActorMemory node?", isRetryable: false);
        }

        using var document = await ReadAsync(answer, cancellationToken);
        throw Explain(answer, document.RootElement);
    }

    /// <summary>What a problem is on this side.</summary>
    public Exception Explain(HttpResponseMessage answer, JsonElement problem)
    {
        var (code, detail) = (AnswerReader.Text(problem, "code"), AnswerReader.Text(problem, "detail"));
        if (PortfolioProblem.Read(code, detail) is { } portfolio)
            return portfolio;
        return answer.StatusCode switch
        {
            HttpStatusCode.UnprocessableEntity when code == Problem.UnknownMoment => new KnownTimeException(detail),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest =>
                new PerformanceRejectedException(new PerformanceRejected(PerformanceError.Invalid, detail)),
            HttpStatusCode.Conflict when code == "lines_missing" =>
                new PerformanceRejectedException(new PerformanceRejected(PerformanceError.LinesMissing, detail)),
            _ => new NodeProblemException($"{node}: {detail}", isRetryable: answer.Headers.RetryAfter is not null),
        };
    }

    /// <summary>The code of a problem; empty if the answer is none.</summary>
    public static async Task<string> CodeOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!IsProblem(answer))
            return "";

        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        using var document = await ReadAsync(answer, cancellationToken);
        return AnswerReader.Text(document.RootElement, "code");
    }

    /// <summary>Whether an answer is an error that says why.</summary>
    public static bool IsProblem(HttpResponseMessage answer) => answer.Content.Headers.ContentType?.MediaType == Problem.ContentType;

    /// <summary>The body of an answer.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);

    /// <summary>The address of the node.</summary>
    public override string ToString() => node.ToString();

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
