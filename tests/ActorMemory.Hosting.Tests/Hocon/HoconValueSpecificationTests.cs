namespace ActorMemory.Hosting.Tests.Hocon;

/// <summary>The examples of the HOCON specification, sections "Value concatenation" to "Paths as keys".</summary>
public sealed class HoconValueSpecificationTests
{
    [Theory]
    [InlineData(" foo bar baz ", "foo bar baz")]
    [InlineData("\"foo\" bar", "foo bar")]
    [InlineData("foo  \t bar", "foo  \\t bar")]
    [InlineData("true foo", "true foo")]
    [InlineData("null null", "null null")]
    [InlineData("1e5 x", "1e5 x")]
    [InlineData("1 2", "1 2")]
    [InlineData("\"a\"\"b\"", "ab")]
    [InlineData("a\" b \"c", "a b c")]
    [InlineData("include", "include")]
    public void Simple_values_on_one_line_are_joined_with_the_space_between_them(string hocon, string text)
    {
        HoconAssert.Means($"{{\"a\":\"{text}\"}}", $"a = {hocon}");
        HoconAssert.Means($"[\"{text}\"]", $"[ {hocon} ]");
    }

    [Fact]
    public void A_single_value_keeps_its_type() =>
        HoconAssert.Means("""{"a":true,"b":null,"c":10,"d":[true]}""", "a = true , b = null , c = 10 , d = [ true ]");

    [Theory]
    [InlineData("a : { b : 1, c : 2 }")]
    [InlineData("a : { b : 1 } { c : 2 }")]
    [InlineData("a : { b : 1 }\na : { c : 2 }")]
    public void Objects_are_joined_by_merging(string hocon) => HoconAssert.Means("""{"a":{"b":1,"c":2}}""", hocon);

    [Theory]
    [InlineData("a : [ 1, 2, 3, 4 ]")]
    [InlineData("a : [ 1, 2 ] [ 3, 4 ]")]
    [InlineData("a : [ 1, 2 ]\na : ${a} [ 3, 4 ]")]
    [InlineData("a : [ 1,\n 2 ] [\n 3, 4 ]")]
    public void Arrays_are_joined_by_appending(string hocon) => HoconAssert.Means("""{"a":[1,2,3,4]}""", hocon);

    [Fact]
    public void Objects_inherit_by_concatenation() => HoconAssert.Means(
        """{"data-center-generic":{"cluster-size":6},"data-center-east":{"cluster-size":6,"name":"east"}}""",
        """
        data-center-generic = { cluster-size = 6 }
        data-center-east = ${data-center-generic} { name = "east" }
        """);

    [Fact]
    public void Paths_grow_by_concatenation() =>
        HoconAssert.Means("""{"path":["/bin","/usr/bin"]}""", "path = [ /bin ]\npath = ${path} [ /usr/bin ]");

    [Theory]
    [InlineData("a = [1] {b:1}")]
    [InlineData("a = {b:1} [1]")]
    [InlineData("a = [1] x")]
    [InlineData("a = x {b:1}")]
    [InlineData("a = {b:1} 5")]
    [InlineData("o = {b:1}\n a = ${o} x")]
    [InlineData("o = {b:1}\n a = ${o} \" \" ${o}")]
    [InlineData("o = [1]\n a = ${o}\" \"${o}")]
    public void Mixed_types_cannot_be_joined(string hocon) => HoconAssert.Fails(hocon);

    [Theory]
    [InlineData("x = 1, y = 2, a = ${x} ${y}", "\"1 2\"")]
    [InlineData("x = [1], y = [2], a = ${x} ${y}", "[1,2]")]
    [InlineData("x = {p:1}, y = {q:2}, a = ${x} ${y}", "{\"p\":1,\"q\":2}")]
    [InlineData("x = {p:1}, y = {p:2}, a = ${x}${y}", "{\"p\":2}")]
    public void Space_between_substitutions_matters_between_strings_only(string hocon, string json)
    {
        var result = Assert.IsType<System.Text.Json.Nodes.JsonObject>(HoconAssert.ToJson(HoconAssert.Parse(hocon)));

        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(json), result["a"]));
    }

    [Theory]
    [InlineData("[ 1 2 3 4 ]", """["1 2 3 4"]""")]
    [InlineData("[ 1\n  2\n  3\n  4 ]", "[1,2,3,4]")]
    [InlineData("[ [ 1, 2 ] [ 3, 4 ] ]", "[[1,2,3,4]]")]
    [InlineData("[ [ 1, 2 ]\n  [ 3, 4 ] ]", "[[1,2],[3,4]]")]
    public void Space_joins_array_elements_and_newlines_separate_them(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Fact]
    public void Concatenation_reads_well_in_arrays() => HoconAssert.Means(
        """{"name":"Ada","world":"Moon","list":["This is an unquoted string my name is Ada","Hello Moon"]}""",
        "name = Ada, world = Moon\nlist = [ This is an unquoted string my name is ${name}, Hello ${world} ]");

    [Theory]
    [InlineData("foo.bar.\"hello.world\" = 1", """{"foo":{"bar":{"hello.world":1}}}""")]
    [InlineData("10.0foo = 1", """{"10":{"0foo":1}}""")]
    [InlineData("foo10.0 = 1", """{"foo10":{"0":1}}""")]
    [InlineData("foo\"10.0\" = 1", """{"foo10.0":1}""")]
    [InlineData("1.2.3 = 1", """{"1":{"2":{"3":1}}}""")]
    [InlineData("a.\"\".b = 1", """{"a":{"":{"b":1}}}""")]
    [InlineData("\"\" = 1", """{"":1}""")]
    [InlineData("\"\"\"x.y\"\"\".z = 1", """{"x.y":{"z":1}}""")]
    public void Dots_outside_quotes_separate_path_elements(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Theory]
    [InlineData("a..b = 1")]
    [InlineData(".a = 1")]
    [InlineData("a. = 1")]
    [InlineData(". = 1")]
    [InlineData("= 1")]
    [InlineData("a = ${}")]
    [InlineData("a = ${b..c}")]
    [InlineData("a = ${.b}")]
    [InlineData("a = ${b.}")]
    [InlineData("${a} = 1")]
    [InlineData("a = ${b${c}}")]
    [InlineData("a = ${b")]
    [InlineData("a = ${b\n}")]
    [InlineData("a = ${ ?b}")]
    [InlineData("a = $ {b}")]
    [InlineData("[a] = 1")]
    public void Broken_paths_are_errors(string hocon) => HoconAssert.Fails(hocon);

    [Theory]
    [InlineData("foo.bar : 42", """{"foo":{"bar":42}}""")]
    [InlineData("foo.bar.baz : 42", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("a.x : 42, a.y : 43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("a b c : 42", """{"a b c":42}""")]
    [InlineData("true : 42", """{"true":42}""")]
    [InlineData("3 : 42", """{"3":42}""")]
    [InlineData("3.14 : 42", """{"3":{"14":42}}""")]
    [InlineData("a.b { c.d = 1 }", """{"a":{"b":{"c":{"d":1}}}}""")]
    public void Paths_as_keys_make_nested_objects(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Theory]
    [InlineData("foo include : 42", """{"foo include":42}""")]
    [InlineData("\"include\" : 42", """{"include":42}""")]
    [InlineData("foo : include", """{"foo":"include"}""")]
    [InlineData("foo.include : 42", """{"foo":{"include":42}}""")]
    public void The_word_include_is_special_only_at_the_start_of_a_key(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Theory]
    [InlineData("a = [1]\na = ${a} { \"1\" : c, \"0\" : b, x : ignored }", """{"a":[1,"b","c"]}""")]
    [InlineData("o { \"0\" : a, \"2\" : b }\na = ${o} [c]", """{"o":{"0":"a","2":"b"},"a":["a","b","c"]}""")]
    [InlineData("o { \"0\" : a }", """{"o":{"0":"a"}}""")]
    public void Objects_with_numeric_keys_become_arrays_where_an_array_is_needed(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Theory]
    [InlineData("a = [1] {}")]
    [InlineData("a = [1] { x : 1 }")]
    [InlineData("a = [1] { \"-1\" : 1 }")]
    public void Objects_without_numeric_keys_are_no_arrays(string hocon) => HoconAssert.Fails(hocon);
}
