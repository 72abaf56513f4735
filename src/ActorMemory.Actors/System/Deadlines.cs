namespace ActorMemory.Actors;

internal static class Deadlines
{
    /// <summary>
    /// Waits for a task, but not for ever. Unlike WaitAsync and WhenAny it stays on the scheduler that it was started on.
    /// </summary>
    /// <exception cref="TimeoutException">The time is over. The task goes on; whatever it throws later is observed.</exception>
    public static async Task OrTimeout(this Task task, TimeSpan timeout, TimeProvider timeProvider)
    {
        if (!task.IsCompleted)
        {
            var race = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var timer = timeProvider.CreateTimer(
                static race => ((TaskCompletionSource<bool>)race!).TrySetResult(false), race, timeout, Timeout.InfiniteTimeSpan);
            _ = FinishAsync(task, race);
            if (!await race.Task)
                throw new TimeoutException($"No answer within {timeout.TotalSeconds:0.###} s.");
        }

        await task;
    }

    private static async Task FinishAsync(Task task, TaskCompletionSource<bool> race)
    {
        try
        {
            await task;
        }
        catch (Exception)
        {
            // Whoever awaits the task itself sees it; here it only has to be over.
        }

        race.TrySetResult(true);
    }
}
