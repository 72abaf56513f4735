using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class CommitTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_reply_leaves_only_after_the_commit() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second, afterCommit: Second);
        var added = node.AddAsync("a", "one");

        await simulation.DelayAsync(TimeSpan.FromSeconds(1.5));
        Assert.Single(node.Journal.Store.EventsOf("a"));
        Assert.False(added.IsCompleted);

        Assert.Equal(1, await added);
        Assert.Equal(2 * Second, simulation.Time.Elapsed);
    });

    [Fact]
    public void A_read_that_sees_events_of_its_batch_waits_for_their_commit() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second);
        var added = node.AddAsync("a", "one");
        var read = node.ReadAsync("a");

        await simulation.DelayAsync(TimeSpan.FromSeconds(0.5));
        Assert.False(read.IsCompleted);

        Assert.Equal("one", await read);
        Assert.True(node.Journal.Store.EventsOf("a").Count == 1);
        Assert.Equal(1, await added);
    });

    [Fact]
    public void Commands_that_wait_are_committed_together() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second);
        var first = node.AddAsync("a", "one");
        await simulation.DelayAsync(TimeSpan.FromSeconds(0.5));
        var rest = Enumerable.Range(0, 50).Select(n => node.AddAsync($"entity-{n % 5}", $"{n}")).ToList();

        await first;
        foreach (var added in rest)
            await added;

        Assert.Equal([1, 50], node.Journal.Appends);
        Assert.Equal(2, node.Region.Metrics.Commits.Value);
        Assert.Equal(51, node.Region.Metrics.Events.Value);
    });

    [Fact]
    public void A_batch_holds_no_more_commands_than_the_setting_says() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { Batch = 10 });
        var added = Enumerable.Range(0, 35).Select(n => node.AddAsync("a", $"{n}")).ToList();

        foreach (var task in added)
            await task;

        Assert.All(node.Journal.Appends, events => Assert.InRange(events, 1, 10));
        Assert.Equal(35, node.Journal.Appends.Sum());
    });

    [Fact]
    public void Commands_of_one_sender_are_decided_in_order() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { Batch = 3, MailboxCapacity = 2 });
        var added = Enumerable.Range(0, 40).Select(n => node.AddAsync("a", $"{n}")).ToList();

        for (var n = 0; n < added.Count; n++)
            Assert.Equal(n + 1, await added[n]);

        Assert.Equal(string.Join(' ', Enumerable.Range(0, 40)), await node.ReadAsync("a"));
    });

    [Fact]
    public void All_events_of_a_command_are_stored_or_none() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        Assert.Equal(3, await node.AddAsync("a", "one", "two", "three"));

        await Assert.ThrowsAsync<EntityFailedException>(() => node.AddAsync("a", "four", "!encode"));
        await Assert.ThrowsAsync<EntityFailedException>(() => node.AddAsync("a", "four", "!apply"));

        Assert.Equal("one two three", await node.ReadAsync("a"));
        Assert.Equal([1, 2, 3], node.Journal.Store.EventsOf("a").Select(stored => stored.SequenceNumber));
    });

    [Fact]
    public void A_command_without_events_is_answered_without_a_commit() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);

        Assert.Equal(0, await node.AddAsync("a"));
        Assert.Equal("", await node.ReadAsync("a"));

        Assert.Empty(node.Journal.Appends);
    });

    [Theory]
    [InlineData(AppendEnd.NotWritten, WriteOutcome.NotWritten, "before")]
    [InlineData(AppendEnd.UnknownNotWritten, WriteOutcome.Unknown, "before")]
    [InlineData(AppendEnd.UnknownWritten, WriteOutcome.Unknown, "before lost?")]
    public void After_a_failed_commit_the_senders_are_told_and_the_entity_is_what_the_journal_says(
        AppendEnd end, WriteOutcome outcome, string expected) => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        await node.AddAsync("a", "before");
        node.Faults.Append(end, afterCommit: Second);
        var added = node.AddAsync("a", "lost?");
        var read = node.ReadAsync("a");

        Assert.Equal(outcome, (await Assert.ThrowsAsync<JournalException>(() => added)).Outcome);
        if (outcome == WriteOutcome.NotWritten)
            Assert.Equal("before", await read);
        else
            await Assert.ThrowsAsync<JournalException>(() => read);

        Assert.Equal(expected, await node.ReadAsync("a"));
        Assert.Equal(1, node.Region.Metrics.FailedCommits.Value);
        Assert.Equal(2, node.Journal.Recoveries.Count);
    });

    [Fact]
    public void After_a_failed_commit_the_next_event_takes_the_next_number_of_the_journal() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        await node.AddAsync("a", "one");
        node.Faults.Append(AppendEnd.NotWritten).Append(AppendEnd.UnknownWritten);

        await Assert.ThrowsAsync<JournalException>(() => node.AddAsync("a", "refused"));
        await Assert.ThrowsAsync<JournalException>(() => node.AddAsync("a", "two"));
        Assert.Equal(3, await node.AddAsync("a", "three"));

        Assert.Equal("one two three", await node.ReadAsync("a"));
    });

    [Fact]
    public void A_failed_commit_fails_those_it_touched_and_answers_the_others() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        await node.AddAsync("bystander", "here");
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second).Append(AppendEnd.NotWritten);
        var busy = node.AddAsync("other", "x");
        await simulation.DelayAsync(TimeSpan.FromSeconds(0.5));
        var added = node.AddAsync("a", "lost");
        var read = node.ReadAsync("bystander");

        await busy;
        await Assert.ThrowsAsync<JournalException>(() => added);
        Assert.Equal("here", await read);
        Assert.Equal(2, node.Region.Metrics.Entities);
    });

    [Fact]
    public void A_commit_that_takes_too_long_counts_as_unknown_and_is_found_if_it_was_written() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { CommitTimeout = Second });
        await node.AddAsync("a", "one");
        node.Faults.Append(AppendEnd.Acknowledged, afterCommit: 5 * Second);

        var failure = await Assert.ThrowsAsync<JournalException>(() => node.AddAsync("a", "slow"));

        Assert.Equal((JournalError.Timeout, WriteOutcome.Unknown), (failure.Error, failure.Outcome));
        Assert.Equal(Second, simulation.Time.Elapsed);
        Assert.Equal("one slow", await node.ReadAsync("a"));
    });

    [Fact]
    public void A_commit_that_was_given_up_never_lands_behind_the_back_of_those_who_recovered() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { CommitTimeout = Second });
        await node.AddAsync("a", "one");
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: 5 * Second);
        await Assert.ThrowsAsync<JournalException>(() => node.AddAsync("a", "late"));

        Assert.Equal("one", await node.ReadAsync("a"));
        await simulation.DelayAsync(10 * Second);

        Assert.Equal(2, await node.AddAsync("a", "two"));
        Assert.Equal("one two", await node.ReadAsync("a"));
    });

    [Fact]
    public void A_question_that_has_no_answer_in_time_may_have_had_its_effect() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: 20 * Second);

        await Assert.ThrowsAsync<AskTimeoutException>(() => node.Region.AskAsync<long>("a", new NotesCommand.Add("one"), Second));
        Assert.Equal(Second, simulation.Time.Elapsed);

        Assert.Equal("one", await node.Region.AskAsync<string>("a", new NotesCommand.Read(), TimeSpan.FromMinutes(1)));
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.LateReply));
    });

    [Fact]
    public void A_command_finds_the_time_at_which_it_was_taken() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        await simulation.DelayAsync(Second);

        var now = await node.Region.AskAsync<long>("a", new NotesCommand.ReadClock());

        Assert.Equal((simulation.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, now);
    });

    [Fact]
    public void Each_question_waits_as_long_as_the_system_says_however_many_others_there_are() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { CommitTimeout = TimeSpan.FromHours(1) });
        await node.AddAsync("a", "answered");
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(18));
        var ends = new List<double>();
        var asked = new List<Task>();
        for (var second = 0; second < 12; second += 3)
        {
            asked.Add(NoteTheEndAsync(node.AddAsync("a", $"{second}")));
            await simulation.DelayAsync(TimeSpan.FromSeconds(3));
        }

        foreach (var end in asked)
            await end;

        // Ten seconds each; the last one was asked at nine and answered at eighteen. Of those that nobody waited for any more, one was begun before.
        Assert.Equal([10, 13, 16, 18], ends);
        Assert.Equal("answered 0 9", await node.ReadAsync("a"));
        Assert.Equal(1, system.DeadLetters.Count(DeadLetterReason.LateReply));
        await simulation.DelayAsync(Second);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<AskTimeoutException>(() => node.AddAsync("a", "again"));
        Assert.Equal(29, simulation.Time.Elapsed.TotalSeconds);

        async Task NoteTheEndAsync(Task<long> answer)
        {
            try
            {
                await answer;
            }
            catch (AskTimeoutException)
            {
                // When it ended is what counts.
            }

            ends.Add(simulation.Time.Elapsed.TotalSeconds);
        }
    });
}
