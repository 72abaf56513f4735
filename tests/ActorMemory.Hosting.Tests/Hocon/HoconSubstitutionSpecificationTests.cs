namespace ActorMemory.Hosting.Tests.Hocon;

/// <summary>The examples of the HOCON specification, section "Substitutions".</summary>
public sealed class HoconSubstitutionSpecificationTests
{
    [Theory]
    [InlineData("key : ${animal.favorite} is my favorite animal")]
    [InlineData("key : ${animal.favorite}\" is my favorite animal\"")]
    public void Substitutions_are_joined_with_text(string field) => HoconAssert.Means(
        """{"animal":{"favorite":"cat"},"key":"cat is my favorite animal"}""", $"animal.favorite = cat\n{field}");

    [Fact]
    public void Substitutions_inside_quotes_are_text() => HoconAssert.Means("""{"a":"${b}"}""", "a = \"${b}\"");

    [Fact]
    public void Substitutions_look_forward_to_the_latest_value() =>
        HoconAssert.Means("""{"a":3,"b":3}""", "a = ${b}\nb = 1\nb = 2\nb = 3");

    [Theory]
    [InlineData("x = 1", "1")]
    [InlineData("x = true", "true")]
    [InlineData("x = null", "null")]
    [InlineData("x = [1]", "[1]")]
    [InlineData("x = {p:1}", "{\"p\":1}")]
    public void A_substitution_alone_keeps_the_type(string definition, string json) =>
        HoconAssert.Means($"{{\"x\":{json},\"a\":{json}}}", $"{definition}\na = ${{x}}");

    [Fact]
    public void Undefined_substitutions_are_errors() =>
        Assert.Contains("${does.not.exist} is defined neither", HoconAssert.Fails("a = ${does.not.exist}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("foo : ${?bar}", "{}")]
    [InlineData("foo : ${?bar}${?baz}", "{}")]
    [InlineData("foo : 1, foo : ${?bar}", """{"foo":1}""")]
    [InlineData("foo : [1, ${?bar}, 2]", """{"foo":[1,2]}""")]
    [InlineData("foo : x${?bar}y", """{"foo":"xy"}""")]
    [InlineData("foo : ${?bar}y", """{"foo":"y"}""")]
    [InlineData("foo : ${?bar} [1]", """{"foo":[1]}""")]
    [InlineData("foo : ${?bar} {a:1}", """{"foo":{"a":1}}""")]
    [InlineData("foo : {a:1}, foo : ${?bar}, foo : {b:2}", """{"foo":{"a":1,"b":2}}""")]
    public void Undefined_optional_substitutions_vanish(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Fact]
    public void A_field_can_build_on_its_older_value() =>
        HoconAssert.Means("""{"path":"a:b:c:d"}""", "path : \"a:b:c\"\npath : ${path}\":d\"");

    [Fact]
    public void Older_values_are_found_through_several_steps() =>
        HoconAssert.Means("""{"a":"1234"}""", "a = 1\na = ${a}2\na = ${a}3\na = ${a}4");

    [Theory]
    [InlineData("a : ${a}")]
    [InlineData("a : ${a}bc")]
    [InlineData("path : ${path} [ /usr/bin ]")]
    [InlineData("foo : ${foo}\nfoo : { a : 1 }")]
    [InlineData("bar : ${foo}\nfoo : ${bar}")]
    [InlineData("a : ${b}\nb : ${c}\nc : ${a}")]
    public void Circles_without_an_older_value_are_errors(string hocon) =>
        Assert.Contains("leads back to itself", HoconAssert.Fails(hocon).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a : { b : ${a} }")]
    [InlineData("a : [${a}]")]
    [InlineData("a : 1, a : { b : ${a} }")]
    [InlineData("a : { b : ${c} }, c : [ ${a} ]")]
    public void A_value_cannot_contain_itself(string hocon) =>
        Assert.Contains("contains itself", HoconAssert.Fails(hocon).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1")]
    [InlineData("[1]")]
    public void A_value_that_hides_the_circle_breaks_it(string hiding) => HoconAssert.Means(
        $$$"""{"x":{"y":{"y":{{{hiding}}}}},"z":{"y":{{{hiding}}}}}""", $"x = {{ y = ${{z}} }}\nz = ${{x}} {{ y = {hiding} }}");

    [Theory]
    [InlineData("a += b", """{"a":["b"]}""")]
    [InlineData("a = [1]\na += 2\na += 3", """{"a":[1,2,3]}""")]
    [InlineData("x { a = [1] }\nx { a += 2 }", """{"x":{"a":[1,2]}}""")]
    [InlineData("x.a = [1]\nx.a += [2]", """{"x":{"a":[1,[2]]}}""")]
    [InlineData("b { l = [1] }\nx = ${b} { l += 2 }", """{"b":{"l":[1]},"x":{"l":[1,2]}}""")]
    public void Plus_equals_appends(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Theory]
    [InlineData("a = 1\na += 2")]
    [InlineData("[ { a += 1 } ]")]
    public void Plus_equals_needs_a_list_that_a_path_leads_to(string hocon) => HoconAssert.Fails(hocon);

    [Theory]
    [InlineData("foo : { a : 1 }\nfoo : ${foo}", """{"foo":{"a":1}}""")]
    [InlineData("foo : ${?foo}", "{}")]
    [InlineData("foo : ${does-not-exist}\nfoo : 42", """{"foo":42}""")]
    [InlineData("foo : ${foo}, foo : 42", """{"foo":42}""")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData(
        "bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4",
        """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    public void Self_references_resolve_as_in_the_specification(string hocon, string json) => HoconAssert.Means(json, hocon);

    [Fact]
    public void Two_fields_that_refer_to_each_other_get_the_same_value()
    {
        var result = Assert.IsType<System.Text.Json.Nodes.JsonObject>(
            HoconAssert.ToJson(HoconAssert.Parse("a : 1\nb : 2\na : ${b}\nb : ${a}")));

        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(result["a"], result["b"]));
    }

    [Fact]
    public void An_inherited_object_resolves_against_the_object_it_was_defined_in() => HoconAssert.Means(
        """{"base":{"host":"h","url":"http://h/"},"child":{"host":"c","url":"http://h/"}}""",
        "base { host = h, url = \"http://\"${base.host}/ }\nchild = ${base} { host = c }");

    [Fact]
    public void Paths_lead_through_substitutions() =>
        HoconAssert.Means("""{"a":{"x":{"y":1}},"b":{"x":{"y":1}},"c":1}""", "a.x.y = 1\nb = ${a}\nc = ${b.x.y}");

    [Fact]
    public void The_environment_answers_for_what_the_configuration_lacks() => HoconAssert.Means(
        """{"a":"/root","b":"8080","c":""}""",
        "a = ${HOME}, b = ${?a.port}, c = ${EMPTY}",
        ("HOME", "/root"),
        ("a.port", "8080"),
        ("EMPTY", ""));

    [Fact]
    public void The_configuration_wins_over_the_environment() =>
        HoconAssert.Means("""{"HOME":"mine","a":"mine"}""", "HOME = mine, a = ${HOME}", ("HOME", "/root"));

    [Fact]
    public void A_null_keeps_the_environment_out() =>
        HoconAssert.Means("""{"HOME":null,"a":null}""", "HOME = null, a = ${HOME}", ("HOME", "/root"));
}
