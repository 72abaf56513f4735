using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

/// <summary>Bytes as version 1 wrote them. They lie in journals out there: these tests are never changed, only added to.</summary>
public sealed class StoredFormatV1Tests
{
    private const string Added =
        "082910051A027D862220017F22E279B07CC398C4DC0C0C07398FDEECCCF66642F14744EBB644941B44A52A1015BDCE9D02BD1F18FFFFFFFF"
        + "FFFFFFFF3A108D28ED0DBE30893F000000000000F8FF4210FCA9F1D24D62503FFCA9F1D24D6260BF4A109A9999999999A9BF000000000000"
        + "F0FF5208C3F5285C8FC2C53F5A1085EB51B81E85E33F000000000000008062088FC2F5285C8FE23F6A10000000000000D03F010000000000"
        + "000072107B14AE47E17A943FFFFFFFFFFFFFEF7F7A08666666666666F63F8201109A9999999999F13F00000000000000008A01109A999999"
        + "9999F93F000000000000F03F920110EC51B81E85EBB1BF00000000000000409A01109A9999999999E13F000000000000084032021805A201"
        + "010DAA010E66696C6C2034322FE69DB1E4BAACB201100123456789ABCDEFFEDCBA9876543210B801AC02";

    private const string State =
        "082A12027D861A108D28ED0DBE30893F000000000000F8FF2210FCA9F1D24D62503FFCA9F1D24D6260BF2A010D3220017F22E279B07CC398"
        + "C4DC0C0C07398FDEECCCF66642F14744EBB644941B44A53AA101082A1A01862210DEECCCF66642F14744EBB644941B44A52A08FFFFFFFFFF"
        + "FFFFFF3A08000000000000F8FF4208FCA9F1D24D6260BF4A08000000000000F0FF5A0800000000000000806A0801000000000000007208FF"
        + "FFFFFFFFFFEF7F82010800000000000000008A0108000000000000F03F92010800000000000000409A01080000000000000840320105A201"
        + "010DAA010E66696C6C2034322FE69DB1E4BAAC42100123456789ABCDEFFEDCBA98765432104A02D804";

    private static readonly PerformanceKey s_key = new("momentum", "bull", "5");

    private static readonly PerformanceRecord s_first = new()
    {
        RecordId = RecordId.Parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
        Timestamp = UnixNanoseconds.Parse("2025-01-31T09:30:00.123456789Z"),
        StrategyName = "momentum",
        Regime = "bull",
        Horizon = "5",
        HorizonIsNumber = true,
        Generation = 12,
        ReturnValue = 0.0123,
        Drawdown = -0.05,
        Volatility = 0.17,
        Win = true,
        Prediction = 0.61,
        MetaPrediction = 0.58,
        AllocationWeight = 0.25,
        EnsembleReturn = 0.001,
        BanditReward = 0.02,
        MetaLabel = 1,
        WfoSharpe = 1.4,
        RollingSharpe = 1.1,
        RollingSortino = 1.6,
        RollingDrawdown = -0.07,
        RollingWinRate = 0.55,
    };

    private static readonly PerformanceRecord s_second = new()
    {
        RecordId = RecordId.Parse("fill 42/東京"),
        Timestamp = new UnixNanoseconds(-1),
        StrategyName = "momentum",
        Regime = "bull",
        Horizon = "5",
        Generation = -3,
        ReturnValue = double.NaN,
        Drawdown = double.NegativeInfinity,
        Win = false,
        Prediction = -0.0,
        AllocationWeight = double.Epsilon,
        EnsembleReturn = -0.002,
        BanditReward = double.MaxValue,
        MetaLabel = -7,
        RollingSharpe = 0,
        RollingSortino = 1,
        RollingDrawdown = 2,
        RollingWinRate = 3,
    };

    private static readonly ImportMark s_import = new(new UInt128(0x0123456789ABCDEF, 0xFEDCBA9876543210), 300);

    [Fact]
    public void Added_records_of_version_1_are_read()
    {
        var read = Assert.IsType<RecordsAdded>(PerformanceFormat.ReadEvent(s_key, "performance.records-added.v1", Convert.FromHexString(Added)));

        Assert.Equal((41, 5, s_import), (read.FirstRecordNumber, read.RetainFrom, read.Import));
        Assert.Equal([s_first, s_second], read.Records.ToArray());
        Assert.Equal("fill 42/東京", read.Records.Span[1].RecordId.ToString());
    }

    [Fact]
    public void Pruned_records_of_version_1_are_read() =>
        Assert.Equal(new RecordsPruned(300), PerformanceFormat.ReadEvent(s_key, "performance.records-pruned.v1", Convert.FromHexString("08AC02")));

    [Fact]
    public void A_snapshot_of_version_1_is_read()
    {
        var state = new PerformanceFormat().ReadSnapshot(s_key.ToPersistenceId(), "performance.state.v1", Convert.FromHexString(State));

        Assert.Equal((42, 41, s_second), (state.TotalRecords, state.RetainFrom, state.Latest));
        Assert.Equal([0.0123, double.NaN], state.Columns.Returns.ToArray());
        Assert.Equal([0.001, -0.002], state.Columns.EnsembleReturns.ToArray());
        Assert.Equal((1L, -7L, 1), (state.LabelAt(0), state.LabelAt(1), RecordFlags.Count(state.Columns.Flags, RecordFlags.Win)));
        Assert.Equal((41, 42), (state.NumberOf(s_first.RecordId), state.NumberOf(s_second.RecordId)));
        Assert.Equal(300, state.LastLineOf(s_import.Source));
    }
}
