namespace ActorMemory.Actors.Tests;

public sealed class CoordinatedShutdownTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    [Fact]
    public void Phases_run_in_order_and_the_tasks_of_a_phase_one_after_the_other() => Simulated.Run(async (simulation, system) =>
    {
        var log = new List<string>();
        var shutdown = new CoordinatedShutdown(system, TenSeconds);
        foreach (var phase in Enum.GetValues<ShutdownPhase>().Reverse())
        {
            shutdown.AddTask(phase, "a", async _ =>
            {
                await simulation.DelayAsync(TimeSpan.FromSeconds(1));
                log.Add($"{phase} a");
            });
            shutdown.AddTask(phase, "b", _ =>
            {
                log.Add($"{phase} b");
                return Task.CompletedTask;
            });
        }

        await shutdown.RunAsync("the test ends");

        Assert.Equal(
            [
                "ServiceUnbind a", "ServiceUnbind b", "ServiceRequestsDone a", "ServiceRequestsDone b", "ShardRegions a", "ShardRegions b",
                "Journal a", "Journal b", "ActorSystem a", "ActorSystem b",
            ],
            log);
        Assert.Equal("the test ends", shutdown.Reason);
    });

    [Fact]
    public void It_runs_once_whoever_calls_and_whenever() => Simulated.Run(async (_, system) =>
    {
        var runs = 0;
        var shutdown = new CoordinatedShutdown(system, TenSeconds);
        Task? again = null;
        shutdown.AddTask(ShutdownPhase.ServiceUnbind, "calls again", _ =>
        {
            runs++;
            again = shutdown.RunAsync("again, from inside");
            return Task.CompletedTask;
        });

        var first = shutdown.RunAsync("first");
        var second = shutdown.RunAsync("second");
        await first;

        Assert.Same(first, second);
        Assert.Same(first, again);
        Assert.Equal(1, runs);
        Assert.Equal("first", shutdown.Reason);
        Assert.Same(first, shutdown.RunAsync("afterwards"));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_task_that_fails_is_logged_and_the_others_run(bool beforeItsFirstAwait) => Simulated.Run(async (_, system) =>
    {
        var lines = new List<LogEvent>();
        using var subscription = system.EventStream.Subscribe<LogEvent>(lines.Add);
        var ran = false;
        var shutdown = new CoordinatedShutdown(system, TenSeconds);
        shutdown.AddTask(
            ShutdownPhase.ShardRegions, "broken",
            _ => beforeItsFirstAwait ? throw new InvalidOperationException("no luck") : Task.FromException(new InvalidOperationException("no luck")));
        shutdown.AddTask(ShutdownPhase.Journal, "close", _ =>
        {
            ran = true;
            return Task.CompletedTask;
        });

        await shutdown.RunAsync("test");

        Assert.True(ran);
        var line = Assert.Single(lines, line => line.Level == LogLevel.Error);
        Assert.Contains("ShardRegions/broken", line.Message, StringComparison.Ordinal);
        Assert.Contains("no luck", line.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_task_that_hangs_is_told_and_left_behind_while_there_is_time_for_the_later_phases() => Simulated.Run(async (simulation, system) =>
    {
        var ran = false;
        var told = false;
        var shutdown = new CoordinatedShutdown(system, TenSeconds);
        shutdown.AddTask(ShutdownPhase.ServiceRequestsDone, "hangs", token =>
        {
            token.Register(() => told = true);
            return new TaskCompletionSource().Task;
        });
        shutdown.AddTask(ShutdownPhase.Journal, "close", async _ =>
        {
            await simulation.DelayAsync(TimeSpan.FromSeconds(0.9));
            ran = true;
        });

        await shutdown.RunAsync("test");

        Assert.True(ran);
        Assert.True(told);
        Assert.InRange(simulation.Time.Elapsed.TotalSeconds, 9.9, 10);
    });

    [Fact]
    public void Nothing_can_be_added_once_it_has_begun() => Simulated.Run(async (_, system) =>
    {
        var shutdown = new CoordinatedShutdown(system, TenSeconds);
        await shutdown.RunAsync("a signal");

        var refused = Assert.Throws<InvalidOperationException>(
            () => shutdown.AddTask(ShutdownPhase.Journal, "late", _ => Task.CompletedTask));
        Assert.Contains("a signal", refused.Message, StringComparison.Ordinal);
    });
}
