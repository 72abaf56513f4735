using System.Security.Authentication;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ActorMemory.RabbitMq;

/// <summary>Turns what the client throws into sentences: what was wrong, where, what to do.</summary>
internal static class RabbitErrors
{
    private const int AccessRefused = 403;
    private const int NotFound = 404;
    private const int ResourceLocked = 405;
    private const int PreconditionFailed = 406;
    private const int NotAllowed = 530;

    public static BrokerException NotConnected(Exception error, string place, string user)
    {
        var all = Flatten(error).ToArray();
        var shutdown = all.OfType<OperationInterruptedException>().Select(static e => e.ShutdownReason).FirstOrDefault(static e => e is not null);
        var message =
            all.Any(static e => e is AuthenticationFailureException or PossibleAuthenticationFailureException) || shutdown?.ReplyCode == AccessRefused
                ? $"The broker at {place} refuses the user \"{user}\": the user or the password is wrong."
            : shutdown?.ReplyCode == NotAllowed
                ? $"The broker at {place} refuses the virtual host to the user \"{user}\": {Text(shutdown)}. Create it, or grant the user permissions in it."
            : all.OfType<AuthenticationException>().FirstOrDefault() is { } tls ? $"No encrypted connection to the broker at {place}: {tls.Message}"
            : all.OfType<FileNotFoundException>().FirstOrDefault() is { } missing ? missing.Message
            : $"The broker at {place} cannot be reached: {all[^1].Message}";
        return new BrokerException(message, WriteOutcome.NotWritten, error);
    }

    public static BrokerException NotDeclared(Exception error, string what, string place)
    {
        var shutdown = (error as OperationInterruptedException)?.ShutdownReason;
        var message = shutdown?.ReplyCode switch
        {
            PreconditionFailed =>
                $"{what} exists at the broker {place} with other settings: {Text(shutdown)}. Give this node the settings of the others, or delete it when it is empty.",
            AccessRefused => $"The user may not declare or use {what} at the broker {place}: {Text(shutdown)}. Grant the permissions that the README lists.",
            ResourceLocked => $"{what} at the broker {place} is in use by another connection: a node of this name is running, or just ended.",
            NotFound => $"{what} is missing at the broker {place}: {Text(shutdown)}.",
            _ => $"{what} could not be declared or used at the broker {place}: {error.Message}",
        };
        return new BrokerException(message, WriteOutcome.NotWritten, error);
    }

    public static bool IsLocked(Exception? error) => error is OperationInterruptedException { ShutdownReason.ReplyCode: ResourceLocked };

    public static string Text(ShutdownEventArgs? shutdown) =>
        shutdown is null ? "the connection was lost"
        : shutdown.Exception is { } cause ? $"{shutdown.ReplyText} ({cause.Message})"
        : shutdown.ReplyText;

    private static IEnumerable<Exception> Flatten(Exception error) =>
        error is AggregateException several ? several.InnerExceptions.SelectMany(Flatten)
        : error.InnerException is { } inner ? Flatten(inner).Prepend(error)
        : [error];
}
