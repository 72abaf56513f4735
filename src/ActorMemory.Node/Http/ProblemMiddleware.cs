using ActorMemory.Node.Http.Security;

namespace ActorMemory.Node.Http;

/// <summary>Makes a problem of every error, whoever found it: the endpoints, routing, or nobody.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.Set(context);
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            SecurityHeaders.Set(context);
            await Explain(e, context).WriteAsync(context);
            return;
        }

        if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null or 0)
            await OfStatus(context).WriteAsync(context);
    }

    private Problem Explain(Exception exception, HttpContext context)
    {
        var problem = Problem.Of(exception);
        if (problem is null)
        {
            Unforeseen(logger, context.Request.Method, context.Request.Path.ToUriComponent(), context.TraceIdentifier, exception);
            return new Problem(
                StatusCodes.Status500InternalServerError, "defect",
                $"the node has a defect; its log tells more under {context.TraceIdentifier}. Nothing is known to be stored.");
        }

        if (problem.Status >= 500)
            Failed(logger, context.Request.Method, context.Request.Path.ToUriComponent(), problem.Status, problem.Detail);
        return problem;
    }

    private static Problem OfStatus(HttpContext context)
    {
        var path = Query.Shown(context.Request.Path.Value ?? "/");
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem(
                404, "not_found", $"there is nothing at {path}; all addresses are described at /openapi/v1.json."),
            StatusCodes.Status405MethodNotAllowed => new Problem(
                405, "method_not_allowed", $"{path} does not take {Query.Shown(context.Request.Method)}; it takes {context.Response.Headers.Allow}."),
            var status => new Problem(status, "bad_request", $"{path} cannot be answered like this; see /openapi/v1.json."),
        };
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Method} {Path} ({TraceId}) failed unforeseen")]
    private static partial void Unforeseen(ILogger logger, string method, string path, string traceId, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Method} {Path}: {Status}, {Detail}")]
    private static partial void Failed(ILogger logger, string method, string path, int status, string detail);
}
