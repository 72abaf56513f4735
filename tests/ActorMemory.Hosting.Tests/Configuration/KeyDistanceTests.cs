using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Hosting.Tests.Configuration;

public sealed class KeyDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("port", "prot", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("flaw", "lawn", 2)]
    public void The_distance_counts_edits(string a, string b, int edits)
    {
        Assert.Equal(edits, KeyDistance.Between(a, b));
        Assert.Equal(edits, KeyDistance.Between(b, a));
    }

    [Fact]
    public void The_right_name_in_the_wrong_section_is_near() => Assert.Equal(1, KeyDistance.Between("actormemory.port", "actormemory.http.port"));

    [Fact]
    public void What_resembles_nothing_gets_no_suggestion() => Assert.Null(KeyDistance.Nearest("colour", ["http.port", "data"]));
}
