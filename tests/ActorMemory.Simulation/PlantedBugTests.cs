using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>A simulation that finds nothing may be blind. Each of these bugs is found, and by a broken promise, not by a crash of the test.</summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const ulong Most = 300;

    [Fact]
    public void Replying_before_the_commit_is_found() => Found(static () => new ReplyBeforeCommit());

    [Fact]
    public void Taking_an_unknown_outcome_for_a_success_is_found() => Found(static () => new UnknownTakenForWritten());

    [Fact]
    public void Storing_a_repeated_record_again_is_found() => Found(static () => new NoDedupe());

    [Fact]
    public void Leaving_the_known_ids_out_of_the_snapshot_is_found() => Found(static () => new IdsNotInSnapshot());

    [Fact]
    public void Keeping_the_state_after_a_failed_commit_is_found() => Found(static () => new StateKeptAfterFailedCommit());

    [Fact]
    public void Trusting_a_torn_snapshot_is_found() => Found(static () => new SnapshotWithoutChecksum());

    private void Found(Func<NodeParts> bug)
    {
        for (var seed = 1UL; seed <= Most; seed++)
        {
            try
            {
                LedgerWorld.Run(seed, bug());
            }
            catch (SimulationException found)
            {
                output.WriteLine(found.Message);
                Assert.IsType<ViolationException>(found.InnerException);
                return;
            }
        }

        Assert.Fail($"Not found in {Most} seeds.");
    }
}
