using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;

namespace ActorMemory.Node.Http.Limits;

/// <summary>
/// How many connections are open. A full house does not keep a new caller out: it closes the connection that never asked anything for the
/// longest, or else the one that has been idle for the longest. So whoever opens connections and says nothing only closes his own.
/// </summary>
internal sealed class ConnectionLimit(int most)
{
    private static readonly Meter s_meter = new("ActorMemory.Http");
    private static readonly Counter<long> s_closed = s_meter.CreateCounter<long>(
        "actormemory.http.connections_closed", description: "Connections that were closed because there were too many.");

    private readonly Lock _lock = new();
    private readonly LinkedList<OpenConnection> _silent = [];
    private readonly LinkedList<OpenConnection> _idle = [];
    private int _count;

    /// <summary>Connections that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _count;
        }
    }

    /// <summary>Serves a connection, if there is room or some can be made.</summary>
    public async Task RunAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = new OpenConnection(this, context);
        if (!TryEnter(connection))
        {
            context.Abort(new ConnectionAbortedException("All connections that are allowed are answering requests."));
            return;
        }

        context.Features.Set(connection);
        try
        {
            await next(context);
        }
        finally
        {
            Leave(connection);
        }
    }

    private bool TryEnter(OpenConnection connection)
    {
        OpenConnection? closed = null;
        lock (_lock)
        {
            if (_count >= most)
            {
                closed = (_silent.First ?? _idle.First)?.Value;
                s_closed.Add(1);
                if (closed is null)
                    return false;

                Remove(closed);
            }

            _count++;
            _silent.AddLast(connection.Place);
        }

        closed?.Context.Abort(new ConnectionAbortedException("It was idle, and another caller needed the room."));
        return true;
    }

    private void Leave(OpenConnection connection)
    {
        lock (_lock)
            Remove(connection);
    }

    private void Begin(OpenConnection connection)
    {
        lock (_lock)
        {
            if (connection.Requests++ == 0)
                connection.Place.List?.Remove(connection.Place);
        }
    }

    private void End(OpenConnection connection)
    {
        lock (_lock)
        {
            if (--connection.Requests == 0 && !connection.IsGone)
                _idle.AddLast(connection.Place);
        }
    }

    private void Remove(OpenConnection connection)
    {
        if (connection.IsGone)
            return;

        connection.IsGone = true;
        connection.Place.List?.Remove(connection.Place);
        _count--;
    }

    /// <summary>A connection and what it is doing.</summary>
    internal sealed class OpenConnection
    {
        private readonly ConnectionLimit _limit;

        public OpenConnection(ConnectionLimit limit, ConnectionContext context)
        {
            (_limit, Context) = (limit, context);
            Place = new LinkedListNode<OpenConnection>(this);
        }

        public ConnectionContext Context { get; }

        public LinkedListNode<OpenConnection> Place { get; }

        public int Requests { get; set; }

        public bool IsGone { get; set; }

        /// <summary>Notes that a request is being answered, so that the connection is not closed meanwhile.</summary>
        public static async Task DuringAsync(HttpContext context, RequestDelegate next)
        {
            var connection = context.Features.Get<OpenConnection>();
            connection?._limit.Begin(connection);
            try
            {
                await next(context);
            }
            finally
            {
                connection?._limit.End(connection);
            }
        }
    }
}
