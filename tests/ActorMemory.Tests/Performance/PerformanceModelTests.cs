using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance;

/// <summary>Random lives of a key against a plain list, which knows every record for ever and looks everything up anew.</summary>
public sealed class PerformanceModelTests
{
    [Fact]
    public void A_key_does_what_a_plain_list_does_through_any_life()
    {
        var first = Random.Shared.Next(1_000_000);
        for (var seed = first; seed < first + 100; seed++)
            new Life(seed).Run();
    }

    private sealed class Life
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly PerformanceKey _key;
        private readonly PerformanceEntity _entity;
        private readonly int _max;
        private readonly List<PerformanceRecord> _all = [];
        private readonly List<long> _tensOfSeconds = [];
        private readonly Dictionary<UInt128, long> _lines = [];
        private long _retainFrom = 1;
        private int _known;

        internal Life(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _key = new PerformanceKey("s|%", "東", _random.Next(2) == 0 ? "5" : "short");
            _max = _random.Next(3) switch { 0 => 1 + _random.Next(5), 1 => 50 + _random.Next(100), _ => 5000 };
            _entity = new PerformanceEntity(_key, _max) { Second = 1_800_000_000 };
        }

        internal void Run()
        {
            for (var step = 0; step < 60; step++)
            {
                _entity.Second += _random.Next(-2, _random.Next(2) == 0 ? 4 : 40);
                switch (_random.Next(10))
                {
                    case 0: Prune(); break;
                    case 1: _entity.Recover(_random.Next(-1, _entity.Journal.Count + 1)); break;
                    case 2: AddLines(); break;
                    default: Add(); break;
                }

                Check();
            }

            SameAll(Retained.Select((r, i) => (_retainFrom + i, r)), _entity.RetainedRecords(), "records");
        }

        private IEnumerable<PerformanceRecord> Retained => _all.Skip((int)_retainFrom - 1);

        private void Add()
        {
            var records = RandomRecords(_random.Next(5) == 0 ? 500 : 6);
            var expected = records.Select(record => Expect(record, line: null, source: 0)).ToArray();
            Acknowledge(expected, _entity.When<RecordsAcknowledged>(new AddRecords(records)));
        }

        private void AddLines()
        {
            UInt128 source = (uint)_random.Next(1, 4);
            var known = _lines.GetValueOrDefault(source);
            var records = RandomRecords(20);
            var line = Math.Max(known - _random.Next(10), 0);
            var lines = records.Select(_ => line += _random.Next(1, 4)).ToArray();
            var expected = records.Select((record, i) => Expect(record, lines[i], source)).ToArray();
            if (lines.Length > 0)
                _lines[source] = Math.Max(known, lines[^1]);

            Acknowledge(expected, _entity.When<RecordsAcknowledged>(new AddRecords(records, new ImportLines(source, lines, known))));
        }

        // The list looks at the last 1,024 records before the command, or as many as came within seven times ten seconds, and at all earlier ones
        // of the command itself.
        private RecordReceipt Expect(PerformanceRecord record, long? line, UInt128 source)
        {
            var from = Math.Max(_entity.State.TotalRecords - Math.Max(1024, _known), 0);
            var known = _all.FindIndex((int)from, r => r.RecordId == record.RecordId);
            if (known >= 0 || line <= _lines.GetValueOrDefault(source))
                return new RecordReceipt(known + 1, true);

            _all.Add(record);
            if (line is null)
                _tensOfSeconds.Add(Math.Max(_entity.Second / 10, _tensOfSeconds.LastOrDefault()));
            return new RecordReceipt(_all.Count, false);
        }

        private void Acknowledge(RecordReceipt[] expected, RecordsAcknowledged actual)
        {
            _known = _tensOfSeconds.Count(part => part > _tensOfSeconds.LastOrDefault() - 7);
            SameAll(expected, actual.Receipts.ToArray(), "receipts");
            Same(expected.Count(receipt => receipt.IsDuplicate), actual.Duplicates, "duplicates");
            Same(expected.Count(receipt => !receipt.IsDuplicate), actual.Accepted, "accepted");
            _retainFrom = Math.Max(_retainFrom, _all.Count - _max + 1);
        }

        private void Prune()
        {
            var max = 1 + _random.Next(_random.Next(2) == 0 ? 10 : 1000);
            var retainFrom = Math.Max(_retainFrom, _all.Count - max + 1);
            Same(new RecordsPrunedReply(retainFrom - _retainFrom), _entity.When(new PruneRecords(max)), "pruned");
            _retainFrom = retainFrom;
        }

        private void Check()
        {
            var retained = Retained.ToArray();
            var state = _entity.State;
            Same(_all.Count, state.TotalRecords, "total");
            Same(_retainFrom, state.RetainFrom, "retain from");
            SameAll(Bits(retained.Select(r => r.ReturnValue)), Bits(state.Columns.Returns.ToArray()), "returns");
            SameAll(Bits(retained.Select(r => r.EnsembleReturn)), Bits(state.Columns.EnsembleReturns.ToArray()), "ensemble returns");
            SameAll(retained.Select(r => r.MetaLabel), Enumerable.Range(0, state.RetainedRecords).Select(state.LabelAt), "labels");
            Same(retained.Count(r => r.Win), RecordFlags.Count(state.Columns.Flags, RecordFlags.Win), "wins");
            Same(_all.LastOrDefault(), state.Latest, "latest");
        }

        private PerformanceRecord[] RandomRecords(int most) => Enumerable.Range(0, _random.Next(most)).Select(_ =>
        {
            var record = Records.Random(_random, _key);
            return _all.Count > 0 && _random.Next(4) == 0
                ? record with { RecordId = _all[_random.Next(Math.Max(_all.Count - 1100, 0), _all.Count)].RecordId }
                : record;
        }).ToArray();

        private static IEnumerable<long> Bits(IEnumerable<double> values) => values.Select(BitConverter.DoubleToInt64Bits);

        private void SameAll<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what) =>
            Assert.True(expected.SequenceEqual(actual), $"seed {_seed}: {what} differ from the list's");

        private void Same<T>(T expected, T actual, string what) =>
            Assert.True(Equals(expected, actual), $"seed {_seed}: {what} {actual} instead of {expected}");
    }
}
