using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Network;

/// <summary>How often the network misbehaves; the numbers are probabilities, for each direction of each message.</summary>
internal sealed record NetworkRates
{
    public double IsLost { get; init; }

    public double IsDoubled { get; init; }

    /// <summary>A message takes up to a second and is overtaken by others.</summary>
    public double IsDelayed { get; init; }

    /// <summary>A client sends to a node that does not have the shard, as far as it is known.</summary>
    public double IsMisrouted { get; init; }
}

/// <summary>
/// Between clients and nodes: requests and answers are lost, doubled, delayed, and overtake each other. It belongs to nobody and does not crash.
/// </summary>
/// <param name="simulation">Time and chance.</param>
/// <param name="rates">What goes wrong.</param>
/// <param name="answersComeInOrder">A planted bug: an answer is taken for that to whatever the client asks at the moment.</param>
/// <param name="trace">Who wants to read what happens.</param>
internal sealed class SimulatedNetwork(SimulationScheduler simulation, NetworkRates rates, bool answersComeInOrder, Trace? trace)
{
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    private readonly SplitMix64 _random = simulation.Random.Fork();
    private readonly Dictionary<(int Client, int Node), TaskCompletionSource<Answer>> _asked = [];
    private NetworkRates _rates = rates;

    public int Lost { get; private set; }

    public int Doubled { get; private set; }

    public void CalmDown() => _rates = new NetworkRates();

    public bool NextIsMisrouted() => _random.Chance(_rates.IsMisrouted);

    /// <summary>Sends a request and waits for its answer; null when none came in time.</summary>
    public async Task<Answer?> CallAsync(int client, SimulatedNode node, Request request, TimeSpan timeout)
    {
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[(client, node.Number)] = answer;
        await using var timer = simulation.Time.CreateTimer(
            static answer => ((TaskCompletionSource<Answer>)answer!).TrySetResult(Answer.None), answer, timeout, Timeout.InfiniteTimeSpan);
        Send(() => node.Receive(request, reply => Send(() => Deliver(client, node, answer, reply), $"the answer to {request}", node)), $"{request}", node, mayBeDoubled: request is not AddRequest { How: AppendKind.Once });
        var received = await answer.Task;
        return received == Answer.None ? null : received;
    }

    private void Deliver(int client, SimulatedNode node, TaskCompletionSource<Answer> asked, Answer answer) =>
        (answersComeInOrder ? _asked[(client, node.Number)] : asked).TrySetResult(answer);

    private void Send(Action arrive, string what, SimulatedNode node, bool mayBeDoubled = true)
    {
        var copies = 1;
        if (mayBeDoubled && _random.Chance(_rates.IsDoubled))
        {
            copies = 2;
            Doubled++;
            trace?.Write($"fault: the network doubles {what}");
        }

        for (var copy = 0; copy < copies; copy++)
        {
            if (_random.Chance(_rates.IsLost) || node.IsIsolated)
            {
                Lost++;
                trace?.Write($"fault: the network loses {what}");
                continue;
            }

            var delay = _random.UpTo(_random.Chance(_rates.IsDelayed) ? Late : Usual);
            simulation.Main.Start(() => ArriveAsync(arrive, delay));
        }
    }

    private async Task ArriveAsync(Action arrive, TimeSpan delay)
    {
        await simulation.DelayAsync(delay);
        arrive();
    }
}
