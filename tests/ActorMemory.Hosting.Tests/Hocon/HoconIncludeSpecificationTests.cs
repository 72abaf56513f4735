using System.Text.Json.Nodes;
using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Tests.Hocon;

/// <summary>The examples of the HOCON specification, section "Includes", with real files.</summary>
public sealed class HoconIncludeSpecificationTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("hocon-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("include \"foo.conf\"")]
    [InlineData("include file(\"foo.conf\")")]
    [InlineData("include required(\"foo.conf\")")]
    [InlineData("include required(file(\"foo.conf\"))")]
    [InlineData("include required( file( \"foo.conf\" ) )")]
    [InlineData("include \n\n \"foo.conf\" # comment")]
    [InlineData("include required(\n file(\n\"foo.conf\"\n)\n)")]
    [InlineData("include \"foo\"")]
    public void Every_form_of_include_brings_the_fields_of_the_file(string include)
    {
        Write("foo.conf", "x = 1");

        Means("""{"before":0,"x":1,"after":2}""", $"before = 0, {include}\nafter = 2");
    }

    [Fact]
    public void An_absolute_path_stays_absolute()
    {
        var file = Write("foo.conf", "x = 1");

        Means("""{"x":1}""", $"include \"{file}\"");
    }

    [Fact]
    public void Included_keys_override_what_came_before_and_give_way_to_what_comes_after()
    {
        Write("foo.conf", "a = 2, b = 2, o { y = 2 }");

        Means("""{"a":2,"o":{"x":1,"y":2},"b":3}""", "a = 1, o { x = 1 }\ninclude \"foo.conf\"\nb = 3");
    }

    [Fact]
    public void Substitutions_in_an_included_file_are_relative_to_where_it_is_included()
    {
        Write("foo.conf", "{ x : 10, y : ${x} }");

        Means("""{"a":{"x":10,"y":10}}""", "{ a : { include \"foo.conf\" } }");
        Means("""{"a":{"x":42,"y":42}}""", "{ a : { include \"foo.conf\" }\n a : { x : 42 } }");
    }

    [Fact]
    public void Substitutions_in_an_included_file_prefer_its_own_values_to_those_of_the_root()
    {
        Write("foo.conf", "x = 10, y = ${x}");

        Means("""{"x":1,"a":{"x":10,"y":10}}""", "x = 1, a { include \"foo.conf\" }");
    }

    [Fact]
    public void Substitutions_in_an_included_file_fall_back_to_the_root()
    {
        Write("foo.conf", "y = ${x}, z = ${?nowhere}");

        Means("""{"x":1,"a":{"y":1}}""", "x = 1, a { include \"foo.conf\" }");
    }

    [Fact]
    public void Plus_equals_in_an_included_file_appends_to_the_including_object()
    {
        Write("foo.conf", "list += 2");

        Means("""{"a":{"list":[1,2]}}""", "a { list = [1], include \"foo.conf\" }");
    }

    [Fact]
    public void Names_are_relative_to_the_including_file()
    {
        Write("sub/one.conf", "include \"two.conf\"");
        Write("sub/two.conf", "include \"../three.conf\"");
        Write("three.conf", "x = 3");

        Means("""{"x":3}""", "include \"sub/one.conf\"");
    }

    [Fact]
    public void A_name_without_extension_loads_JSON_first_and_HOCON_on_top()
    {
        Write("foo.json", """{"a":1,"b":1}""");
        Write("foo.conf", "b = 2");

        Means("""{"a":1,"b":2}""", "include \"foo\"");
    }

    [Fact]
    public void A_missing_file_is_ignored() => Means("""{"a":1}""", "include \"missing.conf\", include \"missing/too\", a = 1");

    [Theory]
    [InlineData("include required(\"missing.conf\")")]
    [InlineData("include required(\"missing\")")]
    [InlineData("include required(file(\"missing.conf\"))")]
    public void A_missing_required_file_is_an_error(string include) =>
        Assert.Contains("does not exist", Fails(include).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("include : 42")]
    [InlineData("include = 42")]
    [InlineData("include foo.conf")]
    [InlineData("include ${foo}")]
    [InlineData("include \"a\" \"b\"")]
    [InlineData("include file(foo.conf)")]
    [InlineData("include file(\"foo.conf\"")]
    [InlineData("include \"foo.conf\")")]
    [InlineData("include url(\"http://localhost/foo.conf\")")]
    [InlineData("include classpath(\"foo.conf\")")]
    [InlineData("include \"http://localhost/foo.conf\"")]
    [InlineData("include \"\"")]
    [InlineData("include")]
    public void Other_forms_of_include_are_errors(string hocon) => Fails(hocon);

    [Fact]
    public void An_included_array_is_an_error()
    {
        var file = Write("foo.conf", "[1]");

        Assert.Equal(new HoconPosition(file, 1, 1), Fails("include \"foo.conf\"").Position);
    }

    [Fact]
    public void Errors_name_the_included_file()
    {
        var file = Write("foo.conf", "a = 1\nb = @");

        Assert.Equal(new HoconPosition(file, 2, 5), Fails("include \"foo.conf\"").Position);
    }

    [Fact]
    public void Files_that_include_each_other_in_a_circle_are_an_error()
    {
        Write("a.conf", "x { include \"b.conf\" }");
        Write("b.conf", "include \"main.conf\"");

        Assert.Contains("in a circle", Fails("include \"a.conf\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_be_included_twice()
    {
        Write("foo.conf", "x = 1");

        Means("""{"a":{"x":1},"b":{"x":1}}""", "a { include \"foo.conf\" }\nb { include \"foo.conf\" }");
    }

    [Fact]
    public void Files_that_double_their_includes_are_an_error()
    {
        for (var i = 0; i < 30; i++)
            Write($"f{i}.conf", $"include \"f{i + 1}.conf\"\ninclude \"f{i + 1}.conf\"");

        Assert.Contains("files are included", Fails("include \"f0.conf\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_an_error_at_the_byte()
    {
        var file = Path.Combine(_folder, "foo.conf");
        File.WriteAllBytes(file, [.. "a = 1\nb = \""u8, 0xC3, 0x28, (byte)'"']);

        Assert.Equal(new HoconPosition(file, 2, 6), Fails("include \"foo.conf\"").Position);
    }

    [Fact]
    public void A_file_that_is_too_long_is_an_error()
    {
        Write("foo.conf", new string(' ', HoconLimits.TextLength + 1));

        Assert.Contains("longer than", Fails("include \"foo.conf\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_cannot_be_included()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "foo.conf"));

        Assert.Contains("cannot be read", Fails("include \"foo.conf\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_in_no_folder_cannot_include_a_relative_path() =>
        Assert.Contains("in no folder", HoconAssert.Fails("include \"foo.conf\"").Message, StringComparison.Ordinal);

    [Fact]
    public void A_substitution_in_a_file_that_is_included_in_an_array_is_an_error()
    {
        Write("plain.conf", "x = 1");
        Write("foo.conf", "x = 1, y = ${x}");

        Means("""[{"x":1}]""", "[ { include \"plain.conf\" } ]");
        Assert.Contains("inside an array", Fails("[ { include \"foo.conf\" } ]").Message, StringComparison.Ordinal);
    }

    string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? _folder);
        File.WriteAllText(file, text);
        return file;
    }

    HoconValue ParseMain(string main)
    {
        var file = Write("main.conf", main);
        var text = HoconText.ReadIfExists(file, new HoconPosition(file, 1, 1));
        Assert.NotNull(text);
        return HoconDocument.Parse(text, _ => null);
    }

    void Means(string json, string main)
    {
        var actual = HoconAssert.ToJson(ParseMain(main));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), actual), $"expected {json}\n but was {actual?.ToJsonString()}");
    }

    HoconException Fails(string main) => Assert.Throws<HoconException>(() => ParseMain(main));
}
