using ActorMemory.Actors;
using Microsoft.AspNetCore.Connections;

namespace ActorMemory.Node.Http.Standstill;

/// <summary>Ends a connection when the process has stood still since it was opened, and everything that was asked on it.</summary>
internal sealed class ConnectionWaking(Waking waking)
{
    public static ConnectionAbortedException Over => new("The node stood still, and what was asked before is not begun: send it again.");

    /// <summary>Serves a connection until the process stands still.</summary>
    public static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        await using var ending = connection.Features.Get<ConnectionWaking>()?.AbortWhenOver(connection) ?? default;
        await next(connection);
    }

    /// <summary>
    /// Answers a request unless the process has stood still since the connection was opened. The request may have come before that, or may be read only now:
    /// who sent it finds the connection closed, and sends it again.
    /// </summary>
    public static Task AnswerAsync(HttpContext context, RequestDelegate next) =>
        context.Features.Get<ConnectionWaking>() is { } connection ? connection.AnswerUnlessOverAsync(context, next) : next(context);

    private CancellationTokenRegistration AbortWhenOver(ConnectionContext connection) =>
        waking.Ended.UnsafeRegister(static connection => ((ConnectionContext)connection!).Abort(Over), connection);

    private async Task AnswerUnlessOverAsync(HttpContext context, RequestDelegate next)
    {
        if (!waking.IsOver)
        {
            var caller = context.RequestAborted;
            using var aborted = CancellationTokenSource.CreateLinkedTokenSource(caller, waking.Ended);
            context.RequestAborted = aborted.Token;
            try
            {
                await next(context);
            }
            finally
            {
                context.RequestAborted = caller;
            }
        }

        if (waking.IsOver)
            context.Abort();
    }
}
