using System.Net;
using ActorMemory.Actors;
using Microsoft.AspNetCore.Connections;

namespace ActorMemory.Node.Http.Standstill;

/// <summary>
/// Lets connections in, but none that may have waited while the process stood still: whoever opened them has asked elsewhere long ago. They are closed, until
/// the system has none left; a connection that comes later is from now.
/// </summary>
internal sealed class FreshConnections(IConnectionListenerFactory transport, Func<StandstillWatch> watch) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await transport.BindAsync(endpoint, cancellationToken), watch());

    private sealed class Listener(IConnectionListener transport, StandstillWatch watch) : IConnectionListener
    {
        private Waking _emptyIn = watch.Current;

        public EndPoint EndPoint => transport.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var waking = watch.Current;
                var accepting = transport.AcceptAsync(cancellationToken);
                // It takes what waits at once. So nothing did after the look at the watch, and what comes now has come since.
                if (!accepting.IsCompleted)
                    _emptyIn = waking;
                if (await accepting is not { } connection)
                    return null;
                if (!_emptyIn.IsOver)
                {
                    connection.Features.Set(new ConnectionWaking(_emptyIn));
                    return connection;
                }

                connection.Abort(ConnectionWaking.Over);
                await connection.DisposeAsync();
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => transport.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => transport.DisposeAsync();
    }
}
