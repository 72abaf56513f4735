using ActorMemory.Actors;
using ActorMemory.Audit;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorMemory.Node.Http.Security;

/// <summary>Notes in the audit log which keys came and went while the node runs.</summary>
internal sealed partial class ApiKeyAudit(IAuditLog audit, ILogger<ApiKeyAudit> logger)
{
    // Who may write the file of the keys is known to the machine and not to the node.
    private const string Operator = "operator";

    /// <summary>Notes changes from now on.</summary>
    public void Follow(ApiKeyRing keys) => keys.Changed += (key, isNew) => _ = NoteAsync(key, isNew);

    private async Task NoteAsync(ApiKey key, bool isNew)
    {
        var change = isNew ? "added" : "revoked";
        try
        {
            await audit.NoteAsync(new AuditAction(
                Operator, AuditKind.ApiKey, ("change", change), ("id", key.Id), ("name", key.Name), ("roles", key.RolesText)));
        }
        catch (Exception e) when (e is JournalException or AskTimeoutException or EntityFailedException or ActorTerminatedException)
        {
            NotNoted(logger, key.Id, change, e.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The audit log could not note that the API key {Id} was {Change}: {Message}")]
    private static partial void NotNoted(ILogger logger, string id, string change, string message);
}
