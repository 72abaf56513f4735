using System.Text.Json;

namespace ActorMemory.Node.Tests.Http;

public sealed class KeyLimitTests
{
    [Fact]
    public async Task A_record_of_one_key_too_many_is_answered_with_429_and_the_others_are_stored()
    {
        var node = new RunningNode { MaxKeys = 2 };
        await node.InitializeAsync();
        try
        {
            var (stored, _) = await node.PostAsync(TestRecords.Line(1, "a") + "\n" + TestRecords.Line(1, "b"), "application/x-ndjson");

            var (refused, problem) = await node.PostAsync(TestRecords.Line(1, "c"));
            var (again, _) = await node.PostAsync(TestRecords.Line(2, "a"));

            Assert.Equal((200, 429, 200), (stored, refused, again));
            Assert.Equal("too_many_keys", problem.GetProperty("code").GetString());
            Assert.Contains("performance.max-keys", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            var (_, keys) = await node.GetAsync("/v1/performance/keys");
            Assert.Equal(2, keys.GetProperty("keys").GetArrayLength());
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_tree_of_actors_shows_shards_and_supervisors()
    {
        var node = new RunningNode();
        await node.InitializeAsync();
        try
        {
            await node.PostAsync(TestRecords.Line(1, "a"));

            var (status, body) = await node.GetAsync("/v1/actors");

            var actors = body.GetProperty("actors").EnumerateArray().ToDictionary(static actor => actor.GetProperty("path").GetString() ?? "");
            Assert.Equal(200, status);
            Assert.Equal("Shard", Text(actors["/user/performance-0"], "kind"));
            Assert.Equal("PruningSupervisor", Text(actors["/user/pruning-supervisor"], "kind"));
            Assert.Equal(0, actors["/user/performance-0"].GetProperty("mailbox_depth").GetInt32());
            Assert.Equal(0, actors["/user/performance-0"].GetProperty("restarts").GetInt32());
        }
        finally
        {
            await node.DisposeAsync();
        }

        static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
    }
}
