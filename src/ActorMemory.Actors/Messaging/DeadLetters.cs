namespace ActorMemory.Actors;

/// <summary>Why a message was not delivered.</summary>
public enum DeadLetterReason
{
    /// <summary>The recipient has stopped.</summary>
    Stopped,

    /// <summary>The recipient's mailbox is full.</summary>
    MailboxFull,

    /// <summary>The answer came after the asker had given up or had another answer.</summary>
    LateReply,
}

/// <summary>A message that was not delivered, as published on the event stream.</summary>
public sealed record DeadLetter(object? Message, string Recipient, DeadLetterReason Reason);

/// <summary>Counts undelivered messages, publishes them, and logs the first ones after each quiet while.</summary>
public sealed class DeadLetters
{
    private static readonly int ReasonCount = Enum.GetValues<DeadLetterReason>().Length;

    private readonly ActorSystem _system;
    private readonly long[] _counts = new long[ReasonCount];
    private long _loggingWindowStart = long.MinValue;
    private int _loggedInWindow;

    internal DeadLetters(ActorSystem system) => _system = system;

    /// <summary>All dead letters since the start.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            for (var reason = 0; reason < ReasonCount; reason++)
                total += Volatile.Read(ref _counts[reason]);
            return total;
        }
    }

    /// <summary>The dead letters with one reason since the start.</summary>
    public long Count(DeadLetterReason reason) => Volatile.Read(ref _counts[(int)reason]);

    internal void Publish(object? message, string recipient, DeadLetterReason reason)
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        _system.EventStream.Publish(new DeadLetter(message, recipient, reason));
        if (MayLog(out var last))
        {
            _system.Log(
                LogLevel.Warning, "dead-letters",
                $"A {message?.GetType().Name ?? "null"} to {recipient} was not delivered: {reason}." +
                (last ? " More of them are counted but not logged for five minutes." : ""));
        }
    }

    private bool MayLog(out bool last)
    {
        const long FiveMinutes = 300_000_000_000;
        lock (_counts)
        {
            var now = _system.Now;
            if (_loggingWindowStart == long.MinValue || now - _loggingWindowStart > FiveMinutes)
            {
                _loggingWindowStart = now;
                _loggedInWindow = 0;
            }

            _loggedInWindow++;
            last = _loggedInWindow == _system.Settings.DeadLettersLogged;
            return _loggedInWindow <= _system.Settings.DeadLettersLogged;
        }
    }
}
