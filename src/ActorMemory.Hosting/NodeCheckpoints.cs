using ActorMemory.Actors;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>The signed checkpoints of a running node: its key, and who follows its journal.</summary>
public sealed class NodeCheckpoints : IAsyncDisposable
{
    private readonly CheckpointKey _key;
    private readonly Checkpointer _checkpointer;

    private NodeCheckpoints(CheckpointKey key, Checkpointer checkpointer) => (_key, _checkpointer) = (key, checkpointer);

    /// <summary>The public key as PEM.</summary>
    public string PublicKey => _key.PublicKey;

    /// <summary>The number of checkpoints that were signed.</summary>
    public long Count => _checkpointer.Count;

    /// <summary>The file of the key that signs a journal.</summary>
    public static string KeyPathOf(ActorMemorySettings settings) => Path.Combine(settings.Data, settings.Audit.Key);

    /// <summary>Signs a checkpoint of every shard that changed since its last one, now.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or does not keep the checkpoints.</exception>
    /// <exception cref="CheckpointMismatchException">The journal is not what was signed before.</exception>
    public Task SignAsync() => _checkpointer.CheckpointAsync();

    /// <summary>Signs what changed since the last checkpoint, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _checkpointer.DisposeAsync();
        _key.Dispose();
    }

    /// <exception cref="CheckpointKeyException">The key cannot be used.</exception>
    internal static async Task<NodeCheckpoints> StartAsync(
        ActorMemorySettings settings, ICheckpointedJournal journal, NodeLog log, ClusterNode? cluster, TimeProvider timeProvider)
    {
        var key = CheckpointKey.ReadOrCreate(KeyPathOf(settings));
        try
        {
            return new NodeCheckpoints(key, await Checkpointer.StartAsync(journal, key, new CheckpointerOptions
            {
                Every = settings.Audit.Every,
                Batches = settings.Audit.Batches,
                ExportFolder = settings.Audit.Export,
                OnSigned = settings.Audit.Log == CheckpointLog.On ? log.Write : null,
                OnTrouble = log.WriteCheckpointTrouble,
                IsOnDuty = cluster is null ? null : () => cluster.Hosts("checkpoints"),
                TimeProvider = timeProvider,
            }));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
