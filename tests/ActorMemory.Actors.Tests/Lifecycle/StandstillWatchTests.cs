namespace ActorMemory.Actors.Tests;

/// <summary>A process does not know that it stood still until it looks at the clock.</summary>
public sealed class StandstillWatchTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    private readonly Clock _clock = new();
    private readonly List<TimeSpan> _noticed = [];
    private readonly StandstillWatch _watch;

    public StandstillWatchTests() => _watch = new StandstillWatch(_clock, s_limit, _noticed.Add);

    public void Dispose() => _watch.Dispose();

    [Fact]
    public void Time_in_which_the_timer_runs_or_somebody_looks_is_no_standstill()
    {
        var waking = _watch.Current;
        for (var i = 0; i < 100; i++)
        {
            _clock.Pass(TimeSpan.FromSeconds(1.9));
            if (i % 2 == 0)
                _clock.Tick();
            else
                Assert.False(waking.IsOver);
        }

        Assert.Same(waking, _watch.Current);
        Assert.Empty(_noticed);
    }

    [Fact]
    public void Whoever_looks_first_notices_even_before_the_timer()
    {
        var before = _watch.Current;
        _clock.Pass(TimeSpan.FromSeconds(5));

        Assert.True(before.IsOver);

        Assert.True(before.Ended.IsCancellationRequested);
        Assert.False(_watch.Current.IsOver);
        Assert.Equal([TimeSpan.FromSeconds(5)], _noticed);
    }

    [Fact]
    public void What_is_begun_before_anybody_looked_is_from_before()
    {
        _clock.Pass(TimeSpan.FromSeconds(5));
        var begun = _watch.Current;

        Assert.True(begun.IsOver);
    }

    [Fact]
    public void What_is_from_before_knows_that_it_is_over_before_anything_is_from_now()
    {
        var before = _watch.Current;
        Waking? current = null;
        using var told = before.Ended.Register(() =>
        {
            current = _watch.Current;
            Assert.True(before.IsOver);
        });
        _clock.Pass(TimeSpan.FromSeconds(5));

        _clock.Tick();

        Assert.Same(before, current);
        Assert.NotSame(before, _watch.Current);
        Assert.Single(_noticed);
    }

    [Fact]
    public void Each_standstill_is_noticed_once()
    {
        for (var i = 0; i < 3; i++)
        {
            _clock.Pass(TimeSpan.FromSeconds(5));
            _clock.Tick();
            _clock.Tick();
        }

        Assert.Equal(3, _noticed.Count);
    }

    /// <summary>Time and timer are moved by hand, each for itself.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now;
        private Action _tick = static () => { };

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _now += time.Ticks;

        public void Tick() => _tick();

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _tick = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
