using System.Buffers;
using ActorMemory.Performance;
using ActorMemory.Retention;
using Google.Protobuf;
using Proto = ActorMemory.Tests.Retention.Wire;

namespace ActorMemory.Tests.Retention;

/// <summary>The codec of the register of legal holds against Google's, which is generated from the same .proto.</summary>
public sealed class LegalHoldFormatTests
{
    private static readonly LegalHoldFormat s_format = new();

    [Fact]
    public void Holds_are_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var hold = RandomHold(random, 1 + random.Next(1_000));
        var output = new ArrayBufferWriter<byte>();
        var manifest = s_format.WriteEvent(new HoldPlaced(hold), output);
        var state = new LegalHoldState();
        s_format.ReplayEvent(state, manifest, ToMessage(hold).ToByteArray());

        Assert.Equal("legal-hold.placed.v1", manifest);
        Assert.True(ToMessage(hold).Equals(Proto.HoldPlaced.Parser.ParseFrom(output.WrittenSpan)), where);
        Assert.Equal(hold, Assert.Single(state.Holds));

        output.ResetWrittenCount();
        var lifted = new HoldLifted(hold.Number, new UnixNanoseconds(5), "ada", "over");
        Assert.Equal("legal-hold.lifted.v1", s_format.WriteEvent(lifted, output));
        Assert.Equal(
            new Proto.HoldLifted { Number = (ulong)hold.Number, At = 5, Who = "ada", Reason = "over" }, Proto.HoldLifted.Parser.ParseFrom(output.WrittenSpan));
        s_format.ReplayEvent(state, "legal-hold.lifted.v1", output.WrittenSpan);
        Assert.Empty(state.Holds);
        Assert.Equal(hold.Number, state.LastNumber);
    });

    [Fact]
    public void The_register_is_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var state = new LegalHoldState();
        var message = new Proto.LegalHolds();
        for (var number = 1; number <= random.Next(6); number++)
        {
            var hold = RandomHold(random, number);
            state.Add(hold);
            message.Holds.Add(ToMessage(hold));
        }

        state.Count(50);
        message.LastNumber = 50;
        var output = new ArrayBufferWriter<byte>();
        var manifest = s_format.WriteSnapshot(state, output);
        var read = s_format.ReadSnapshot("legal-hold|register", manifest, message.ToByteArray());

        Assert.True(message.Equals(Proto.LegalHolds.Parser.ParseFrom(output.WrittenSpan)), where);
        Assert.Equal(state.Holds, read.Holds);
        Assert.Equal(50, read.LastNumber);
    });

    [Fact]
    public void What_a_later_version_wrote_is_refused_by_name()
    {
        Assert.Contains("legal-hold.placed.v2", Assert.Throws<FormatException>(() => s_format.ReplayEvent(new LegalHoldState(), "legal-hold.placed.v2", [])).Message, StringComparison.Ordinal);
        Assert.Contains("legal-hold.state.v2", Assert.Throws<FormatException>(() => s_format.ReadSnapshot("x", "legal-hold.state.v2", [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hold_means_its_keys_and_no_other_entity()
    {
        var hold = new LegalHold(1, default, "ada", "case", new KeyFilter { StrategyPrefix = "mom", Regime = "" });
        Assert.True(hold.Holds(new PerformanceKey("momentum", "", "5").ToPersistenceId()));
        Assert.False(hold.Holds(new PerformanceKey("momentum", "bull", "5").ToPersistenceId()));
        Assert.False(hold.Holds(new PerformanceKey("carry", "", "5").ToPersistenceId()));
        Assert.False(hold.Holds("audit|1"));
    }

    private static LegalHold RandomHold(Random random, long number)
    {
        return new LegalHold(number, new UnixNanoseconds(random.NextInt64()), Word(), Word(), new KeyFilter
        {
            Strategy = Maybe(),
            StrategyPrefix = Maybe(),
            Regime = Maybe(),
            Horizon = Maybe(),
        });

        string Word() => new([.. Enumerable.Range(0, random.Next(9)).Select(_ => (char)random.Next(0x20, 0xd7ff))]);

        string? Maybe() => random.Next(2) == 0 ? null : Word();
    }

    private static Proto.HoldPlaced ToMessage(LegalHold hold)
    {
        var message = new Proto.HoldPlaced { Number = (ulong)hold.Number, At = hold.PlacedAt.Value, Who = hold.Who, Reason = hold.Reason };
        if (hold.Keys.Strategy is { } strategy)
            message.Strategy = strategy;
        if (hold.Keys.StrategyPrefix is { } prefix)
            message.StrategyPrefix = prefix;
        if (hold.Keys.Regime is { } regime)
            message.Regime = regime;
        if (hold.Keys.Horizon is { } horizon)
            message.Horizon = horizon;
        return message;
    }

    private static void ForManySeeds(Action<Random, string> check)
    {
        var first = Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + 200; seed++)
            check(new Random(seed), $"seed {seed}");
    }
}
