using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class VirtualTimeTests
{
    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_on_the_calling_thread_and_see_their_time()
    {
        var time = new VirtualTimeProvider();
        var log = new List<(string, double)>();
        var thread = 0;
        void Start(string name, double due, double period = -0.001) => time.CreateTimer(
            _ =>
            {
                log.Add((name, time.Elapsed.TotalSeconds));
                thread = Environment.CurrentManagedThreadId;
            },
            null, TimeSpan.FromSeconds(due), TimeSpan.FromSeconds(period));
        Start("late", 5);
        Start("first of two", 2);
        Start("second of two", 2);
        Start("periodic", 1, 3);
        Start("never", 6.5);

        time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([("periodic", 1), ("first of two", 2), ("second of two", 2), ("periodic", 4), ("late", 5)], log);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        Assert.Equal(TimeSpan.FromSeconds(6.5), time.NextTimer);
    }

    [Fact]
    public void A_disposed_or_changed_timer_does_not_fire_as_planned()
    {
        var time = new VirtualTimeProvider();
        var fired = new List<string>();
        var disposed = time.CreateTimer(_ => fired.Add("disposed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var changed = time.CreateTimer(_ => fired.Add("changed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        changed.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);

        time.AdvanceTo(time.GetUtcNow().AddSeconds(2));
        Assert.Empty(fired);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["changed"], fired);
    }

    [Fact]
    public async Task Delays_and_cancellations_of_the_framework_follow_it()
    {
        var time = new VirtualTimeProvider();
        var delay = Task.Delay(TimeSpan.FromHours(1), time);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(30), time);

        time.Advance(TimeSpan.FromMinutes(45));
        Assert.False(delay.IsCompleted);
        Assert.True(cancellation.IsCancellationRequested);
        time.Advance(TimeSpan.FromMinutes(15));
        await delay;
    }

    [Fact]
    public void Time_does_not_run_backwards() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VirtualTimeProvider().Advance(TimeSpan.FromTicks(-1)));
}
