using System.Buffers;
using System.Runtime.CompilerServices;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>The stored forms of providers and weights: as version 1 wrote them, and under hostile bytes.</summary>
public sealed class WeightsStoredFormatTests
{
    private const string Accept = "ACCEPT_STORED";
    private const long MaxBytes = 16 << 20;

    private static readonly ProviderScored s_scored = new(9, new ProviderTotals(3, 2, -12.25, 1, 12.5), [new CalibrationCell(0, 1, 0, -1), new CalibrationCell(80, 2, 1, 12.5)]);
    private static readonly Ballot[] s_ballots = [new("a", BookSamples.Buy, 62.5), new("東京", ActionWords.None, 50)];
    private static readonly Forecast s_forecast = new("d2", s_ballots, [0.5, 0.25, -0.25, 0.125, -1], [0.5, 0.5625, 0.4375, 0.53125, 0.25, 0.75], 0.515625);

    private static readonly WeightsModel s_model = WeightsModel.Empty with
    {
        Number = 7,
        Decisions = 6,
        Shares = [0.25, 0.25, 0.125, 0.125, 0.125, 0.125],
        LogLosses = [1.5, 2, 2.5, 3, 3.5, 4],
        Temperatures = [.. Enumerable.Range(0, 35).Select(static i => i % 7 == 0 ? 0.25 : 0.125)],
        LogLoss = 1.75,
        EvidenceRight = 3.5,
        OriginalRight = 3,
        EqualRight = 2.5,
        Providers =
        [
            new ProviderEvidence
            {
                Provider = "a", Scored = 6, Correct = 4, SlowVotes = 5.5, SlowWins = 3.75, FastVotes = 5.25, FastWins = 3.5, Asleep = 2,
                Original = new OriginalHistory(3, 5, -0.5), OriginalWeight = 0.75, EvidenceWeight = 0.625, Accuracy = 0.53125,
            },
            new ProviderEvidence { Provider = "東京", Asleep = 1, EvidenceWeight = 0.375, Accuracy = 0.5 },
        ],
    };

    private static readonly BookTaken[] s_taken =
    [
        new(11, new UnixNanoseconds(-5), "d2", s_forecast, false, [], null),
        new(12, new UnixNanoseconds(60), "d1", null, true, ["a", "ensemble"], s_model),
        new(13, new UnixNanoseconds(0), null, null, false, [], null),
    ];

    private static readonly (string Name, Func<(string Manifest, byte[] Bytes)> Write, Func<string, byte[], string> ReadAndShow)[] s_forms =
    [
        ("provider scored", () => Written(output => new ProviderFormat().WriteEvent(s_scored, output)), (manifest, bytes) => Show(Replayed(manifest, bytes))),
        ("provider", () => Written(output => new ProviderFormat().WriteSnapshot(Scored(), output)), (manifest, bytes) => Show(new ProviderFormat().ReadSnapshot("", manifest, bytes))),
        .. s_taken.Select((taken, i) => (
            $"book taken {i}", (Func<(string, byte[])>)(() => Written(output => new WeightsFormat().WriteEvent(taken, output))),
            (Func<string, byte[], string>)((manifest, bytes) => Show(Taken(manifest, bytes))))),
        ("weights", () => Written(output => new WeightsFormat().WriteSnapshot(All(), output)), (manifest, bytes) => Show(new WeightsFormat().ReadSnapshot("", manifest, bytes))),
    ];

    [Fact]
    public void What_version_1_stored_is_read_and_this_version_stores_the_same()
    {
        var stored = Stored();
        foreach (var (name, write, readAndShow) in s_forms)
        {
            Assert.True(stored.TryGetValue(name, out var v1), $"{name} is not in stored-v1.txt: run this test with {Accept}=1 in the environment, which adds it.");
            var (manifest, bytes) = write();
            Assert.Equal((name, v1.Manifest, v1.Hex), (name, manifest, Convert.ToHexString(bytes)));
            Assert.Equal(readAndShow(manifest, bytes), readAndShow(v1.Manifest, Convert.FromHexString(v1.Hex)));
        }
    }

    [Fact]
    public void What_is_read_from_bytes_is_what_was_there()
    {
        Assert.Equal(Show(Scored()), Show(Replayed(ProviderFormat.ScoredManifest, Written(static output => new ProviderFormat().WriteEvent(s_scored, output)).Bytes)));
        var replayed = new WeightsState();
        foreach (var taken in s_taken)
        {
            var (manifest, bytes) = Written(output => new WeightsFormat().WriteEvent(taken, output));
            new WeightsFormat().ReplayEvent(replayed, manifest, bytes);
        }

        Assert.Equal(Show(All()), Show(replayed));
        Assert.Equal((13, 7, 0.625), (replayed.Cursor, replayed.Model.Number, replayed.Model.Providers[0].EvidenceWeight));
        Assert.True(replayed.IsClosed("d1") && !replayed.IsClosed("d2"));
    }

    [Fact]
    public void Hostile_bytes_are_read_or_refused_and_take_no_memory_for_what_is_not_there()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var sound = s_forms.Select(static form => form.Write().Bytes).ToArray();
        var (read, refused) = (0, 0);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var form = random.Next(s_forms.Length);
            var bytes = HostileBytes.Of(random, sound[random.Next(4) == 0 ? random.Next(sound.Length) : form]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                s_forms[form].ReadAndShow(s_forms[form].Write().Manifest, bytes);
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, trial {trial}, {s_forms[form].Name}: {exception}\n{Convert.ToHexString(bytes)}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MaxBytes, $"seed {seed}, trial {trial}, {s_forms[form].Name}: {Convert.ToHexString(bytes)}");
        }

        Assert.True(read > 500 && refused > 2_000, $"seed {seed}: {read} read and {refused} refused are no test of both");
    }

    [Fact]
    public void A_manifest_of_a_later_version_is_refused_by_name()
    {
        Assert.Contains("'provider.scored.v2'", Assert.Throws<FormatException>(static () => new ProviderFormat().ReplayEvent(new ProviderState(), "provider.scored.v2", [])).Message, StringComparison.Ordinal);
        Assert.Contains("'provider.state.v2'", Assert.Throws<FormatException>(static () => new ProviderFormat().ReadSnapshot("", "provider.state.v2", [])).Message, StringComparison.Ordinal);
        Assert.Contains("'weights.x'", Assert.Throws<FormatException>(static () => new WeightsFormat().ReplayEvent(new WeightsState(), "weights.x", [])).Message, StringComparison.Ordinal);
        Assert.Contains("'weights.x'", Assert.Throws<FormatException>(static () => new WeightsFormat().ReadSnapshot("", "weights.x", [])).Message, StringComparison.Ordinal);
    }

    private static ProviderState Scored()
    {
        var state = new ProviderState();
        state.Apply(s_scored);
        return state;
    }

    private static WeightsState All()
    {
        var state = new WeightsState();
        foreach (var taken in s_taken)
            state.Apply(taken);
        return state;
    }

    private static ProviderState Replayed(string manifest, byte[] bytes)
    {
        var state = new ProviderState();
        new ProviderFormat().ReplayEvent(state, manifest, bytes);
        return state;
    }

    private static WeightsState Taken(string manifest, byte[] bytes)
    {
        var state = new WeightsState();
        new WeightsFormat().ReplayEvent(state, manifest, bytes);
        return state;
    }

    /// <summary>All that a state holds, and that everything it can be asked is answered: what was read must never be what arithmetic stumbles over.</summary>
    private static string Show(ProviderState state) => Convert.ToHexString(Written(output => new ProviderFormat().WriteSnapshot(state, output)).Bytes) + state.ToStatistics("p");

    private static string Show(WeightsState state)
    {
        _ = WeightsAnswers.Now(state, WeightRule.Evidence);
        _ = WeightsAnswers.History(state, WeightRule.Original, 100);
        _ = WeightsAnswers.Regret(state);
        var next = BookSamples.Closed(BookSamples.Decision("d2", "BUY", ("a", "BUY"), ("b", "SELL")), 10);
        state.Copy().Apply(WeightsFolding.Take(state, BookSamples.Fold(state.Cursor, next)));
        return Convert.ToHexString(Written(output => new WeightsFormat().WriteSnapshot(state, output)).Bytes);
    }

    private static (string Manifest, byte[] Bytes) Written(Func<IBufferWriter<byte>, string> write)
    {
        var output = new ArrayBufferWriter<byte>();
        return (write(output), output.WrittenSpan.ToArray());
    }

    private static Dictionary<string, (string Manifest, string Hex)> Stored([CallerFilePath] string testFile = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(testFile) ?? ".", "stored-v1.txt");
        if (Environment.GetEnvironmentVariable(Accept) == "1" && !File.Exists(file))
        {
            foreach (var (name, write, _) in s_forms)
            {
                var (manifest, bytes) = write();
                File.AppendAllLines(file, [name, manifest, Convert.ToHexString(bytes)]);
            }
        }

        return (File.Exists(file) ? File.ReadAllLines(file) : []).Chunk(3).ToDictionary(static lines => lines[0], static lines => (lines[1], lines[2]));
    }
}
