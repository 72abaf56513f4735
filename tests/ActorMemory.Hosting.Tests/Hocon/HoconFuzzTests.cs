using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Tests.Hocon;

public sealed class HoconFuzzTests
{
    const string Alphabet = "ab.\"\"\"${?}[]{}=:+,\\#/ \n\t019-e\u00e9\ud83d\0includefile(required)trulx";

    const string Configuration =
        "actormemory {\n  data = \"./d\"\n  http { port = 9090, host = \"127.0.0.1\" }\n  http.tls.password = \"swordfish\"\n"
        + "  pruning { schedule = 1h, keep = 500 }\n  shards.memory-budget = 64MiB\n}\nactormemory.log.level = debug\n";

    static readonly string[] Seeds =
    [
        "a : { b : 1, c : ${?x.y} } { c : 2 }\na.b += 3 // comment\n",
        "include required(file(\"foo.conf\"))\n\"a b\".c = \"\"\"x\ny\"\"\" z\n",
        "foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }\nfoo += ${foo} [1]",
        "{\"a\":1,\"b\":[true,false,null,-1.5e+3,\"x\\u00e9\\n\"],\"c\":{\"d\":{}},\"e\":[]}",
        "a = 1\na = ${a}2\nb = ${a} ${?HOME} [ ${c} ]\nc = ${b}\nd { \"0\" = x, 1 = y } [ z ]",
        "bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(20260801)]
    public void Mutated_texts_are_values_or_clear_errors(int seed)
    {
        var random = new Random(seed);
        var (values, errors) = (0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            var text = Mutate(Seeds[random.Next(Seeds.Length)], random);
            try
            {
                HoconDocument.Parse(new HoconText("fuzz", File: null, text), name => name == "HOME" ? "/root" : null);
                values++;
            }
            catch (HoconException e)
            {
                Assert.True(e.Position is { Line: >= 1, Column: >= 1 }, $"seed {seed}, text {i}: {e.Position} for {text}");
                errors++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, text {i}: {e.GetType()} for {text}\n{e}");
            }
        }

        Assert.True(values > 100 && errors > 100, $"seed {seed}: {values} values and {errors} errors are no test of both");
    }

    [Fact]
    public void Mutated_configurations_are_settings_or_clear_problems()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var file = Path.GetTempFileName();
        var (settings, problems) = (0, 0);
        try
        {
            for (var i = 0; i < 3_000; i++)
            {
                File.WriteAllBytes(file, (random.Next(4) == 0 ? Encoding.Latin1 : Encoding.UTF8).GetBytes(Mutate(Configuration, random)));
                try
                {
                    ActorMemoryConfiguration.Load(file, [], new Dictionary<string, string?>());
                    settings++;
                }
                catch (ActorMemoryConfigurationException e)
                {
                    problems++;
                    Assert.NotEmpty(e.Problems);
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"seed {seed}, text {i}: {e}\nfor {File.ReadAllText(file)}");
                }
            }
        }
        finally
        {
            File.Delete(file);
        }

        Assert.True(settings > 10 && problems > 100, $"seed {seed}: {settings} settings and {problems} problems are no test of both");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20260802)]
    public void Every_JSON_document_means_what_System_Text_Json_says(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 5_000; i++)
        {
            var root = random.Next(2) == 0 ? RandomObject(random, depth: 0) : (JsonNode)RandomArray(random, depth: 0);
            var json = root.ToJsonString();

            var actual = HoconAssert.ToJson(HoconAssert.Parse(json));

            Assert.True(
                JsonNode.DeepEquals(JsonNode.Parse(json), actual),
                $"seed {seed}, document {i}: {json}\nwas read as {actual?.ToJsonString()}");
        }
    }

    static string Mutate(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var edits = random.Next(1, 8); edits > 0; edits--)
        {
            var at = random.Next(mutated.Length + 1);
            var length = Math.Min(random.Next(12), mutated.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    mutated.Remove(at, length);
                    break;
                case 1:
                    mutated.Insert(at, mutated.ToString(at, length));
                    break;
                case 2:
                    mutated.Insert(at, Seeds[random.Next(Seeds.Length)]);
                    break;
                default:
                    mutated.Insert(at, Alphabet[random.Next(Alphabet.Length)]);
                    break;
            }
        }

        return mutated.ToString();
    }

    static JsonObject RandomObject(Random random, int depth)
    {
        var result = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
            result[RandomText(random)] = RandomNode(random, depth + 1);
        return result;
    }

    static JsonArray RandomArray(Random random, int depth)
    {
        var result = new JsonArray();
        for (var i = random.Next(5); i > 0; i--)
            result.Add(RandomNode(random, depth + 1));
        return result;
    }

    static JsonNode? RandomNode(Random random, int depth) => random.Next(depth > 5 ? 4 : 7) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => JsonNode.Parse((random.NextDouble() * Math.Pow(10, random.Next(-30, 30))).ToString("R", CultureInfo.InvariantCulture)),
        3 => RandomText(random),
        4 or 5 => RandomObject(random, depth),
        _ => RandomArray(random, depth),
    };

    static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(10); i > 0; i--)
        {
            var c = random.Next(3) == 0 ? (char)random.Next(0xD800) : Alphabet[random.Next(Alphabet.Length)];
            if (!char.IsSurrogate(c))
                text.Append(c);
        }

        return text.ToString();
    }
}
