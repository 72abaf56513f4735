using ActorMemory.Hosting.Hocon;
using Microsoft.Extensions.Configuration;

namespace ActorMemory.Hosting.Tests.Hocon;

public sealed class HoconConfigurationProviderTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("hocon-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Objects_and_arrays_become_keys_with_colons()
    {
        var configuration = From("a { b { c = 1 } }, list = [ x, { y = z } ], on = true, number = 1e5");

        Assert.Equal("1", configuration["a:b:c"]);
        Assert.Equal("x", configuration["list:0"]);
        Assert.Equal("z", configuration["list:1:y"]);
        Assert.Equal("true", configuration["on"]);
        Assert.Equal("1e5", configuration["number"]);
    }

    [Fact]
    public void Absent_null_and_empty_differ_as_in_the_JSON_provider()
    {
        const string text = """{ "nothing": null, "object": {}, "array": [], "text": "" }""";
        var json = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))).Build();

        var hocon = From(text);

        Assert.Equal(json.AsEnumerable().OrderBy(pair => pair.Key), hocon.AsEnumerable().OrderBy(pair => pair.Key));
        Assert.False(hocon.GetSection("absent").Exists());
    }

    [Fact]
    public void A_later_source_overrides_an_earlier_one()
    {
        var configuration = new ConfigurationBuilder().AddHoconString("a = 1, b = 1", "one").AddHoconString("b = 2", "two").Build();

        Assert.Equal(("1", "2"), (configuration["a"], configuration["b"]));
    }

    [Fact]
    public void The_configuration_binds_to_objects()
    {
        var bound = From("names = [a, b], limits { low = 1, high = 2 }").Get<Bound>();

        Assert.Equal(["a", "b"], bound?.Names ?? []);
        Assert.Equal(new Dictionary<string, int> { ["low"] = 1, ["high"] = 2 }, bound?.Limits ?? []);
    }

    [Fact]
    public void A_file_is_read_with_its_includes()
    {
        File.WriteAllText(Path.Combine(_folder, "other.conf"), "b = 2");
        var file = Path.Combine(_folder, "main.conf");
        File.WriteAllText(file, "a = 1\ninclude \"other.conf\"");

        var configuration = new ConfigurationBuilder().AddHoconFile(file).Build();

        Assert.Equal(("1", "2"), (configuration["a"], configuration["b"]));
    }

    [Fact]
    public void A_missing_file_is_an_error_unless_it_is_optional()
    {
        var missing = Path.Combine(_folder, "missing.conf");

        Assert.Throws<FileNotFoundException>(() => new ConfigurationBuilder().AddHoconFile(missing).Build());
        Assert.Empty(new ConfigurationBuilder().AddHoconFile(missing, optional: true).Build().AsEnumerable());
    }

    [Fact]
    public void A_wrong_file_is_an_error_that_names_it()
    {
        var file = Path.Combine(_folder, "wrong.conf");
        File.WriteAllText(file, "a = 1\nb = [");

        var error = Assert.Throws<HoconException>(() => new ConfigurationBuilder().AddHoconFile(file).Build());

        Assert.StartsWith($"{file}:2:6: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port = 1, Port = 2")]
    [InlineData("a { b = 1 }, \"a:b\" = 2")]
    public void Keys_that_the_configuration_cannot_tell_apart_are_an_error(string hocon) =>
        Assert.Contains("exists twice", Assert.Throws<HoconException>(() => From(hocon)).Message, StringComparison.Ordinal);

    static IConfigurationRoot From(string hocon) => new ConfigurationBuilder().AddHoconString(hocon, "test").Build();

    sealed class Bound
    {
        public List<string> Names { get; init; } = [];

        public Dictionary<string, int> Limits { get; init; } = [];
    }
}
