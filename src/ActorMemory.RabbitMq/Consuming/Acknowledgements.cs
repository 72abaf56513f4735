using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>
/// Acknowledges the deliveries of one channel. What has gathered while the last frame was written goes out as one frame where it is contiguous:
/// one for a hundred messages costs the broker half of what one for each does.
/// </summary>
internal sealed class Acknowledgements(IChannel channel)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _waiting = [];

    // Acknowledged alone, because an older delivery was not done yet.
    private readonly HashSet<ulong> _ahead = [];
    private readonly List<ulong> _alone = [];
    private ulong _through;
    private bool _isWriting;
    private Task _writer = Task.CompletedTask;

    public void Add(ulong tag)
    {
        lock (_gate)
        {
            _waiting.Add(tag);
            if (_isWriting)
                return;
            _isWriting = true;
            _writer = Task.Run(WriteAsync);
        }
    }

    /// <summary>Completes when everything that was added is written, or the channel is gone.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
            return _writer;
    }

    private async Task WriteAsync()
    {
        try
        {
            while (Take() is { } last)
            {
                if (last > 0)
                    await channel.BasicAckAsync(last, multiple: true);
                foreach (var tag in _alone)
                    await channel.BasicAckAsync(tag, multiple: false);
            }
        }
        catch (Exception)
        {
            // The channel is gone: what was not acknowledged is delivered again, and the consumer is told that it has ended.
        }
    }

    /// <summary>The last of a contiguous run, 0 when there is none; null when nothing waits.</summary>
    private ulong? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isWriting = false;
                return null;
            }

            ulong last = 0;
            while (true)
            {
                if (_waiting.Remove(_through + 1))
                    last = ++_through;
                else if (_ahead.Remove(_through + 1))
                    _through++;
                else
                    break;
            }

            _alone.Clear();
            _alone.AddRange(_waiting);
            _ahead.UnionWith(_waiting);
            _waiting.Clear();
            return last;
        }
    }
}
