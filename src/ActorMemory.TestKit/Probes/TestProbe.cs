using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>
/// An address to hand to actors under test, and expectations about what arrives there. Waiting follows the actor system's time: under a
/// simulation it costs none of ours.
/// </summary>
public sealed class TestProbe<TMessage>
{
    private readonly Inbox _inbox;
    private readonly ProbeRef<TMessage> _ref;

    /// <summary>Makes a probe.</summary>
    public TestProbe(ActorSystem system, string name = "probe")
    {
        _inbox = new Inbox(system);
        _ref = new ProbeRef<TMessage>(system, name, _inbox);
    }

    /// <summary>The address of the probe.</summary>
    public ActorRef<TMessage> Ref => _ref;

    /// <summary>How long an expectation waits when it is given no time of its own.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Messages and terminations that have arrived and are not yet expected.</summary>
    public int Waiting => _inbox.Count;

    /// <summary>The next message, which must be a <typeparamref name="TExpected"/>.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing.</exception>
    public async Task<TExpected> ExpectMessageAsync<TExpected>(TimeSpan? within = null)
        where TExpected : TMessage
    {
        var item = await NextAsync(typeof(TExpected).Name, within);
        return item is TExpected expected
            ? expected
            : throw new ExpectationFailedException($"Expected a {typeof(TExpected).Name} but got {Show(item)}.");
    }

    /// <summary>The next message, which must equal <paramref name="expected"/>.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing.</exception>
    public async Task ExpectAsync(TMessage expected, TimeSpan? within = null)
    {
        var item = await NextAsync(Show(expected), within);
        if (!Equals(item, expected))
            throw new ExpectationFailedException($"Expected {Show(expected)} but got {Show(item)}.");
    }

    /// <summary>The next messages, as many as are asked for.</summary>
    /// <exception cref="ExpectationFailedException">Too few came in time, or something that is no message.</exception>
    public async Task<IReadOnlyList<TMessage>> ReceiveAsync(int count, TimeSpan? within = null)
    {
        var messages = new List<TMessage>(count);
        while (messages.Count < count)
            messages.Add(await ExpectMessageAsync<TMessage>(within));
        return messages;
    }

    /// <summary>The first message that is wanted; those before it are dropped.</summary>
    /// <exception cref="ExpectationFailedException">None came in time.</exception>
    public async Task<TExpected> FishForAsync<TExpected>(Func<TExpected, bool>? wanted = null, TimeSpan? within = null)
        where TExpected : TMessage
    {
        while (true)
        {
            var item = await NextAsync($"a certain {typeof(TExpected).Name}", within);
            if (item is TExpected message && (wanted is null || wanted(message)))
                return message;
        }
    }

    /// <summary>Nothing arrives for a while.</summary>
    /// <exception cref="ExpectationFailedException">Something came.</exception>
    public async Task ExpectNoMessageAsync(TimeSpan? during = null)
    {
        var (came, item) = await _inbox.NextAsync(during ?? Patience);
        if (came)
            throw new ExpectationFailedException($"Expected nothing but got {Show(item)}.");
    }

    /// <summary>From now on the end of an actor arrives here, in its place among the messages.</summary>
    public void Watch(ActorRef actor) => actor.AddWatcher(_ref);

    /// <summary>Undoes <see cref="Watch"/>.</summary>
    public void Unwatch(ActorRef actor) => actor.RemoveWatcher(_ref);

    /// <summary>The next thing that arrives is the end of a watched actor.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing.</exception>
    public async Task ExpectTerminatedAsync(ActorRef actor, TimeSpan? within = null)
    {
        var item = await NextAsync($"the end of {actor}", within);
        if (item is not Terminated terminated || terminated.Actor != actor)
            throw new ExpectationFailedException($"Expected the end of {actor} but got {Show(item)}.");
    }

    private async Task<object?> NextAsync(string expected, TimeSpan? within)
    {
        var wait = within ?? Patience;
        var (came, item) = await _inbox.NextAsync(wait);
        return came ? item : throw new ExpectationFailedException($"Expected {expected} within {wait.TotalSeconds:0.###} s but nothing came.");
    }

    private static string Show(object? item) => item is null ? "null" : $"{item.GetType().Name} '{item}'";
}
