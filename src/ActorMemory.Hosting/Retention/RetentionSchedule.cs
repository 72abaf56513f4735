using ActorMemory.Actors;

namespace ActorMemory.Hosting;

/// <summary>Runs retention as often as the settings say; a run that fails is told and the next one comes all the same.</summary>
internal sealed class RetentionSchedule : IAsyncDisposable
{
    /// <summary>Who asks for a scheduled run.</summary>
    public const string Who = "schedule";

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public RetentionSchedule(IRetention retention, TimeSpan? schedule, ActorSystem system) =>
        _running = schedule is { } interval ? RunAsync(retention, interval, system) : Task.CompletedTask;

    /// <summary>Ends it: a run that is under way stops between two steps.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(IRetention retention, TimeSpan interval, ActorSystem system)
    {
        using var timer = new PeriodicTimer(interval, system.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
                await RunOnceAsync(retention, system);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task RunOnceAsync(IRetention retention, ActorSystem system)
    {
        try
        {
            var run = await retention.RunAsync(null, isDryRun: false, Who, _stop.Token);
            if (run.Archived + run.Removed > 0)
                system.Log(LogLevel.Information, "/retention", $"{run.Archived} events were archived and {run.Removed} removed.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            system.Log(LogLevel.Warning, "/retention", $"A scheduled retention run failed; the next one goes on with it: {e.Message}", e);
        }
    }
}
