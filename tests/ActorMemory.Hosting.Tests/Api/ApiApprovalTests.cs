using ActorMemory.Tests.Api;

namespace ActorMemory.Hosting.Tests.Api;

public sealed class ApiApprovalTests
{
    [Fact]
    public void The_public_api_of_ActorMemory_Hosting_is_the_approved_one() => ApprovedApi.Check(typeof(ActorMemoryNode).Assembly);
}
