namespace ActorMemory.Hosting.Tests.Hocon;

/// <summary>The examples of the HOCON specification, sections "Unchanged from JSON" to "Multi-line strings".</summary>
public sealed class HoconSyntaxSpecificationTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[true,false,null,-1.5e+3,"x\u00e9\n\"\\\/\b\f\r\t"],"c":{"d":{}},"e":[]}""")]
    [InlineData("""[1,[2,[3]],{"a":"b"}]""")]
    [InlineData("""{"":"","a b":" c ","0":0,"\ud83d\ude00":"\ud83d\ude00"}""")]
    public void Json_is_HOCON(string json) => HoconAssert.Means(json, json);

    [Theory]
    [InlineData("// a comment\n a : 1 // and another")]
    [InlineData("# a comment\n a : 1 # and another")]
    [InlineData("a : 1 // to the end of the text")]
    [InlineData("a:1#")]
    public void Comments_are_ignored(string hocon) => HoconAssert.Means("""{"a":1}""", hocon);

    [Fact]
    public void Comment_signs_inside_quotes_are_text() =>
        HoconAssert.Means("""{"a":"x // y","b":"x # y","c":"http:"}""", "a = \"x // y\"\nb = \"x # y\"\nc = \"http:\"// comment");

    [Theory]
    [InlineData("a : 1")]
    [InlineData("{ a : 1 }")]
    [InlineData("\n\n { \n a : 1 } \n # the end")]
    public void The_root_braces_may_be_left_out(string hocon) => HoconAssert.Means("""{"a":1}""", hocon);

    [Theory]
    [InlineData("")]
    [InlineData("  \n # only a comment")]
    [InlineData("{}")]
    public void An_empty_text_is_an_empty_object(string hocon) => HoconAssert.Means("{}", hocon);

    [Theory]
    [InlineData("a : 1 }")]
    [InlineData("{ a : 1")]
    [InlineData("{ a : 1 } }")]
    [InlineData("{ a : [ 1 }")]
    [InlineData("[ 1")]
    [InlineData("{} b : 1")]
    [InlineData("[] []")]
    [InlineData("\"only a string\"")]
    public void Brackets_have_to_be_balanced_and_the_root_an_object_or_array(string hocon) => HoconAssert.Fails(hocon);

    [Theory]
    [InlineData("a = 1")]
    [InlineData("a : 1")]
    [InlineData("a=1")]
    [InlineData("a \n = \n 1")]
    public void The_separator_is_a_colon_or_an_equals_sign(string hocon) => HoconAssert.Means("""{"a":1}""", hocon);

    [Theory]
    [InlineData("\"foo\" {}")]
    [InlineData("\"foo\" : {}")]
    [InlineData("foo\n{\n}")]
    public void The_separator_may_be_left_out_before_a_brace(string hocon) => HoconAssert.Means("""{"foo":{}}""", hocon);

    [Theory]
    [InlineData("[1,2,3,]")]
    [InlineData("[1,2,3]")]
    [InlineData("[1\n2\n3]")]
    [InlineData("[\n1,\n2\n,\n3\n]")]
    public void Commas_and_newlines_separate_elements(string hocon) => HoconAssert.Means("[1,2,3]", hocon);

    [Theory]
    [InlineData("a:1,b:2,")]
    [InlineData("a:1\nb:2")]
    [InlineData("{a:1\n,\nb:2\n}")]
    public void Commas_and_newlines_separate_fields(string hocon) => HoconAssert.Means("""{"a":1,"b":2}""", hocon);

    [Theory]
    [InlineData("[1,2,3,,]")]
    [InlineData("[,1,2,3]")]
    [InlineData("[1,,2,3]")]
    [InlineData("{a:1,,b:2}")]
    [InlineData("{,a:1}")]
    [InlineData("{a:1,,}")]
    [InlineData("a = 1 b = 2")]
    [InlineData("{a:{} b:1}")]
    public void Superfluous_and_missing_commas_are_errors(string hocon) => HoconAssert.Fails(hocon);

    [Theory]
    [InlineData('\u00A0')]
    [InlineData('\u2007')]
    [InlineData('\u202F')]
    [InlineData('\uFEFF')]
    [InlineData('\u2028')]
    [InlineData('\u2029')]
    [InlineData('\t')]
    [InlineData('\v')]
    [InlineData('\f')]
    [InlineData('\r')]
    [InlineData('\u001C')]
    [InlineData('\u001D')]
    [InlineData('\u001E')]
    [InlineData('\u001F')]
    public void Every_whitespace_of_the_specification_is_trimmed_and_is_no_newline(char space)
    {
        HoconAssert.Means("""{"a":1}""", $"{space}a{space}={space}1{space}");
        HoconAssert.Fails($"a = 1{space}b = 2");
    }

    [Theory]
    [InlineData("""{ "foo" : { "a" : 42 }, "foo" : { "b" : 43 } }""", """{ "foo" : { "a" : 42, "b" : 43 } }""")]
    [InlineData("""{ "foo" : { "a" : 42 }, "foo" : null, "foo" : { "b" : 43 } }""", """{ "foo" : { "b" : 43 } }""")]
    [InlineData("a = 1, a = 2", """{ "a" : 2 }""")]
    [InlineData("a { x { y = 1, z = 1 } }, a { x { y = 2 } }", """{ "a" : { "x" : { "y" : 2, "z" : 1 } } }""")]
    [InlineData("a = [1], a = [2]", """{ "a" : [2] }""")]
    [InlineData("a = { x = 1 }, a = 42, a = { y = 2 }", """{ "a" : { "y" : 2 } }""")]
    [InlineData("a = 42, a = { y = 2 }, a = { x = 1 }", """{ "a" : { "y" : 2, "x" : 1 } }""")]
    [InlineData("a = { x = 1 }, a = null", """{ "a" : null }""")]
    [InlineData("a = { x = 1 }, a = {}", """{ "a" : { "x" : 1 } }""")]
    public void Duplicate_keys_override_and_objects_merge(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Theory]
    [InlineData("truefoo", "\"truefoo\"")]
    [InlineData("footrue", "\"footrue\"")]
    [InlineData("10.0bar", "\"10.0bar\"")]
    [InlineData("bar10.0", "\"bar10.0\"")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("nullable", "\"nullable\"")]
    [InlineData("1e+5", "1e+5")]
    [InlineData("-0.5E-3", "-0.5E-3")]
    [InlineData("01", "\"01\"")]
    [InlineData("1.", "\"1.\"")]
    [InlineData("127.0.0.1", "\"127.0.0.1\"")]
    [InlineData("-foo", "\"-foo\"")]
    [InlineData("./data/x-1_2;(3)|%~<>'", "\"./data/x-1_2;(3)|%~<>'\"")]
    [InlineData("a/b // comment", "\"a/b\"")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("\"true\"", "\"true\"")]
    public void Unquoted_text_is_a_string_unless_it_is_a_literal(string hocon, string json) =>
        HoconAssert.Means($"{{\"a\":{json}}}", $"a = {hocon}");

    [Theory]
    [InlineData("$")]
    [InlineData("}")]
    [InlineData("]")]
    [InlineData(":")]
    [InlineData("=")]
    [InlineData("+")]
    [InlineData("`")]
    [InlineData("^")]
    [InlineData("?")]
    [InlineData("!")]
    [InlineData("@")]
    [InlineData("*")]
    [InlineData("&")]
    [InlineData("\\")]
    public void Reserved_characters_need_quotes(string character)
    {
        HoconAssert.Fails($"a = x{character}y");
        var escaped = character == "\\" ? "\\\\" : character;
        HoconAssert.Means($"{{\"a\":\"x{escaped}y\"}}", $"a = \"x{escaped}y\"");
    }

    [Theory]
    [InlineData("a = \"x")]
    [InlineData("a = \"x\ny\"")]
    [InlineData("a = \"x\ty\"")]
    [InlineData("a = \"\\x\"")]
    [InlineData("a = \"\\u12g4\"")]
    [InlineData("a = \"\\u12")]
    [InlineData("a = \"\\")]
    [InlineData("a = \"\\ud83d\"")]
    [InlineData("a = \"\\ude00\\ud83d\"")]
    [InlineData("a = \"\"\"x\"\"")]
    public void Broken_quoted_strings_are_errors(string hocon) => HoconAssert.Fails(hocon);

    [Theory]
    [InlineData("\"\"\"foo\"\"\"", "foo")]
    [InlineData("\"\"\"foo\"\"\"\"", "foo\"")]
    [InlineData("\"\"\"\"\"\"", "")]
    [InlineData("\"\"\"\"foo\"\"\"\"\"", "\"foo\"\"")]
    [InlineData("\"\"\" a \n\t\\n\\u0041 \"x\" ${b} # c\n\"\"\"", " a \n\t\\n\\u0041 \"x\" ${b} # c\n")]
    public void Triple_quoted_strings_are_taken_as_they_are(string hocon, string text) =>
        HoconAssert.Means(new System.Text.Json.Nodes.JsonObject { ["a"] = text }.ToJsonString(), $"a = {hocon}");
}
