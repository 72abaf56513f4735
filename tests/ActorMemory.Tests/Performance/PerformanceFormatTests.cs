using ActorMemory.Performance;
using Google.Protobuf;
using Proto = ActorMemory.Tests.Performance.Wire;

namespace ActorMemory.Tests.Performance;

/// <summary>Our codec against Google's, which is generated from the same .proto, and against bytes that are no message at all.</summary>
public sealed class PerformanceFormatTests
{
    private static readonly PerformanceKey s_key = new("momentum", "bull", "5");

    [Fact]
    public void Google_reads_what_we_write()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var trial = 0; trial < 300; trial++)
        {
            var added = RandomEvent(random);
            var (_, payload) = PerformanceEntity.Write(added);

            var message = Proto.RecordsAdded.Parser.ParseFrom(payload);

            Assert.True(ToMessage(added).Equals(message), $"seed {seed}, trial {trial}");
        }
    }

    [Fact]
    public void We_read_what_google_writes()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var trial = 0; trial < 300; trial++)
        {
            var added = RandomEvent(random);

            var read = PerformanceFormat.ReadEvent(s_key, PerformanceFormat.RecordsAddedManifest, ToMessage(added).ToByteArray());

            Same(added, Assert.IsType<RecordsAdded>(read), $"seed {seed}, trial {trial}");
        }
    }

    [Fact]
    public void A_snapshot_is_what_google_makes_of_the_same_state()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var trial = 0; trial < 100; trial++)
        {
            var key = new PerformanceEntity(s_key, maxRecordsPerKey: 30);
            for (var i = random.Next(5); i > 0; i--)
                key.Given(RandomEvent(random) with { FirstRecordNumber = key.State.TotalRecords + 1, RetainFrom = key.State.TotalRecords });

            var message = ToMessage(key.State);
            var (manifest, payload) = PerformanceEntity.Snapshot(key.State);

            Assert.True(message.Equals(Proto.State.Parser.ParseFrom(payload)), $"seed {seed}, trial {trial}: written");
            var read = new PerformanceFormat().ReadSnapshot(s_key.ToPersistenceId(), manifest, message.ToByteArray());
            Assert.True(message.Equals(ToMessage(read)), $"seed {seed}, trial {trial}: read");
        }
    }

    [Fact]
    public void Pruning_is_written_and_read_as_google_does()
    {
        var (manifest, payload) = PerformanceEntity.Write(new RecordsPruned(12345));

        Assert.Equal(new Proto.RecordsPruned { RetainFrom = 12345 }.ToByteArray(), payload);
        Assert.Equal(new RecordsPruned(12345), PerformanceFormat.ReadEvent(s_key, manifest, payload));
    }

    [Fact]
    public void Fields_of_a_later_version_are_passed_over()
    {
        var added = new RecordsAdded(1, Records.Returning(0.1, 0.2), 1, null);
        var later = new UnknownFields();
        byte[] payload = [.. later.Bytes, .. PerformanceEntity.Write(added).Payload, .. later.Bytes];

        Same(added, Assert.IsType<RecordsAdded>(PerformanceFormat.ReadEvent(s_key, PerformanceFormat.RecordsAddedManifest, payload)), "later");
    }

    [Fact]
    public void An_unknown_manifest_is_refused_with_its_name()
    {
        var state = new PerformanceEntity(s_key).State;

        var fault = Assert.Throws<FormatException>(() => new PerformanceFormat().ReplayEvent(state, "performance.records-added.v2", []));

        Assert.Contains("performance.records-added.v2", fault.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new PerformanceFormat().ReadSnapshot(s_key.ToPersistenceId(), "performance.state.v2", []));
        Assert.Throws<FormatException>(() => PerformanceFormat.ReadEvent(s_key, "", []));
    }

    [Fact]
    public void An_event_that_does_not_follow_the_last_one_is_refused()
    {
        var state = new PerformanceEntity(s_key).Given(new RecordsAdded(1, Records.Returning(0.1), 1, null)).State;
        var (manifest, payload) = PerformanceEntity.Write(new RecordsAdded(3, Records.Returning(0.2), 1, null));

        var fault = Assert.Throws<FormatException>(() => new PerformanceFormat().ReplayEvent(state, manifest, payload));

        Assert.Contains("adds record 3 where 2 is next", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1A", "is cut short")]
    [InlineData("1AFFFFFFFF0F", "is cut short")]
    [InlineData("1AFFFFFFFFFFFFFFFFFF01", "is cut short")]
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01", "more than ten bytes")]
    [InlineData("08FFFFFFFFFFFFFFFFFF01", "beyond 63 bits")]
    [InlineData("00", "field number")]
    [InlineData("0D00000000", "wire type 5")]
    [InlineData("1A0100", "its columns are not as long")]
    [InlineData("1A001A00", "a column twice")]
    [InlineData("B20101FF", "import source that is not 16 bytes")]
    [InlineData("F307", "wire type that Protobuf does not have")]
    public void Bytes_that_are_no_message_are_refused_with_the_place(string hex, string fault)
    {
        var message = Assert.Throws<FormatException>(
            () => PerformanceFormat.ReadEvent(s_key, PerformanceFormat.RecordsAddedManifest, Convert.FromHexString(hex))).Message;

        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains("byte ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_shorter_or_longer_than_the_others_is_refused()
    {
        var random = new Random(1);
        var record = Records.Random(random, s_key) with
        {
            RecordId = RecordId.Parse("text"),
            Volatility = 1,
            MetaPrediction = 1,
            WfoSharpe = 1,
            MetaLabel = 7,
        };
        Action<Proto.RecordsAdded>[] damages =
        [
            m => m.Flags = ByteString.CopyFrom(0, 0), m => m.RecordIds = ByteString.CopyFrom(1, 2, 3), m => m.Timestamp.Clear(),
            m => m.Generation.Clear(), m => m.Generation.Add(1), m => m.ReturnValue.Clear(), m => m.EnsembleReturn.Clear(),
            m => m.Drawdown.Add(1), m => m.Volatility.Clear(), m => m.Prediction.Clear(), m => m.MetaPrediction.Add(1),
            m => m.AllocationWeight.Clear(), m => m.BanditReward.Clear(), m => m.WfoSharpe.Clear(), m => m.RollingSharpe.Clear(),
            m => m.RollingSortino.Clear(), m => m.RollingDd.Clear(), m => m.RollingWinRate.Clear(), m => m.OtherLabels.Clear(),
            m => m.OtherLabels.Add(1), m => m.TextIds.Clear(), m => m.TextIds.Add("another"),
        ];
        foreach (var damage in damages)
        {
            var message = ToMessage(new RecordsAdded(1, new[] { record }, 1, null));
            damage(message);
            Assert.Throws<FormatException>(
                () => PerformanceFormat.ReadEvent(s_key, PerformanceFormat.RecordsAddedManifest, message.ToByteArray()));
        }
    }

    [Fact]
    public void Damaged_bytes_never_do_worse_than_a_format_exception()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var format = new PerformanceFormat();
        for (var trial = 0; trial < 20_000; trial++)
        {
            var added = RandomEvent(random) with { FirstRecordNumber = 1 };
            var entity = new PerformanceEntity(s_key).Given(added);
            var (manifest, payload) = random.Next(2) == 0 ? entity.Journal[0] : PerformanceEntity.Snapshot(entity.State);
            payload = Damage(random, payload);
            try
            {
                if (manifest == PerformanceFormat.StateManifest)
                {
                    format.ReadSnapshot(s_key.ToPersistenceId(), manifest, payload);
                    continue;
                }

                PerformanceFormat.ReadEvent(s_key, manifest, payload);
                format.ReplayEvent(new PerformanceBehavior().Create(s_key.ToPersistenceId()), manifest, payload);
            }
            catch (FormatException)
            {
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, trial {trial}: {exception}");
            }
        }
    }

    private static byte[] Damage(Random random, byte[] payload)
    {
        if (payload.Length == 0)
            return [(byte)random.Next(256)];

        if (random.Next(3) == 0)
            return payload[..random.Next(payload.Length)];

        var damaged = payload.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
            damaged[random.Next(random.Next(2) == 0 ? Math.Min(8, damaged.Length) : damaged.Length)] = (byte)random.Next(256);

        return damaged;
    }

    private static RecordsAdded RandomEvent(Random random) => new(
        random.NextInt64(1, long.MaxValue) >> random.Next(62),
        Enumerable.Range(0, random.Next(random.Next(10) == 0 ? 300 : 5)).Select(_ => Records.Random(random, s_key)).ToArray(),
        random.Next(100),
        random.Next(3) == 0 ? new ImportMark(new UInt128((ulong)random.NextInt64() + 1, (ulong)random.NextInt64()), random.Next(1, 1000)) : null)
    {
        Second = random.Next(2) * (random.NextInt64(1, long.MaxValue) >> random.Next(62)),
    };

    // Field by field from the records, without any of the codec's parts.
    private static Proto.RecordsAdded ToMessage(RecordsAdded added)
    {
        var message = new Proto.RecordsAdded { FirstRecordNumber = (ulong)added.FirstRecordNumber, RetainFrom = (ulong)added.RetainFrom, Second = (ulong)added.Second };
        var (flags, ids) = (new List<byte>(), new List<byte>());
        foreach (var record in added.Records.Span)
        {
            flags.Add((byte)((record.Win ? 1 : 0)
                | (record.MetaLabel switch { null => 0, 0 => 2, 1 => 4, _ => 6 })
                | (record.HorizonIsNumber ? 8 : 0)
                | (record.Volatility is null ? 0 : 16)
                | (record.MetaPrediction is null ? 0 : 32)
                | (record.WfoSharpe is null ? 0 : 64)
                | (record.RecordId.IsText ? 128 : 0)));
            ids.AddRange(Convert.FromHexString(record.RecordId.Value.ToString("x32", null)));
            message.Timestamp.Add(record.Timestamp.Value);
            message.Generation.Add(record.Generation);
            message.ReturnValue.Add(record.ReturnValue);
            message.EnsembleReturn.Add(record.EnsembleReturn);
            message.Drawdown.Add(record.Drawdown);
            message.Prediction.Add(record.Prediction);
            message.AllocationWeight.Add(record.AllocationWeight);
            message.BanditReward.Add(record.BanditReward);
            message.RollingSharpe.Add(record.RollingSharpe);
            message.RollingSortino.Add(record.RollingSortino);
            message.RollingDd.Add(record.RollingDrawdown);
            message.RollingWinRate.Add(record.RollingWinRate);
            message.Volatility.AddRange(record.Volatility is { } volatility ? [volatility] : []);
            message.MetaPrediction.AddRange(record.MetaPrediction is { } prediction ? [prediction] : []);
            message.WfoSharpe.AddRange(record.WfoSharpe is { } sharpe ? [sharpe] : []);
            message.OtherLabels.AddRange(record.MetaLabel is { } label && label is not (0 or 1) ? [label] : []);
            message.TextIds.AddRange(record.RecordId.IsText ? [record.RecordId.ToString()] : []);
        }

        message.Flags = ByteString.CopyFrom([.. flags]);
        message.RecordIds = ByteString.CopyFrom([.. ids]);
        if (added.Import is not { } import)
            return message;

        message.ImportSource = ByteString.CopyFrom(Convert.FromHexString(import.Source.ToString("x32", null)));
        message.ImportLine = (ulong)import.Line;
        return message;
    }

    private static Proto.State ToMessage(PerformanceState state)
    {
        var ids = new UInt128[state.RecentIds.Count];
        state.RecentIds.CopyTo(ids);
        var message = new Proto.State
        {
            TotalRecords = (ulong)state.TotalRecords,
            Flags = ByteString.CopyFrom(state.Columns.Flags),
            RecentIds = IdBytes(ids.TakeLast(1024)),
            EarlierIds = IdBytes(ids.SkipLast(1024)),
            Latest = state.Latest is { } latest ? ToMessage(new RecordsAdded(state.TotalRecords, new[] { latest }, 0, null)) : null,
            ImportSources = ByteString.CopyFrom(
                state.Imports.ToArray().SelectMany(import => Convert.FromHexString(import.Source.ToString("x32", null))).ToArray()),
        };
        message.ReturnValue.AddRange(state.Columns.Returns.ToArray());
        message.EnsembleReturn.AddRange(state.Columns.EnsembleReturns.ToArray());
        message.OtherLabels.AddRange(
            Enumerable.Range(0, state.RetainedRecords).Select(state.LabelAt).OfType<long>().Where(label => label is not (0 or 1)));
        if (state.Minute.Newest > 0)
        {
            message.NewestTenSeconds = (ulong)state.Minute.Newest;
            message.CountsOfTenSeconds.AddRange(Enumerable.Range(0, LatestMinute.Parts).Select(age => (long)state.Minute[age]));
        }

        message.ImportLines.AddRange(state.Imports.ToArray().Select(import => import.Line));
        return message;
    }

    private static ByteString IdBytes(IEnumerable<UInt128> ids) =>
        ByteString.CopyFrom(ids.SelectMany(id => Convert.FromHexString(id.ToString("x32", null))).ToArray());

    private static void Same(RecordsAdded expected, RecordsAdded actual, string where)
    {
        Assert.True(expected with { Records = default } == actual with { Records = default }, where);
        Assert.Equal(expected.Records.Length, actual.Records.Length);
        foreach (var (one, other) in expected.Records.ToArray().Zip(actual.Records.ToArray()))
        {
            Assert.True(one == other, $"{where}: {other} instead of {one}");
            Assert.Equal(one.RecordId.ToString(), other.RecordId.ToString());
            Assert.Equal(BitConverter.DoubleToInt64Bits(one.ReturnValue), BitConverter.DoubleToInt64Bits(other.ReturnValue));
        }
    }

    /// <summary>A field of each wire type with numbers that no version has.</summary>
    private sealed class UnknownFields
    {
        internal byte[] Bytes { get; } = Write();

        private static byte[] Write()
        {
            using var stream = new MemoryStream();
            using (var output = new CodedOutputStream(stream, leaveOpen: true))
            {
                output.WriteTag(900, WireFormat.WireType.Varint);
                output.WriteUInt64(ulong.MaxValue);
                output.WriteTag(901, WireFormat.WireType.Fixed64);
                output.WriteFixed64(1);
                output.WriteTag(902, WireFormat.WireType.LengthDelimited);
                output.WriteString("from the future");
                output.WriteTag(903, WireFormat.WireType.Fixed32);
                output.WriteFixed32(1);
            }

            return stream.ToArray();
        }
    }
}
