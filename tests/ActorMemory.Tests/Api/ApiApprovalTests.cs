using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Api;

public sealed class ApiApprovalTests
{
    [Fact]
    public void The_public_api_of_ActorMemory_Actors_is_the_approved_one() => ApprovedApi.Check(typeof(ActorSystem).Assembly);

    [Fact]
    public void The_public_api_of_ActorMemory_Journal_is_the_approved_one() => ApprovedApi.Check(typeof(SqliteJournal).Assembly);

    [Fact]
    public void The_public_api_of_ActorMemory_is_the_approved_one() => ApprovedApi.Check(typeof(IPerformanceMemory).Assembly);
}
