using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Travel;

namespace ActorMemory.Tests.Portfolio.Book;

public sealed class BookTests
{
    private const string Id = "portfolio|default";

    private static readonly BookFormat s_format = new();

    private readonly List<(string Manifest, byte[] Payload)> _journal = [];
    private readonly BookBehavior _behavior = new(bufferSize: 5);
    private BookState _state = BookState.Empty();
    private long _now = 1_735_689_600_000_000_000;

    [Fact]
    public void A_decision_is_remembered_once_however_often_it_is_sent()
    {
        var first = Tell<DecisionNoted>(new NoteDecision(Decision("d-1")));
        var again = Tell<DecisionNoted>(new NoteDecision(Decision("d-1")));

        Assert.Equal((new DecisionReceipt(1, true), 1L), (first.Receipt, first.SequenceNumber));
        Assert.Equal((new DecisionReceipt(1, false), 1L), (again.Receipt, again.SequenceNumber));
        Assert.Single(_journal);
    }

    [Fact]
    public void Another_decision_under_the_same_id_is_refused_and_changes_nothing()
    {
        Tell<DecisionNoted>(new NoteDecision(Decision("d-1")));

        var refused = Tell<BookRejected>(new NoteDecision(Decision("d-1") with { Action = "SELL" }));

        Assert.Equal(PortfolioError.Conflict, refused.Error);
        Assert.Contains("'d-1' is recorded already (number 1)", refused.Message, StringComparison.Ordinal);
        Assert.Single(_journal);
    }

    [Fact]
    public void An_exit_of_a_recorded_decision_needs_only_its_id()
    {
        Tell<DecisionNoted>(new NoteDecision(Decision("d-1")));

        var noted = Tell<OutcomeNoted>(new NoteExit(new TradeExit { DecisionId = "d-1", ExitPrice = 110, ExitTimestamp = "2025-01-02T00:00:00Z" }));

        Assert.Equal((20.0, 10.0, 24.0, true), (noted.Receipt.Outcome.RealizedPnl, noted.Receipt.Outcome.PnlPercentage, noted.Receipt.Outcome.HoldingPeriodHours, noted.Receipt.Outcome.WasProfitable));
        Assert.Equal(2, noted.SequenceNumber);
    }

    [Fact]
    public void An_exit_of_a_decision_that_nobody_recorded_says_so()
    {
        var refused = Tell<BookRejected>(new NoteExit(new TradeExit { DecisionId = "d-1", ExitPrice = 110 }));

        Assert.Equal(PortfolioError.NotFound, refused.Error);
        Assert.Contains("Record it first", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exit_that_does_not_say_when_is_the_same_one_when_it_is_sent_again_later()
    {
        var exit = new TradeExit { Decision = Decision("d-1"), ExitPrice = 110 };
        var first = Tell<OutcomeNoted>(new NoteExit(exit));
        _now += 3_600_000_000_000;

        var again = Tell<OutcomeNoted>(new NoteExit(exit));

        Assert.False(again.Receipt.IsNew);
        Assert.Equal(first.Receipt.Outcome.ExitTimestamp, again.Receipt.Outcome.ExitTimestamp);
        Assert.Single(_journal);
    }

    [Fact]
    public void Another_outcome_of_the_same_decision_needs_an_exit_id_of_its_own()
    {
        Tell<OutcomeNoted>(new NoteExit(new TradeExit { Decision = Decision("d-1"), ExitPrice = 110, ExitTimestamp = "2025-01-02T00:00:00Z" }));
        var second = new TradeExit { Decision = Decision("d-1"), ExitPrice = 120, ExitTimestamp = "2025-01-03T00:00:00Z" };

        Assert.Equal(PortfolioError.Conflict, Tell<BookRejected>(new NoteExit(second)).Error);
        Assert.True(Tell<OutcomeNoted>(new NoteExit(second with { ExitId = "2" })).Receipt.IsNew);
        Assert.Equal(2, Tell<BookView>(new GetBook()).TotalOutcomes);
    }

    [Fact]
    public void What_the_ensemble_said_is_known_from_the_decision_when_the_exit_leaves_it_out()
    {
        var decision = Decision("d-1") with { AiProvider = "ensemble" };
        Tell<DecisionNoted>(new NoteDecision(decision with { EnsembleMetadata = new EnsembleMetadata { VotingStrategy = "weighted" } }));

        Tell<OutcomeNoted>(new NoteExit(new TradeExit { Decision = decision, ExitPrice = 110 }));

        Assert.Equal(new StrategyStatistics("weighted", 1, 1, 20), Assert.Single(Tell<BookView>(new GetBook()).Strategies));
    }

    [Fact]
    public void The_buffer_holds_the_latest_by_exit_whatever_the_order_and_the_ids()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var exits = Enumerable.Range(0, 40).Select(i => (Id: $"d{random.Next(1_000_000)}-{i}", Hour: random.Next(20), Number: i + 1L)).ToArray();

        foreach (var (id, hour, _) in exits)
            Tell<OutcomeNoted>(new NoteExit(new TradeExit { Decision = Decision(id), ExitPrice = 110, ExitTimestamp = $"2025-01-02T{hour:00}:00:00Z" }));

        var expected = exits.OrderBy(static exit => exit.Hour).ThenBy(static exit => exit.Number).TakeLast(5).Select(static exit => exit.Id);
        Assert.True(expected.SequenceEqual(Tell<BookView>(new GetBook()).Outcomes.Select(static stored => stored.Outcome.DecisionId)), $"seed {seed}");
    }

    [Fact]
    public void A_book_is_recovered_from_any_snapshot_and_the_events_after_it()
    {
        Tell<DecisionNoted>(new NoteDecision(PortfolioSamples.Decision));
        Tell<OutcomeNoted>(new NoteExit(PortfolioSamples.Exit));
        for (var i = 0; i < 8; i++)
            Tell<OutcomeNoted>(new NoteExit(new TradeExit { Decision = Decision($"d{i}"), ExitPrice = 90 + (i * 5), ExitTimestamp = $"2025-01-0{9 - i}T00:00:00Z" }));
        Tell<StoredSnapshot>(new KeepSnapshot(PortfolioSamples.Snapshot));
        var expected = Everything();

        for (var at = 0; at <= _journal.Count; at++)
        {
            _state = BookState.Empty();
            for (var i = 0; i < _journal.Count; i++)
            {
                if (i == at)
                {
                    var output = new ArrayBufferWriter<byte>();
                    var manifest = s_format.WriteSnapshot(_state, output);
                    _state = s_format.ReadSnapshot(Id, manifest, output.WrittenSpan);
                }

                s_format.ReplayEvent(_state, _journal[i].Manifest, _journal[i].Payload);
            }

            Assert.Equal(expected, Everything());
            Assert.False(Tell<DecisionNoted>(new NoteDecision(PortfolioSamples.Decision)).Receipt.IsNew);
            Assert.False(Tell<OutcomeNoted>(new NoteExit(PortfolioSamples.Exit)).Receipt.IsNew);
        }
    }

    [Fact]
    public void A_snapshot_that_is_sent_again_is_kept_once_and_the_latest_hundred_stay()
    {
        for (var i = 0; i < 120; i++)
        {
            var snapshot = PortfolioSamples.Snapshot with { Timestamp = new UnixNanoseconds(i) };
            Assert.Equal(i + 1, Tell<StoredSnapshot>(new KeepSnapshot(snapshot)).Number);
            Assert.Equal(i + 1, Tell<StoredSnapshot>(new KeepSnapshot(snapshot)).Number);
        }

        Assert.Equal(Enumerable.Range(21, 100).Select(static i => (long)i), Tell<BookView>(new GetBook()).Snapshots.Select(static stored => stored.Number));
        Assert.Equal(120, _journal.Count);
    }

    [Theory]
    [InlineData("portfolio")]
    [InlineData("portfolio|")]
    [InlineData("portfolio|a|b")]
    [InlineData("performance|a")]
    public void Only_a_name_makes_a_book(string persistenceId)
    {
        Assert.False(BookBehavior.IsBook(persistenceId));
        Assert.Throws<FormatException>(() => _behavior.Create(persistenceId));
    }

    [Fact]
    public void Any_name_comes_back_from_the_persistence_id()
    {
        foreach (var name in new[] { "default", "a|b", "100%", "%7C", "東京 🚀" })
        {
            Assert.True(BookBehavior.TryPortfolioOf(BookBehavior.PersistenceId(new PortfolioName(name)), out var portfolio));
            Assert.Equal(name, portfolio.ToString());
        }
    }

    private static TradingDecision Decision(string id) => new()
    {
        Id = id,
        AssetPair = "BTCUSD",
        Action = "BUY",
        Timestamp = "2025-01-01T00:00:00Z",
        EntryPrice = 100,
        PositionSize = 2,
        AiProvider = "local",
        Confidence = 70,
    };

    private string Everything() => ValueText.Of(Tell<BookView>(new GetBook())) + ValueText.Of(Tell<DecisionFound>(new GetDecision("d-7")));

    private TReply Tell<TReply>(BookCommand command)
    {
        var decision = _behavior.Decide(_state, command, new CommandContext(Id, _journal.Count, _now));
        foreach (var happened in decision.Events)
        {
            var output = new ArrayBufferWriter<byte>();
            var manifest = s_format.WriteEvent(happened, output);
            _journal.Add((manifest, output.WrittenSpan.ToArray()));
            _behavior.Apply(_state, happened);
        }

        return Assert.IsType<TReply>(decision.Reply);
    }
}
