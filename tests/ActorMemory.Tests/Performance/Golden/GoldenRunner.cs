using System.Text.Json;
using ActorMemory.Performance;
using ActorMemory.Tests.Performance.Reference;

namespace ActorMemory.Tests.Performance.Golden;

/// <summary>
/// Runs a case against our entities. The answers of <see cref="Convention.Prado9"/> have to be the recorded ones. Those of
/// <see cref="Convention.ActorMemory"/> may differ from them only where a named oddity of the original is mended:
/// <list type="bullet">
/// <item>fields listed as <c>fp_sensitive</c> (E1 constant series, E13 overflow): the recorded exact value, nothing else;</item>
/// <item>fields listed under <c>sane</c> of steps tagged E2 or E3: the recorded sane value, nothing else;</item>
/// <item>E6, E7 drawdown and E14 Sortino: in every step the value of the definition, computed here in 320-bit arithmetic from the records;</item>
/// <item>E4 windows and E5 prune limits below 1: rejected.</item>
/// </list>
/// In both, E8 (a null makes saving fail) and E10 (a loaded horizon is always text) are mended, and E11 (pruning regroups the store) is
/// a matter of order between keys, which the runner replays.
/// </summary>
internal sealed class GoldenRunner(GoldenCase test, Convention convention, Comparison comparison)
{
    private readonly GoldenStore _store = new();
    private readonly List<PerformanceRecord> _added = [];
    private readonly Dictionary<RecordId, int> _seqOf = [];
    private List<(int Seq, PerformanceKey Key, RecordId Id)> _order = [];

    internal void Run()
    {
        for (var i = 0; i < test.Steps.Length; i++)
        {
            var step = test.Steps[i];
            var op = step.GetProperty("op").GetString();
            comparison.Step = $"{test.Id}[{i}] {op} ({convention.ToName()})";
            switch (op)
            {
                case "add": Add(step); break;
                case "add_again": AddAgain(step); break;
                case "get": Get(step); break;
                case "latest": Latest(step); break;
                case "rolling": Rolling(step); break;
                case "summary": Summary(step); break;
                case "meta": Meta(step); break;
                case "prune": Prune(step); break;
                case "state": State(step.GetProperty("expect")); break;
                case "save_load": SaveLoad(step); break;
                case "records": ReadBack(step); break;
                case "validate": comparison.Equal(step.GetProperty("expect").GetProperty("valid").GetBoolean(), true, "valid"); break;
                default: throw new InvalidOperationException($"The fixtures have an operation '{op}' that this test does not know.");
            }
        }
    }

    private void Add(JsonElement step)
    {
        var records = GoldenCase.Records(step, _added.Count);
        foreach (var record in records)
            Remember(record, _added.Count);

        _store.Add(records);
    }

    // The original stores a record twice if it is added twice. We know records by their ids, so the second one gets another.
    private void AddAgain(JsonElement step)
    {
        foreach (var seq in step.GetProperty("seqs").EnumerateArray().Select(s => s.GetInt32()))
        {
            var again = _added[seq] with { RecordId = RecordId.Parse($"again-{_order.Count}") };
            _seqOf.Add(again.RecordId, seq);
            _order.Add((seq, again.Key, again.RecordId));
            _store.Add([again]);
        }
    }

    private void Remember(PerformanceRecord record, int seq)
    {
        _added.Add(record);
        _seqOf.Add(record.RecordId, seq);
        _order.Add((seq, record.Key, record.RecordId));
    }

    private void Get(JsonElement step) =>
        SameSeqs(step.GetProperty("expect").GetProperty("seqs"), SeqsOf(GoldenCase.Key(step.GetProperty("key"))));

    private void Latest(JsonElement step)
    {
        var expected = step.GetProperty("expect").GetProperty("seq");
        var latest = _store[GoldenCase.Key(step.GetProperty("key"))].When<LatestRecord>(new GetLatest()).Record;
        comparison.Equal(
            expected.ValueKind == JsonValueKind.Null ? null : expected.GetInt32(),
            latest is null ? (int?)null : _seqOf[latest.RecordId],
            "seq");
    }

    private void Rolling(JsonElement step)
    {
        var entity = _store[GoldenCase.Key(step.GetProperty("key"))];
        var window = step.GetProperty("window").GetInt32();
        if (window < 1 && convention == Convention.ActorMemory)
        {
            comparison.Equal(true, GoldenCase.HasQuirk(step, "E4"), "tagged E4");
            comparison.Equal(PerformanceError.Invalid, entity.When<PerformanceRejected>(new GetRollingMetrics(window)).Error, "window");
            return;
        }

        var actual = entity.When<RollingMetrics>(new GetRollingMetrics(window, convention));
        var reference = new ReferenceStatistics(actual.RecentReturns.ToArray());
        CheckRolling(step, actual, reference, isArray: false);
        CheckNonFinite(actual.RecentReturns.Span, actual.NonFinite);
        var expect = step.GetProperty("expect");
        comparison.Equal(expect.GetProperty("recent_returns_len").GetInt32(), actual.RecentReturns.Length, "recent_returns_len");
        if (expect.TryGetProperty("recent_returns", out var returns))
        {
            comparison.Close(returns, actual.RecentReturns.Span, "recent_returns");
            return;
        }

        comparison.Close(GoldenCase.Number(expect.GetProperty("recent_returns_first")), actual.RecentReturns.Span[0], "recent_returns_first");
        comparison.Close(GoldenCase.Number(expect.GetProperty("recent_returns_last")), actual.RecentReturns.Span[^1], "recent_returns_last");
    }

    private void CheckRolling(JsonElement step, RollingMetrics actual, ReferenceStatistics reference, bool isArray)
    {
        Check(step, "rolling_sharpe", actual.RollingSharpe, isArray: isArray);
        Check(step, "rolling_sortino", actual.RollingSortino, reference.Sortino, isArray);
        Check(step, "rolling_dd", actual.RollingDrawdown, reference.MaxDrawdown, isArray);
        Check(step, "rolling_win_rate", actual.RollingWinRate, isArray: isArray);
        if (!isArray)
            Check(step, "rolling_volatility", actual.RollingVolatility);
    }

    private void Summary(JsonElement step)
    {
        var key = GoldenCase.Key(step.GetProperty("key"));
        var actual = _store[key].When<PerformanceSummary>(new GetSummary(convention));
        var returns = ReturnsOf(key);
        var reference = new ReferenceStatistics(returns);
        var slack = 1e-13 * returns.Where(double.IsFinite).Sum(Math.Abs);
        comparison.Equal(step.GetProperty("expect").GetProperty("total_records").GetInt32(), actual.TotalRecords, "total_records");
        Check(step, "total_return", actual.TotalReturn, slack: slack);
        Check(step, "avg_return", actual.AverageReturn, slack: slack);
        Check(step, "sharpe", actual.Sharpe);
        Check(step, "sortino", actual.Sortino, reference.Sortino);
        Check(step, "max_dd", actual.MaxDrawdown, reference.MaxDrawdown);
        Check(step, "win_rate", actual.WinRate);
        Check(step, "volatility", actual.Volatility);
        CheckNonFinite(returns, actual.NonFinite);
    }

    private void Meta(JsonElement step)
    {
        var asked = step.GetProperty("key");
        var key = GoldenCase.Key(asked);
        var actual = _store[key].When<MetaFeatures>(new GetMetaFeatures(convention, asked[2].ValueKind == JsonValueKind.Number));
        var expect = step.GetProperty("expect");
        CheckRolling(step, actual.Rolling, new ReferenceStatistics(actual.Rolling.RecentReturns.ToArray()), isArray: true);
        comparison.Close(expect.GetProperty("recent_returns"), actual.RecentReturns.Span, "recent_returns");
        Check(step, "meta_accuracy", actual.MetaAccuracy);
        Check(step, "wfo_sharpe", actual.WfoSharpe);
        Check(step, "volatility", actual.Volatility);
        comparison.Equal(GoldenCase.Name(expect.GetProperty("regime")), actual.Regime, "regime");
        comparison.Equal(GoldenCase.Name(expect.GetProperty("horizon")), actual.Horizon, "horizon");
        comparison.Equal(expect.GetProperty("horizon").ValueKind == JsonValueKind.Number, actual.HorizonIsNumber, "horizon kind");
        Check(step, "bandit_confidence", actual.BanditConfidence);
        Check(step, "forecast_dispersion", actual.ForecastDispersion);
        Check(step, "correlation_to_ensemble", actual.CorrelationToEnsemble);
        CheckNonFinite(actual.Rolling.RecentReturns.Span, actual.NonFinite);
    }

    private void Check(JsonElement step, string field, double actual, double? mended = null, bool isArray = false, double slack = 0.0)
    {
        var expected = Value(step.GetProperty("expect"));
        if (convention == Convention.Prado9)
        {
            // Bit-compatible to 1e-12 relative. A correlation near 0 is the rest of a cancellation, whose last bits belong to the BLAS.
            comparison.Close(expected, actual, field, relative: 1e-12, absolute: field == "correlation_to_ensemble" ? 1e-15 : 0.0);
            return;
        }

        // Drawdown and Sortino follow other definitions (E6, E7, E14): the independent value, to the last digits.
        if (mended is { } definition)
            comparison.Close(definition, actual, field, relative: 1e-10, absolute: 1e-13);
        else if (step.TryGetProperty("sane", out var sane) && sane.TryGetProperty(field, out _))
            comparison.Close(Value(sane), actual, field, slack: slack);
        else if (step.TryGetProperty("exact", out var exact) && exact.TryGetProperty(field, out _))
            comparison.Close(Value(exact), actual, field, slack: slack);
        else
            comparison.Close(expected, actual, field, slack: slack);

        double Value(JsonElement fields) => GoldenCase.Number(isArray ? fields.GetProperty(field)[0] : fields.GetProperty(field));
    }

    private void CheckNonFinite(ReadOnlySpan<double> returns, int actual)
    {
        var expected = 0;
        foreach (var value in returns)
            expected += double.IsFinite(value) ? 0 : 1;

        comparison.Equal(expected, actual, "non-finite");
    }

    private void Prune(JsonElement step)
    {
        var max = step.GetProperty("max").GetInt32();
        var removed = max < 1 ? PruneBelowOne(step, max) : _store.Keys.Sum(key => _store[key].When<RecordsPrunedReply>(new PruneRecords(max)).Pruned);
        comparison.Equal(step.GetProperty("expect").GetProperty("removed").GetInt64(), removed, "removed");
        _order = _store.Keys.SelectMany(key => _store[key].RetainedRecords().Select(r => (_seqOf[r.Record.RecordId], key, r.Record.RecordId))).ToList();
    }

    // E5: no key takes a limit below 1. The steps that follow need what the original did with it: 0 removes nothing, -k the k oldest.
    private long PruneBelowOne(JsonElement step, int max)
    {
        comparison.Equal(true, GoldenCase.HasQuirk(step, "E5"), "tagged E5");
        var removed = 0L;
        var emptied = true;
        foreach (var key in _store.Keys)
        {
            var entity = _store[key];
            comparison.Equal(PerformanceError.Invalid, entity.When<PerformanceRejected>(new PruneRecords(max)).Error, "max");
            var keep = Math.Max(entity.State.RetainedRecords + max, 0);
            removed += entity.State.RetainedRecords - keep;
            emptied &= keep == 0;
            if (keep > 0)
                entity.When<RecordsPrunedReply>(new PruneRecords(keep));
        }

        if (emptied)
            _store.DropAll();

        return removed;
    }

    private void State(JsonElement expect)
    {
        comparison.Equal(expect.GetProperty("total").GetInt32(), _store.Keys.Sum(key => _store[key].State.RetainedRecords), "total");
        var keys = expect.GetProperty("keys");
        comparison.Equal(keys.GetArrayLength(), _store.Keys.Count, "keys");
        foreach (var (expected, key) in keys.EnumerateArray().Zip(_store.Keys))
        {
            comparison.Equal(GoldenCase.Key(expected), key, "key");
            comparison.Equal(expected[3].GetInt32(), _store[key].When<KeyDescription>(new DescribeKey()).Records, $"{key} count");
        }

        if (!expect.TryGetProperty("order", out var order))
            return;

        SameSeqs(order, _order.Select(entry => entry.Seq).ToArray());
        foreach (var key in _store.Keys)
            comparison.Equal(
                string.Join(' ', _order.Where(entry => entry.Key == key).Select(entry => entry.Seq)),
                string.Join(' ', SeqsOf(key)),
                $"{key} order");
    }

    private void SaveLoad(JsonElement step)
    {
        _store.SaveAndLoad();
        var expect = step.GetProperty("expect");
        var expectedError = expect.GetProperty("error").GetString();
        comparison.Equal(expectedError is null, !GoldenCase.HasQuirk(step, "E8"), "error");
        comparison.Equal(expect.GetProperty("total").GetInt32(), _store.Keys.Sum(key => _store[key].RetainedRecords().Count), "total");
        if (!expect.TryGetProperty("metadata", out var metadata))
            return;

        comparison.Equal(metadata.GetProperty("total_records").GetInt32(), _store.Keys.Sum(key => _store[key].State.RetainedRecords), "total_records");
        comparison.Equal(metadata.GetProperty("unique_keys").GetInt32(), _store.Keys.Count, "unique_keys");
        var expectedKeys = metadata.GetProperty("keys").EnumerateArray().Select(
            k => new PerformanceKey(GoldenCase.Name(k.GetProperty("strategy")), GoldenCase.Name(k.GetProperty("regime")), GoldenCase.Name(k.GetProperty("horizon"))));
        comparison.Equal(0, expectedKeys.ToHashSet().Except(_store.Keys).Count(), "metadata keys");
    }

    private void ReadBack(JsonElement step)
    {
        var stored = _store.Keys.SelectMany(key => _store[key].RetainedRecords()).ToDictionary(r => _seqOf[r.Record.RecordId], r => r.Record);
        var seqs = step.GetProperty("seqs").EnumerateArray().Select(seq => seq.GetInt32());
        foreach (var (seq, expected) in seqs.Zip(step.GetProperty("expect").EnumerateArray()))
        {
            var actual = stored[seq];
            comparison.Equal(expected.GetProperty("timestamp").GetInt64(), actual.Timestamp.Value, "timestamp");
            comparison.Equal(GoldenCase.Name(expected.GetProperty("strategy_name")), actual.StrategyName, "strategy_name");
            comparison.Equal(GoldenCase.Name(expected.GetProperty("regime")), actual.Regime, "regime");
            comparison.Equal(GoldenCase.Name(expected.GetProperty("horizon")), actual.Horizon, "horizon");
            comparison.Equal(expected.GetProperty("generation").GetInt64(), actual.Generation, "generation");
            comparison.Equal(expected.GetProperty("win").GetBoolean(), actual.Win, "win");
            var label = expected.GetProperty("meta_label");
            comparison.Equal(label.ValueKind == JsonValueKind.Null ? null : label.GetInt64(), actual.MetaLabel, "meta_label");
            ReadBackNumbers(expected, actual);
        }
    }

    private void ReadBackNumbers(JsonElement expected, PerformanceRecord actual)
    {
        comparison.Close(expected.GetProperty("return_value"), actual.ReturnValue, "return_value");
        comparison.Close(expected.GetProperty("drawdown"), actual.Drawdown, "drawdown");
        comparison.Close(expected.GetProperty("volatility"), actual.Volatility, "volatility");
        comparison.Close(expected.GetProperty("prediction"), actual.Prediction, "prediction");
        comparison.Close(expected.GetProperty("meta_prediction"), actual.MetaPrediction, "meta_prediction");
        comparison.Close(expected.GetProperty("allocation_weight"), actual.AllocationWeight, "allocation_weight");
        comparison.Close(expected.GetProperty("ensemble_return"), actual.EnsembleReturn, "ensemble_return");
        comparison.Close(expected.GetProperty("bandit_reward"), actual.BanditReward, "bandit_reward");
        comparison.Close(expected.GetProperty("wfo_sharpe"), actual.WfoSharpe, "wfo_sharpe");
        comparison.Close(expected.GetProperty("rolling_sharpe"), actual.RollingSharpe, "rolling_sharpe");
        comparison.Close(expected.GetProperty("rolling_sortino"), actual.RollingSortino, "rolling_sortino");
        comparison.Close(expected.GetProperty("rolling_dd"), actual.RollingDrawdown, "rolling_dd");
        comparison.Close(expected.GetProperty("rolling_win_rate"), actual.RollingWinRate, "rolling_win_rate");
    }

    private int[] SeqsOf(PerformanceKey key) => _store[key].RetainedRecords().Select(r => _seqOf[r.Record.RecordId]).ToArray();

    // The runner's own copies, not what the store answers.
    private double[] ReturnsOf(PerformanceKey key) =>
        _order.Where(entry => entry.Key == key).Select(entry => _added[entry.Seq].ReturnValue).ToArray();

    private void SameSeqs(JsonElement expected, int[] actual)
    {
        comparison.Equal(expected.GetArrayLength(), actual.Length, "seqs.length");
        for (var i = 0; i < Math.Min(actual.Length, expected.GetArrayLength()); i++)
            comparison.Equal(expected[i].GetInt32(), actual[i], $"seqs[{i}]");
    }
}
