using ActorMemory.Journal;
using ActorMemory.Tests.Performance.Wire;
using ActorMemory.Torture.Clients;
using Google.Protobuf;

namespace ActorMemory.Torture.Checks;

/// <summary>A check that finds nothing proves nothing: each kind of damage is named.</summary>
public sealed class JournalCheckTests
{
    private const int Key = 3;

    private readonly Verdict _verdict = new();

    [Fact]
    public async Task A_journal_with_all_that_was_acknowledged_is_clean()
    {
        await CheckAsync([[Of(0, 0), Of(1, 0)], [Of(0, 1)], [Of(1, 1), Of(1, 2)]], acknowledged: [2, 2]);

        Assert.True(_verdict.IsClean);
    }

    [Fact]
    public async Task An_acknowledged_record_that_is_not_there_is_lost()
    {
        await CheckAsync([[Of(0, 0)], [Of(1, 0)]], acknowledged: [3, 1]);

        Assert.Equal((2, 0, 0, 0), Counts);
        Assert.Contains("c0-k3-n1", _verdict.FirstExamples.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_there_twice_is_duplicated()
    {
        await CheckAsync([[Of(0, 0)], [Of(0, 1)], [Of(0, 0)]], acknowledged: [2, 0]);

        Assert.Equal((0, 1, 0, 0), Counts);
    }

    [Fact]
    public async Task A_record_behind_a_later_one_of_its_client_is_out_of_order()
    {
        await CheckAsync([[Of(0, 1)], [Of(0, 0), Of(1, 0)]], acknowledged: [2, 1]);

        Assert.Equal((0, 0, 1, 0), Counts);
    }

    [Theory]
    [InlineData("bad-c0-1")]
    [InlineData("c7-k3-n0")]
    public async Task A_record_that_was_refused_or_never_sent_is_a_violation(string id)
    {
        var @event = EventOf(1, [Of(0, 0)]);
        @event.TextIds[0] = id;
        await CheckAsync([@event], acknowledged: [0, 0]);

        Assert.Equal((0, 0, 0, 1), Counts);
    }

    [Fact]
    public async Task A_record_with_another_content_is_a_violation()
    {
        var @event = EventOf(1, [Of(0, 0)]);
        @event.ReturnValue[0] += 1e-12;
        await CheckAsync([@event], acknowledged: [1, 0]);

        Assert.Equal((0, 0, 0, 1), Counts);
    }

    [Fact]
    public async Task A_missing_event_is_a_violation_even_if_nothing_of_it_was_acknowledged()
    {
        var reader = new ListedJournal([EventOf(1, [Of(0, 0)]), EventOf(2, [Of(1, 0)]), EventOf(3, [Of(0, 1)])]);
        reader.Events.RemoveAt(1);
        await new JournalCheck(2, _verdict).RunAsync(reader, Acknowledged([2, 0]));

        Assert.Equal((0, 0, 0), (_verdict.Lost, _verdict.Duplicated, _verdict.OutOfOrder));
        Assert.True(_verdict.Other > 0);
    }

    [Fact]
    public void A_state_that_differs_in_one_record_is_not_the_journals()
    {
        var (replay, other) = (new KeyReplay(), new KeyReplay());
        for (var number = 0; number < 60; number++)
        {
            replay.Add(Of(0, number).Return, Of(0, number).Win);
            if (number != 30)
                other.Add(Of(0, number).Return, Of(0, number).Win);
        }

        Assert.True(KeyState.Of(replay).IsCloseTo(KeyState.Of(replay)));
        Assert.False(KeyState.Of(replay).IsCloseTo(KeyState.Of(other)));
        Assert.False(KeyState.Of(replay).IsCloseTo(KeyState.Of(other) with { Records = 60 }));
    }

    private (long Lost, long Duplicated, long OutOfOrder, long Other) Counts =>
        (_verdict.Lost, _verdict.Duplicated, _verdict.OutOfOrder, _verdict.Other);

    private static SentRecord Of(int client, long number) => new(client, Key, number);

    private static RecordsAdded EventOf(long first, SentRecord[] records)
    {
        var added = new RecordsAdded { FirstRecordNumber = (ulong)first, RetainFrom = 1, Flags = ByteString.CopyFrom([.. records.Select(FlagsOf)]) };
        added.TextIds.AddRange(records.Select(static record => record.Id));
        added.ReturnValue.AddRange(records.Select(static record => record.Return));
        return added;

        static byte FlagsOf(SentRecord record) => record.Win ? (byte)1 : (byte)0;
    }

    private static long[,] Acknowledged(long[] ofClients)
    {
        var acknowledged = new long[ofClients.Length, Workload.Keys];
        for (var client = 0; client < ofClients.Length; client++)
            acknowledged[client, Key] = ofClients[client];
        return acknowledged;
    }

    private Task CheckAsync(SentRecord[][] events, long[] acknowledged)
    {
        var first = 1L;
        var written = new List<RecordsAdded>();
        foreach (var records in events)
        {
            written.Add(EventOf(first, records));
            first += records.Length;
        }

        return CheckAsync(written, acknowledged);
    }

    private Task CheckAsync(List<RecordsAdded> events, long[] acknowledged) =>
        new JournalCheck(2, _verdict).RunAsync(new ListedJournal(events), Acknowledged(acknowledged));

    private sealed class ListedJournal(List<RecordsAdded> events) : IJournalReader
    {
        public List<JournaledEvent> Events { get; } =
        [
            .. events.Select(static (added, i) => new JournaledEvent(
                i + 1, Workload.PersistenceIdOf(Key), i + 1, "performance.records-added.v1", i, added.ToByteArray())),
        ];

        public Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit) =>
            Task.FromResult<IReadOnlyList<JournaledEvent>>([.. Events.Where(one => one.Ordering >= fromOrdering).Take(limit)]);

        public Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit) =>
            throw new NotSupportedException();

        public Task<JournalInfo> GetInfoAsync() => throw new NotSupportedException();
    }
}
