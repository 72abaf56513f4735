using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Performance;
using ActorMemory.Tests.Travel;
using ActorMemory.Vectors;

namespace ActorMemory.Tests;

/// <summary>Payloads that nobody of us wrote, read by every stored form: a format exception at worst, and no memory for what is not there.</summary>
public sealed class HostilePayloadTests
{
    private const long MaxBytes = 16 << 20;

    [Fact]
    public void A_stored_form_refuses_hostile_bytes_and_takes_no_memory_for_them()
    {
        var seed = Random.Shared.Next(1_000_000);
        var random = new Random(seed);
        var key = Records.Key.ToPersistenceId();
        var forms = new (string Manifest, Action<byte[]> Read)[]
        {
            (PerformanceFormat.RecordsAddedManifest, bytes => PerformanceFormat.ReadEvent(Records.Key, PerformanceFormat.RecordsAddedManifest, bytes)),
            (PerformanceFormat.RecordsPrunedManifest, bytes => PerformanceFormat.ReadEvent(Records.Key, PerformanceFormat.RecordsPrunedManifest, bytes)),
            (PerformanceFormat.StateManifest, bytes => new PerformanceFormat().ReadSnapshot(key, PerformanceFormat.StateManifest, bytes)),
            (ImportLedgerFormat.AdvancedManifest, bytes => Replay(new ImportLedgerFormat(), new ImportLedgerState(), ImportLedgerFormat.AdvancedManifest, bytes)),
            (ImportLedgerFormat.StateManifest, bytes => new ImportLedgerFormat().ReadSnapshot(ImportLedgerBehavior.PersistenceId(1), ImportLedgerFormat.StateManifest, bytes)),
            (PruningLogFormat.RunEndedManifest, bytes => Replay(new PruningLogFormat(), new PruningLogState(), PruningLogFormat.RunEndedManifest, bytes)),
            (VectorBucketFormat.StoredManifest, bytes => Replay(new VectorBucketFormat(), new VectorBucketBehavior().Create("vectors|p|m|1"), VectorBucketFormat.StoredManifest, bytes)),
            (VectorBucketFormat.StateManifest, bytes => new VectorBucketFormat().ReadSnapshot("vectors|p|m|1", VectorBucketFormat.StateManifest, bytes)),
            (VectorIndexFormat.AdvancedManifest, bytes => Replay(new VectorIndexFormat(), new VectorIndexState(), VectorIndexFormat.AdvancedManifest, bytes)),
            (VectorIndexFormat.FixedManifest, bytes => Replay(new VectorIndexFormat(), new VectorIndexState(), VectorIndexFormat.FixedManifest, bytes)),
            (VectorIndexFormat.StateManifest, bytes => new VectorIndexFormat().ReadSnapshot("vector-index|p|m", VectorIndexFormat.StateManifest, bytes)),
            (BookFormat.DecisionMadeManifest, bytes => Replay(new BookFormat(), BookState.Empty(), BookFormat.DecisionMadeManifest, bytes)),
            (BookFormat.TradeClosedManifest, bytes => Replay(new BookFormat(), BookState.Empty(), BookFormat.TradeClosedManifest, bytes)),
            (BookFormat.SnapshotKeptManifest, bytes => Replay(new BookFormat(), BookState.Empty(), BookFormat.SnapshotKeptManifest, bytes)),
            (BookFormat.StateManifest, bytes => new BookFormat().ReadSnapshot("portfolio|p", BookFormat.StateManifest, bytes)),
            (PruningLogFormat.StateManifest, bytes => new PruningLogFormat().ReadSnapshot(PruningLogBehavior.PersistenceId, PruningLogFormat.StateManifest, bytes)),
        };
        var sound = Sound();
        var (read, refused) = (0, 0);
        for (var trial = 0; trial < 20_000; trial++)
        {
            var (manifest, form) = forms[random.Next(forms.Length)];
            var bytes = HostileBytes.Of(random, sound[random.Next(sound.Count)]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                form(bytes);
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, trial {trial}, {manifest}: {exception}\n{Convert.ToHexString(bytes)}");
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < MaxBytes, $"seed {seed}, trial {trial}, {manifest}: {taken:N0} bytes of memory for {Convert.ToHexString(bytes)}");
        }

        Assert.True(read > 100 && refused > 1000, $"seed {seed}: {read} read and {refused} refused are no test of both");
    }

    private static void Replay<TState, TEvent>(IEntityFormat<TState, TEvent> format, TState state, string manifest, byte[] bytes)
        where TState : class => format.ReplayEvent(state, manifest, bytes);

    private static List<byte[]> Sound()
    {
        var random = new Random(1);
        var sound = new List<byte[]> { Array.Empty<byte>() };
        for (var i = 1; i < 20; i++)
        {
            var records = Enumerable.Range(0, i).Select(_ => Records.Random(random, Records.Key)).ToArray();
            var entity = new PerformanceEntity(Records.Key).Given(new RecordsAdded(1, records, 0, null));
            sound.Add(entity.Journal[0].Payload.ToArray());
            sound.Add(PerformanceEntity.Snapshot(entity.State).Payload.ToArray());
        }

        for (var i = 1; i < 6; i++)
        {
            var vectors = Enumerable.Range(0, i).Select(number => new StoredVector(
                new VectorRecord($"v{number}", "text", new VectorLabels("BTCUSD", null, "local", true, new UnixNanoseconds(number)), "{}"),
                new[] { 1f, number }, new UnixNanoseconds(i)));
            sound.Add(Written(output => new VectorBucketFormat().WriteEvent(new VectorsStored([.. vectors]), output)));
        }

        var book = BookState.Empty();
        foreach (var happened in PortfolioSamples.Events)
        {
            sound.Add(Written(output => new BookFormat().WriteEvent(happened, output)));
            new BookBehavior().Apply(book, happened);
        }

        sound.Add(Written(output => new BookFormat().WriteSnapshot(book, output)));
        var progress = new ImportProgress(1, "a.ndjson", 1000, 7, 10, 8, 1, 1, IsComplete: false);
        sound.Add(Written(output => new ImportLedgerFormat().WriteEvent(new ImportAdvanced(progress), output)));
        sound.Add(Written(output => new ImportLedgerFormat().WriteSnapshot(new ImportLedgerState { Progress = progress }, output)));
        return sound;
    }

    private static byte[] Written(Func<IBufferWriter<byte>, string> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
