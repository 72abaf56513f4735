namespace ActorMemory.Actors;

/// <summary>Asking an actor: a message that carries where to answer, and a task for the answer.</summary>
public static class Ask
{
    /// <summary>
    /// Sends a question, waiting while the mailbox is full, and completes with the answer.
    /// </summary>
    /// <param name="target">The actor that is asked.</param>
    /// <param name="system">The actor system whose time counts and whose dead letters get a late answer.</param>
    /// <param name="question">Makes the message from the address for the answer.</param>
    /// <param name="timeout">How long to wait; null for the system's default, which is finite.</param>
    /// <param name="cancellationToken">Gives up waiting; the question may have been taken all the same.</param>
    /// <exception cref="AskTimeoutException">No answer came in time.</exception>
    /// <exception cref="ActorTerminatedException">The actor has stopped.</exception>
    public static async Task<TReply> AskAsync<TMessage, TReply>(
        this ActorRef<TMessage> target,
        ActorSystem system,
        Func<IReplyTo<TReply>, TMessage> question,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var pending = new PendingReply<TReply>(system, target.Path);
        pending.GiveUp(timeout ?? system.Settings.AskTimeout, cancellationToken);
        return await pending.SendAsync(target, question(pending), cancellationToken);
    }
}

/// <summary>One answer that is awaited.</summary>
internal sealed class PendingReply<TReply>(ActorSystem system, string askedPath) : IReplyTo<TReply>, IHasDeadline
{
    private readonly TaskCompletionSource<TReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private ReplyDeadlines? _deadlines;
    private ReplyDeadlines.Deadline? _deadline;
    private CancellationTokenRegistration _registration;
    private TimeSpan _timeout;
    private IPlaces? _places;

    public Task<TReply> Task => _completion.Task;

    public void GiveUp(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _timeout = timeout;
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _timer = system.TimeProvider.CreateTimer(
                static pending => ((PendingReply<TReply>)pending!).TimedOut(), this, timeout, Timeout.InfiniteTimeSpan);
        }

        GiveUpWhen(cancellationToken);
    }

    /// <summary>Like the other, for many questions that wait equally long.</summary>
    public void GiveUp(ReplyDeadlines deadlines, CancellationToken cancellationToken)
    {
        _timeout = deadlines.Timeout;
        _deadlines = deadlines;
        _deadline = new ReplyDeadlines.Deadline(this);
        deadlines.Add(_deadline);
        GiveUpWhen(cancellationToken);
    }

    /// <summary>The question takes a place until it is answered, or nobody waits for that any more.</summary>
    public void TakePlace(IPlaces places)
    {
        // With a fence: either this sees that it was answered in between, or whoever answers sees the place.
        Interlocked.Exchange(ref _places, places);
        if (Task.IsCompleted)
            LeavePlace();
    }

    /// <summary>Sends the question and waits for the answer. The wait for room in the mailbox counts.</summary>
    public Task<TReply> SendAsync<TMessage>(ActorRef<TMessage> target, TMessage question, CancellationToken cancellationToken) =>
        target.TryTellInTurn(question) ? Task : SendLaterAsync(target, question, cancellationToken);

    /// <summary>The question was not sent, and nobody waits for an answer.</summary>
    public void Withdraw()
    {
        if (_completion.TrySetCanceled())
            StopWaiting();
    }

    public void Reply(TReply reply)
    {
        if (_completion.TrySetResult(reply))
            StopWaiting();
        else
            system.DeadLetters.Publish(reply, "/temp/ask of " + askedPath, DeadLetterReason.LateReply);
    }

    public void Fail(Exception cause)
    {
        if (_completion.TrySetException(cause))
            StopWaiting();
    }

    public void TimedOut()
    {
        if (_completion.TrySetException(new AskTimeoutException(askedPath, _timeout)))
            StopWaiting();
    }

    private void GiveUpWhen(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (pending, token) => ((PendingReply<TReply>)pending!).Cancelled(token), this);
        }
    }

    private async Task<TReply> SendLaterAsync<TMessage>(ActorRef<TMessage> target, TMessage question, CancellationToken cancellationToken)
    {
        await SendWhenThereIsRoomAsync(target, question, cancellationToken);
        return await Task;
    }

    private async Task SendWhenThereIsRoomAsync<TMessage>(
        ActorRef<TMessage> target, TMessage question, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_timeout, system.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await target.TellAsync(question, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The own timer or the registration on the token says which of the two it was.
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
    }

    private void Cancelled(CancellationToken token)
    {
        if (_completion.TrySetCanceled(token))
            StopWaiting();
    }

    private void StopWaiting()
    {
        _timer?.Dispose();
        if (_deadline is not null)
            _deadlines?.Remove(_deadline);
        _registration.Dispose();
        LeavePlace();
    }

    private void LeavePlace() => Interlocked.Exchange(ref _places, null)?.Leave();
}

/// <summary>A bounded number of places for questions.</summary>
internal interface IPlaces
{
    /// <summary>A question does not need its place any more.</summary>
    void Leave();
}
