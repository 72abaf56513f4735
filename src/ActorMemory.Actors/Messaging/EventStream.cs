using System.Collections.Immutable;

namespace ActorMemory.Actors;

/// <summary>Publishes what happens inside an actor system to whoever subscribed to its type.</summary>
public sealed class EventStream
{
    private ImmutableArray<Subscription> _subscriptions = [];

    /// <summary>
    /// Calls <paramref name="handler"/> for every published <typeparamref name="TEvent"/>, subtypes included, on the publisher's thread:
    /// it must be quick and must not throw. Dispose the result to unsubscribe.
    /// </summary>
    public IDisposable Subscribe<TEvent>(Action<TEvent> handler)
    {
        var subscription = new Subscription(this, published =>
        {
            if (published is TEvent wanted)
                handler(wanted);
        });
        ImmutableInterlocked.Update(ref _subscriptions, static (all, added) => all.Add(added), subscription);
        return subscription;
    }

    /// <summary>Publishes an event.</summary>
    public void Publish(object published)
    {
        foreach (var subscription in _subscriptions)
            subscription.Handle(published);
    }

    private sealed class Subscription(EventStream stream, Action<object> handle) : IDisposable
    {
        public Action<object> Handle { get; } = handle;

        public void Dispose() =>
            ImmutableInterlocked.Update(ref stream._subscriptions, static (all, removed) => all.Remove(removed), this);
    }
}

/// <summary>How much a log event matters.</summary>
public enum LogLevel
{
    /// <summary>For whoever develops the system.</summary>
    Debug,

    /// <summary>A step of the ordinary course of things.</summary>
    Information,

    /// <summary>Something to look at soon; service goes on.</summary>
    Warning,

    /// <summary>Something failed.</summary>
    Error,
}

/// <summary>A line for the log. The kernel knows no logging library; the host subscribes and forwards.</summary>
public sealed record LogEvent(LogLevel Level, string Source, string Message, Exception? Cause = null);
