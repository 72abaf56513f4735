using ActorMemory.Node.Imports;
using ActorMemory.Performance;

namespace ActorMemory.Node.Tests.Imports;

public sealed class ImportStartTests
{
    private static readonly FileFingerprint s_file = new(100, Whole: 9, new Dictionary<long, UInt128> { [10] = 1, [50] = 5, [70] = 7 });

    [Fact]
    public void A_file_of_which_nothing_is_known_begins_at_its_start()
    {
        var start = ImportStart.Choose("a", s_file, [Import(source: 3, bytes: 50, prefix: 6), Import(source: 4, bytes: 200, prefix: 5)]);
        Assert.True(start.IsNew);
        Assert.Equal(new ImportProgress(9, "a", 0, 0, 0, 0, 0, 0, IsComplete: false), start.Progress);
    }

    [Fact]
    public void Of_several_beginnings_that_are_known_the_longest_is_continued()
    {
        ImportProgress[] known = [Import(source: 3, bytes: 10, prefix: 1), Import(source: 4, bytes: 70, prefix: 7), Import(source: 5, bytes: 50, prefix: 5)];
        var start = ImportStart.Choose("a", s_file, known);
        Assert.False(start.IsNew);
        Assert.Equal(((UInt128)4, 70L), (start.Progress.Source, start.Progress.Bytes));
    }

    [Fact]
    public void A_file_that_was_only_begun_is_known_by_all_of_it()
    {
        var start = ImportStart.Choose("a", s_file, [Import(source: 9, bytes: 0, prefix: 0)]);
        Assert.False(start.IsNew);
        Assert.Equal(0, start.Progress.Bytes);
    }

    private static ImportProgress Import(UInt128 source, long bytes, UInt128 prefix) => new(source, "old", bytes, prefix, 1, 1, 0, 0, IsComplete: true);
}
