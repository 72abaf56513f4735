using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class SimulationSchedulerTests
{
    private static (ulong Hash, string Order) Race(ulong seed)
    {
        var simulation = new SimulationScheduler(seed) { LongestStep = TimeSpan.FromMicroseconds(10) };
        var order = new List<int>();
        simulation.Run(async () =>
        {
            var racers = Enumerable.Range(0, 6).Select(async racer =>
            {
                await Task.Yield();
                await simulation.DelayAsync(TimeSpan.FromMilliseconds(simulation.Random.Next(5)));
                order.Add(racer);
            }).ToList();
            foreach (var racer in racers)
                await racer;
        });
        return (simulation.TraceHash, string.Concat(order));
    }

    [Fact]
    public void One_seed_gives_one_run_and_other_seeds_give_others()
    {
        var runs = Enumerable.Range(0, 50).Select(seed => Race((ulong)seed)).ToList();

        Assert.Equal(runs, Enumerable.Range(0, 50).Select(seed => Race((ulong)seed)));
        Assert.Equal(50, runs.Select(run => run.Hash).Distinct().Count());
        Assert.True(runs.Select(run => run.Order).Distinct().Count() > 30);
    }

    [Fact]
    public void The_generator_gives_the_published_sequence()
    {
        // Reference values of splitmix64.c (Vigna) for the seed 1234567.
        var random = new SplitMix64(1234567);
        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void Hours_of_virtual_time_cost_none_of_ours() => Simulated.Run(async (simulation, _) =>
    {
        await simulation.DelayAsync(TimeSpan.FromDays(40));

        Assert.Equal(40, simulation.Time.Elapsed.TotalDays);
        Assert.InRange(simulation.Steps, 1, 10);
    });

    [Fact]
    public void Everything_in_a_crashed_domain_stays_where_it_is_and_others_go_on()
    {
        var simulation = new SimulationScheduler(1);
        var log = new List<string>();
        simulation.Run(async () =>
        {
            var doomed = simulation.CreateDomain("doomed");
            doomed.Start(async () =>
            {
                log.Add("begins");
                await Task.Delay(TimeSpan.FromSeconds(2), doomed.TimeProvider);
                log.Add("never");
            });
            await simulation.DelayAsync(TimeSpan.FromSeconds(1));
            doomed.Crash();
            doomed.Post(_ => log.Add("never"), null);
            await simulation.DelayAsync(TimeSpan.FromSeconds(5));
            log.Add("goes on");
        });

        Assert.Equal(["begins", "goes on"], log);
    }

    [Fact]
    public void A_paused_domain_takes_no_step_and_finds_all_that_came_for_it_when_it_wakes()
    {
        var simulation = new SimulationScheduler(1);
        var log = new List<string>();
        simulation.Run(async () =>
        {
            var sleeper = simulation.CreateDomain("sleeper");
            sleeper.Start(async () =>
            {
                log.Add("begins");
                await Task.Delay(TimeSpan.FromSeconds(2), sleeper.TimeProvider);
                log.Add($"wakes at {simulation.Time.Elapsed.TotalSeconds:0}");
            });
            await simulation.DelayAsync(TimeSpan.FromSeconds(1));
            sleeper.Pause();
            sleeper.Post(_ => log.Add("message"), null);
            await simulation.DelayAsync(TimeSpan.FromSeconds(9));
            log.Add("still asleep");
            sleeper.Resume();
            await simulation.QuietAsync();
        });

        Assert.Equal(["begins", "still asleep"], log[..2]);
        Assert.Equal(["message", "wakes at 10"], log[2..].Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_step_from_another_thread_fails_the_run_and_names_who_brought_it()
    {
        var simulation = new SimulationScheduler(77);

        var leak = Assert.Throws<SimulationException>(() => simulation.Run(async () =>
        {
            var answer = new TaskCompletionSource();
            var waiting = WaitForAsync(answer.Task);
            var thread = new Thread(AnswerFromElsewhere);
            thread.Start();
            thread.Join();
            await waiting;

            void AnswerFromElsewhere() => answer.SetResult();
        }));

        Assert.StartsWith("Seed 77, step ", leak.Message, StringComparison.Ordinal);
        Assert.Contains("came from thread", leak.Message, StringComparison.Ordinal);
        Assert.Contains("AnswerFromElsewhere", leak.Message, StringComparison.Ordinal);

        static async Task WaitForAsync(Task task) => await task;
    }

    [Fact]
    public void A_scenario_that_waits_for_nothing_or_goes_round_in_circles_fails_with_its_seed()
    {
        var stuck = Assert.Throws<SimulationException>(() => new SimulationScheduler(5).Run(() => new TaskCompletionSource().Task));
        Assert.StartsWith("Seed 5, ", stuck.Message, StringComparison.Ordinal);

        var endless = Assert.Throws<SimulationException>(() => new SimulationScheduler(6).Run(
            static async () =>
            {
                while (true)
                    await Task.Yield();
            },
            mostSteps: 1000));
        Assert.Contains("1,000 steps", endless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_scenario_throws_is_the_cause_of_the_failure()
    {
        var failure = Assert.Throws<SimulationException>(() => new SimulationScheduler(9).Run(() => throw new ArithmeticException("wrong")));

        Assert.IsType<ArithmeticException>(failure.InnerException);
        Assert.Equal(9UL, failure.Seed);
    }

    [Fact]
    public void Something_can_be_done_at_a_given_step()
    {
        var simulation = new SimulationScheduler(3);
        var at = 0L;
        simulation.AtStep(5, () => at = simulation.Steps);

        simulation.Run(static async () =>
        {
            for (var n = 0; n < 20; n++)
                await Task.Yield();
        });

        Assert.Equal(5, at);
    }
}
