using ActorMemory.Hosting;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;

namespace ActorMemory.Node.Backups;

/// <summary>Backups of the running node.</summary>
internal sealed class BackupEndpoints(ActorMemoryNode node)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/admin/backup", CreateAsync).Describe(new Operation(
            "create_backup",
            "Makes a backup of the whole journal while the node goes on, in the folder of the setting backup.folder, and answers when it is verified "
            + "and on the disk. One at a time.",
            Shapes.Backup)
        {
            Access = Access.Administer,
        });

    private async Task CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var backup = await node.Backups.CreateAsync();
        await Answer.WriteAsync(context, BackupAnswer.Of(backup.Folder, backup.Manifest).Write);
    }
}
