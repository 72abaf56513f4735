using System.Buffers;
using System.Buffers.Binary;
using ActorMemory.Performance;
using Google.Protobuf;
using Proto = ActorMemory.Tests.Performance.Wire;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>The codecs of the pruning log and the import ledger against Google's, which is generated from the same .proto.</summary>
public sealed class OperationsFormatTests
{
    private static readonly PruningLogFormat s_pruning = new();
    private static readonly ImportLedgerFormat s_imports = new();

    [Fact]
    public void Pruning_runs_are_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var run = RandomRun(random);
        var output = new ArrayBufferWriter<byte>();
        var manifest = s_pruning.WriteEvent(new PruningRunEnded(run), output);
        var state = new PruningLogState();

        s_pruning.ReplayEvent(state, manifest, ToMessage(run).ToByteArray());

        Assert.Equal("pruning.run-ended.v1", manifest);
        Assert.True(ToMessage(run).Equals(Proto.PruningRun.Parser.ParseFrom(output.WrittenSpan)), where);
        Assert.True(run == Assert.Single(state.Runs), where);
    });

    [Fact]
    public void Pruning_logs_are_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var state = new PruningLogState();
        var message = new Proto.PruningLog();
        for (var i = random.Next(5); i > 0; i--)
        {
            var run = RandomRun(random);
            state.Add(run);
            message.Runs.Add(ToMessage(run));
        }

        var output = new ArrayBufferWriter<byte>();
        var manifest = s_pruning.WriteSnapshot(state, output);
        var read = s_pruning.ReadSnapshot(PruningLogBehavior.PersistenceId, manifest, message.ToByteArray());

        Assert.Equal("pruning.state.v1", manifest);
        Assert.True(message.Equals(Proto.PruningLog.Parser.ParseFrom(output.WrittenSpan)), where);
        Assert.True(state.Runs.SequenceEqual(read.Runs), where);
    });

    [Fact]
    public void A_run_in_which_every_field_is_zero_is_not_lost_from_a_pruning_log()
    {
        var state = new PruningLogState();
        state.Add(new PruningRun(default, default, false, 0, 0, 0, 0, 0));
        var output = new ArrayBufferWriter<byte>();

        s_pruning.WriteSnapshot(state, output);

        Assert.Equal(new Proto.PruningRun(), Assert.Single(Proto.PruningLog.Parser.ParseFrom(output.WrittenSpan).Runs));
    }

    [Fact]
    public void Import_progress_is_written_and_read_as_google_does() => ForManySeeds((random, where) =>
    {
        var progress = RandomProgress(random);
        ArrayBufferWriter<byte> happened = new(), snapshot = new();
        var eventManifest = s_imports.WriteEvent(new ImportAdvanced(progress), happened);
        var stateManifest = s_imports.WriteSnapshot(new ImportLedgerState { Progress = progress }, snapshot);
        var replayed = new ImportLedgerState();

        s_imports.ReplayEvent(replayed, eventManifest, ToMessage(progress).ToByteArray());
        var read = s_imports.ReadSnapshot("import|1", stateManifest, ToMessage(progress).ToByteArray());

        Assert.Equal(("import.advanced.v1", "import.state.v1"), (eventManifest, stateManifest));
        Assert.True(ToMessage(progress).Equals(Proto.ImportProgress.Parser.ParseFrom(happened.WrittenSpan)), where);
        Assert.True(ToMessage(progress).Equals(Proto.ImportProgress.Parser.ParseFrom(snapshot.WrittenSpan)), where);
        Assert.True(progress == replayed.Progress && progress == read.Progress, where);
    });

    [Fact]
    public void A_run_at_a_time_before_1970_can_be_read_back()
    {
        var run = new PruningRun(new UnixNanoseconds(-5), new UnixNanoseconds(-4), false, 1, 0, 0, 0, 0);
        var output = new ArrayBufferWriter<byte>();
        var manifest = s_pruning.WriteEvent(new PruningRunEnded(run), output);
        var state = new PruningLogState();

        s_pruning.ReplayEvent(state, manifest, output.WrittenSpan);

        Assert.Equal(run, Assert.Single(state.Runs));
    }

    [Fact]
    public void A_manifest_of_a_later_version_is_refused_by_name()
    {
        var faults = new[]
        {
            Assert.Throws<FormatException>(() => s_pruning.ReplayEvent(new PruningLogState(), "pruning.run-ended.v2", [])),
            Assert.Throws<FormatException>(() => s_pruning.ReadSnapshot("pruning|performance", "pruning.state.v2", [])),
            Assert.Throws<FormatException>(() => s_imports.ReplayEvent(new ImportLedgerState(), "import.advanced.v2", [])),
            Assert.Throws<FormatException>(() => s_imports.ReadSnapshot("import|1", "import.state.v2", [])),
        };

        Assert.All(faults, fault => Assert.Matches("'(pruning|import)\\..*\\.v2'.*newer version", fault.Message));
    }

    [Fact]
    public void Bytes_that_are_no_message_are_refused_and_nothing_else_happens() => ForManySeeds((random, where) =>
    {
        var bytes = ToMessage(RandomProgress(random)).ToByteArray();
        bytes = bytes[..random.Next(bytes.Length + 1)];
        if (bytes.Length > 0)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        foreach (Action read in new Action[]
        {
            () => s_imports.ReplayEvent(new ImportLedgerState(), ImportLedgerFormat.AdvancedManifest, bytes),
            () => s_pruning.ReplayEvent(new PruningLogState(), PruningLogFormat.RunEndedManifest, bytes),
            () => s_pruning.ReadSnapshot("pruning|performance", PruningLogFormat.StateManifest, bytes),
        })
        {
            var thrown = Record.Exception(read);
            Assert.True(thrown is null or FormatException, $"{where}: {thrown}");
        }
    });

    [Fact]
    public void Counts_below_0_or_too_large_for_what_they_count_are_refused()
    {
        var below = new Proto.ImportProgress { Lines = ulong.MaxValue }.ToByteArray();
        var large = new Proto.PruningRun { MaxRecordsPerKey = 1UL << 32 }.ToByteArray();
        var negative = new Proto.PruningRun { FailedKeys = ulong.MaxValue }.ToByteArray();

        Assert.Throws<FormatException>(() => s_imports.ReplayEvent(new ImportLedgerState(), ImportLedgerFormat.AdvancedManifest, below));
        Assert.Throws<FormatException>(() => s_imports.ReadSnapshot("import|1", ImportLedgerFormat.StateManifest, below));
        Assert.Throws<FormatException>(() => s_pruning.ReplayEvent(new PruningLogState(), PruningLogFormat.RunEndedManifest, large));
        Assert.Throws<FormatException>(() => s_pruning.ReplayEvent(new PruningLogState(), PruningLogFormat.RunEndedManifest, negative));
    }

    private static void ForManySeeds(Action<Random, string> check)
    {
        var first = Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + 300; seed++)
            check(new Random(seed), $"seed {seed}");
    }

    private static PruningRun RandomRun(Random random) => new(
        new UnixNanoseconds(RandomCount(random)), new UnixNanoseconds(RandomCount(random)), random.Next(2) == 0,
        (int)(RandomCount(random) >> 32), RandomCount(random), RandomCount(random), RandomCount(random), RandomCount(random));

    private static ImportProgress RandomProgress(Random random) => new(
        RandomIdentity(random),
        new[] { "", "a.csv", "東京.ndjson", "🚀\n|%" }[random.Next(4)],
        RandomCount(random),
        RandomIdentity(random),
        RandomCount(random),
        RandomCount(random),
        RandomCount(random),
        RandomCount(random),
        random.Next(2) == 0);

    private static long RandomCount(Random random) => random.Next(4) == 0 ? 0 : random.NextInt64(long.MaxValue) >> random.Next(63);

    private static UInt128 RandomIdentity(Random random) => new((ulong)random.NextInt64(), (ulong)random.NextInt64());

    private static Proto.PruningRun ToMessage(PruningRun run) => new()
    {
        StartedAt = run.StartedAt.Value,
        EndedAt = run.EndedAt.Value,
        IsScheduled = run.IsScheduled,
        MaxRecordsPerKey = (ulong)run.MaxRecordsPerKey,
        Keys = (ulong)run.Keys,
        PrunedKeys = (ulong)run.PrunedKeys,
        PrunedRecords = (ulong)run.PrunedRecords,
        FailedKeys = (ulong)run.FailedKeys,
    };

    private static Proto.ImportProgress ToMessage(ImportProgress progress) => new()
    {
        Source = BigEndian(progress.Source),
        FileName = progress.FileName,
        Bytes = (ulong)progress.Bytes,
        Prefix = BigEndian(progress.Prefix),
        Lines = (ulong)progress.Lines,
        Accepted = (ulong)progress.Accepted,
        Duplicates = (ulong)progress.Duplicates,
        Rejected = (ulong)progress.Rejected,
        IsComplete = progress.IsComplete,
    };

    private static ByteString BigEndian(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return ByteString.CopyFrom(bytes);
    }
}
