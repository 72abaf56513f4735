using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>Where an actor under test sends its answer, and expectations about it.</summary>
public sealed class ReplyProbe<TReply>(ActorSystem system) : IReplyTo<TReply>
{
    private readonly Inbox _inbox = new(system);

    /// <summary>How long an expectation waits.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Answers that have arrived and are not yet expected.</summary>
    public int Waiting => _inbox.Count;

    /// <inheritdoc />
    public void Reply(TReply reply) => _inbox.Add(reply);

    /// <inheritdoc />
    public void Fail(Exception cause) => _inbox.Add(new Failure(cause));

    /// <summary>The answer.</summary>
    /// <exception cref="ExpectationFailedException">A failure came, or nothing.</exception>
    public async Task<TReply> ExpectReplyAsync() => await NextAsync("a reply") switch
    {
        TReply reply => reply,
        Failure failure => throw new ExpectationFailedException($"Expected a reply but got a failure: {failure.Cause.Message}", failure.Cause),
        var other => throw new ExpectationFailedException($"Expected a {typeof(TReply).Name} but got '{other}'."),
    };

    /// <summary>The answer, which must be a failure.</summary>
    /// <exception cref="ExpectationFailedException">Another failure came, a reply, or nothing.</exception>
    public async Task<TException> ExpectFailureAsync<TException>()
        where TException : Exception => await NextAsync("a failure") switch
        {
            Failure { Cause: TException cause } => cause,
            Failure failure => throw new ExpectationFailedException(
                $"Expected a {typeof(TException).Name} but got a {failure.Cause.GetType().Name}.", failure.Cause),
            var reply => throw new ExpectationFailedException($"Expected a {typeof(TException).Name} but got the reply '{reply}'."),
        };

    /// <summary>No answer comes for a while.</summary>
    /// <exception cref="ExpectationFailedException">One came.</exception>
    public async Task ExpectNothingAsync(TimeSpan during)
    {
        var (came, item) = await _inbox.NextAsync(during);
        if (came)
            throw new ExpectationFailedException($"Expected no answer but got '{item}'.");
    }

    private async Task<object?> NextAsync(string expected)
    {
        var (came, item) = await _inbox.NextAsync(Patience);
        return came ? item : throw new ExpectationFailedException($"Expected {expected} within {Patience.TotalSeconds:0.###} s but nothing came.");
    }

    private sealed record Failure(Exception Cause);
}
