using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Retention;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Travel;

/// <summary>Messages with something of its own in every field, for the bytes in v1.txt. They are never changed, only added to.</summary>
internal static class V1Samples
{
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
        ReturnValue = BitConverter.UInt64BitsToDouble(0xFFF8_0000_DEAD_BEEF),
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

    private static readonly RollingMetrics s_rolling = new(
        Convention.Prado9, 1.25, -0.0, BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0BAD), 0.75, 0.0625, new[] { 0.5, double.NaN, -0.0 }, 1);

    private static readonly KeyFilter s_keys = new() { Strategy = "momentum", StrategyPrefix = "", Regime = "bull", Horizon = "5" };
    private static readonly LegalHold s_hold = new(3, new UnixNanoseconds(1_000), "ada", "case 7", s_keys);
    private static readonly LegalHold s_wideHold = new(4, new UnixNanoseconds(-1), "bob", "", new KeyFilter { StrategyPrefix = "mom" });
    private static readonly ImportProgress s_progress = new(new UInt128(1, 2), "a.ndjson", 1_000, new UInt128(3, 4), 10, 8, 1, 2, IsComplete: true);
    private static readonly PruningRun s_run = new(new UnixNanoseconds(5), new UnixNanoseconds(-6), IsScheduled: true, 5_000, 40, 30, 200, 1);
    private static readonly AuditAction s_action = new AuditAction("ada", AuditKind.LegalHold, ("hold", "3"), ("why", "")).FailedBecause("no");
    private static readonly AuditEntry s_entry = new(257, new UnixNanoseconds(77), s_action);
    private static readonly Dictionary<string, string> s_settings = new() { ["a"] = "1", ["東"] = "" };

    private static readonly Ballot[] s_ballots =
    [
        new("gemini", ActionWords.Answered | ActionWords.Long | ActionWords.Bullish, 62.5), new("東京", ActionWords.None, 50),
        new("x", ActionWords.Answered | ActionWords.Short | ActionWords.Bearish | ActionWords.Hold, 0),
    ];

    private static readonly WeightSet s_weights = new(
        WeightRule.Evidence, 3, new UnixNanoseconds(77), "d3", 9, [new ProviderWeight("gemini", 0.625, 1.25, 3, 2, 0.515625, 0.125, 0.9375, 4)],
        [new RuleShare("equal-votes", 0.25, 2.125), new RuleShare("log-odds", 0.75, 2)]);

    private static readonly VectorRecord s_vector = new(
        "outcome:d1", "Asset: BTCUSD.", new VectorLabels("BTCUSD", "trending", "ensemble", false, new UnixNanoseconds(-5)), "{\"decision_id\":\"d1\"}");

    private static readonly VectorFilter s_vectors = new()
    {
        AssetPair = "BTCUSD",
        Regime = "",
        Provider = "local",
        WasProfitable = false,
        From = new UnixNanoseconds(1),
        Until = new UnixNanoseconds(-2),
    };

    internal static IReadOnlyList<(string Name, TravelFormat Format, object Message, bool IsReply)> All { get; } =
    [
        Command<PerformanceCommand>("records", new AddRecords(new[] { s_first, s_second })),
        Command<PerformanceCommand>(
            "records of a file, one of another key",
            new AddRecords(new[] { s_first, s_second with { StrategyName = "carry", Regime = "", Horizon = "long" } }, new ImportLines(new UInt128(5, 6), new long[] { 3, 9 }, 2))),
        Command<PerformanceCommand>("no records", new AddRecords(Array.Empty<PerformanceRecord>())),
        Command<PerformanceCommand>("rolling metrics of all but some", new GetRollingMetrics(-3, Convention.Prado9)),
        Command<PerformanceCommand>("rolling metrics", new GetRollingMetrics()),
        Command<PerformanceCommand>("summary", new GetSummary(Convention.Prado9)),
        Command<PerformanceCommand>("meta-features", new GetMetaFeatures(Convention.Prado9, HorizonIsNumber: true)),
        Command<PerformanceCommand>("latest record", new GetLatest()),
        .. Enum.GetValues<LeaderboardMetric>().Select(metric => Command<PerformanceCommand>($"metric {metric}", new GetMetricValue(metric, 20, Convention.Prado9))),
        Command<PerformanceCommand>("description", new DescribeKey()),
        Command<PerformanceCommand>("pruning", new PruneRecords()),
        Reply<PerformanceCommand>("receipts", new RecordsAcknowledged(2, 1, new RecordReceipt[] { new(41, false), new(7, true), new(42, false) })),
        Reply<PerformanceCommand>("rejected as invalid", new PerformanceRejected(PerformanceError.Invalid, "window is 0")),
        Reply<PerformanceCommand>("rejected as lines are missing", new PerformanceRejected(PerformanceError.LinesMissing, "send again")),
        Reply<PerformanceCommand>("rolling metrics", s_rolling),
        Reply<PerformanceCommand>("summary", new PerformanceSummary(Convention.Prado9, 3, 0.5, 0.25, 1.25, 1.5, -0.125, 0.75, 0.0625, 1)),
        Reply<PerformanceCommand>(
            "meta-features",
            new MetaFeatures(Convention.Prado9, s_rolling, new[] { 0.5 }, 0.25, 1.5, 0.125, "bull", "05", HorizonIsNumber: true, 0.75, 0, -0.5, 1, 2)),
        Reply<PerformanceCommand>("latest record", new LatestRecord(42, s_second)),
        Reply<PerformanceCommand>("no latest record", new LatestRecord(0, null)),
        Reply<PerformanceCommand>("metric", new MetricValue(-0.0, 3)),
        Reply<PerformanceCommand>("description", new KeyDescription(new PerformanceKey("momentum", "bull", "5"), 41, 42, 2, new UnixNanoseconds(-1))),
        Reply<PerformanceCommand>("description at the epoch", new KeyDescription(new PerformanceKey("momentum", "bull", "5"), 1, 1, 1, new UnixNanoseconds(0))),
        Reply<PerformanceCommand>("description without records", new KeyDescription(new PerformanceKey("", "", ""), 0, 0, 1, null)),
        Reply<PerformanceCommand>("pruned", new RecordsPrunedReply(300)),
        Command<ImportLedgerCommand>("import", new NoteImport(s_progress)),
        Command<ImportLedgerCommand>("imports", new GetImport()),
        Reply<ImportLedgerCommand>("import", s_progress),
        Reply<ImportLedgerCommand>("import known", new ImportKnown(s_progress)),
        Reply<ImportLedgerCommand>("no import known", new ImportKnown(null)),
        Reply<ImportLedgerCommand>("import rejected", new PerformanceRejected(PerformanceError.Invalid, "counts below 0")),
        Command<PruningLogCommand>("run", new NotePruningRun(s_run)),
        Command<PruningLogCommand>("runs", new GetPruningRuns()),
        Reply<PruningLogCommand>("run", s_run),
        Reply<PruningLogCommand>("runs", new[] { s_run, new PruningRun(default, default, false, 0, 0, 0, 0, 0) }),
        Command<LegalHoldCommand>("hold", new PlaceHold(s_keys, "ada", "case 7")),
        Command<LegalHoldCommand>("lifting", new LiftHold(-3, "ada", "over")),
        Command<LegalHoldCommand>("holds", new GetHolds()),
        Reply<LegalHoldCommand>("hold", s_hold),
        Reply<LegalHoldCommand>("holds", new[] { s_hold, s_wideHold }),
        Reply<LegalHoldCommand>("refused", new LegalHoldRefused("reason: say why")),
        Command<AuditCommand>("action", new NoteAction(s_action)),
        .. Enum.GetValues<AuditKind>().Select(kind => Command<AuditCommand>($"entries of {kind}", new FindEntries(new AuditQuery { Kind = kind }))),
        Command<AuditCommand>(
            "entries",
            new FindEntries(new AuditQuery { Who = "", From = new UnixNanoseconds(0), To = new UnixNanoseconds(-9), Before = 300, Limit = 50 })),
        Reply<AuditCommand>("entry", s_entry),
        Reply<AuditCommand>("entries", new SegmentEntries(256, [s_entry, new AuditEntry(1, default, new AuditAction("", AuditKind.Import))])),
        Reply<AuditCommand>("full", new SegmentFull()),
        Command<SettingsCommand>("comparing", new CompareSettings(s_settings)),
        Command<SettingsCommand>("noting", new NoteSettings(s_settings)),
        Reply<SettingsCommand>("differences", new SettingsDifferences([("a", null, "1"), ("b", "2", null), ("c", "", "3")])),
        Command<ProviderCommand>("scores", new ScoreProvider([new ProviderScore(7, true, true, 12.5, 80), new ProviderScore(9, false, false, -0.25, null)])),
        Command<ProviderCommand>("statistics", new GetProvider()),
        Reply<ProviderCommand>("folded", new ProviderFolded(9)),
        Reply<ProviderCommand>("statistics", new ProviderStatistics("gemini", 3, 2, 12.25, 1, 12.5, [new CalibrationCell(80, 1, 1, 12.5)])),
        Command<WeightsCommand>(
            "folds",
            new FoldBook(
                6,
                [
                    new BookFold(7, new UnixNanoseconds(70), new FoldedDecision("d1", s_ballots), null),
                    new BookFold(8, new UnixNanoseconds(0), null, null),
                    new BookFold(
                        9, new UnixNanoseconds(90), null,
                        new FoldedTrade("d1", true, PriceDirection.Down, -1.5, ActionWords.Answered | ActionWords.Long, s_ballots, ["ensemble", "東京"])),
                    new BookFold(10, new UnixNanoseconds(91), null, new FoldedTrade("d2", false, PriceDirection.Unknown, null, ActionWords.None, [], [])),
                ])),
        Command<WeightsCommand>("progress", new GetWeightsProgress()),
        Command<WeightsCommand>("weights", new GetWeights(WeightRule.Original)),
        Command<WeightsCommand>("history", new GetWeightHistory(WeightRule.Evidence, 20)),
        Command<WeightsCommand>("regret", new GetWeightRegret()),
        Command<WeightsCommand>("vote", new GetVote(WeightRule.Original, [new VoterOpinion("a", "BUY", 70, 1.5), new VoterOpinion("b", null, null, null)])),
        Reply<WeightsCommand>("folded", new BookFolded(9, [s_weights])),
        Reply<WeightsCommand>("refused", new FoldRefused(12)),
        Reply<WeightsCommand>("progress", new WeightsProgress(9, ["a", "東京"])),
        Reply<WeightsCommand>("weights", s_weights),
        Reply<WeightsCommand>("history", new[] { s_weights, new WeightSet(WeightRule.Original, 0, null, null, 0, [], []) }),
        Reply<WeightsCommand>("regret", new WeightRegret(5, 3.25, 3.5, 3.375, 1.75, 2, 5.25, 0.625, 0.5, 0.375)),
        Reply<WeightsCommand>("vote", new Vote(WeightRule.Evidence, "SELL", 55, 0.45, 1.5, [KeyValuePair.Create("a", 0.75), KeyValuePair.Create("b", 0.25)], 3)),
        Reply<WeightsCommand>("vote of nobody", new Vote(WeightRule.Original, "HOLD", 0, null, null, [], 0)),
        Command<BookCommand>("decision", new NoteDecision(PortfolioSamples.Decision)),
        Command<BookCommand>("decision that says nothing", new NoteDecision(new TradingDecision())),
        Command<BookCommand>("exit", new NoteExit(PortfolioSamples.Exit)),
        Command<BookCommand>("exit of a known decision", new NoteExit(new TradeExit { DecisionId = "d-7" })),
        Command<BookCommand>("outcome", new NoteOutcome(PortfolioSamples.Outcome)),
        Command<BookCommand>("snapshot", new KeepSnapshot(PortfolioSamples.Snapshot)),
        Command<BookCommand>("view", new GetBook()),
        Command<BookCommand>("head", new GetBookHead()),
        Command<BookCommand>("find", new GetDecision("d-7")),
        Reply<BookCommand>("decision", new DecisionNoted(new DecisionReceipt(7, true), 9)),
        Reply<BookCommand>("outcome", new OutcomeNoted(new OutcomeReceipt(7, false, PortfolioSamples.Outcome), 9)),
        Reply<BookCommand>("snapshot", new StoredSnapshot(3, PortfolioSamples.Snapshot)),
        Reply<BookCommand>("view", PortfolioSamples.View),
        Reply<BookCommand>("head", new BookHead(12)),
        Reply<BookCommand>("found", new DecisionFound(new StoredDecision(7, new UnixNanoseconds(5), PortfolioSamples.Decision))),
        Reply<BookCommand>("not found", new DecisionFound(null)),
        Reply<BookCommand>("rejected", new BookRejected(PortfolioError.Conflict, "the decision 'd-7' is recorded already")),
        Command<VectorCommand>(
            "vectors",
            new StoreVectors(
            [
                new NewVector(s_vector, new[] { 1.5f, -0.25f, float.Epsilon }, new UnixNanoseconds(9)),
                new NewVector(new VectorRecord("東京", "", new VectorLabels()), new[] { 0f }),
            ])),
        Command<VectorCommand>("similar to", new GetSimilar(new VectorSearch(new[] { 0.5f, 2f }, 7, s_vectors, 42, new UnixNanoseconds(77)))),
        Command<VectorCommand>("similar to, of all", new GetSimilar(new VectorSearch(new[] { 1f }, 1, VectorFilter.All, null, default))),
        Command<VectorCommand>("count of vectors", new GetVectorCount()),
        Reply<VectorCommand>("vectors stored", new StoreReceipt(3, 2, 1)),
        Reply<VectorCommand>("similar ones", new SimilarFound([new SimilarRecord(s_vector, -0.5, -0.0, new UnixNanoseconds(9))])),
        Reply<VectorCommand>("vectors counted", new VectorCount(12)),
        Reply<VectorCommand>("vectors refused", new VectorsRefused(PortfolioError.Embedding, "no")),
        Command<VectorIndexCommand>("dimensions", new FixDimensions(384)),
        Command<VectorIndexCommand>("advance of an index", new AdvanceIndex(1_000_000_007)),
        Command<VectorIndexCommand>("index of vectors", new GetVectorIndex()),
        Reply<VectorIndexCommand>("index as it is", new VectorIndex(384, 17)),
        Reply<VectorIndexCommand>("index refused", new VectorsRefused(PortfolioError.Invalid, "no")),
    ];

    private static (string Name, TravelFormat Format, object Message, bool IsReply) Command<TCommand>(string what, TCommand command)
        where TCommand : class => ($"{typeof(TCommand).Name}: {what}", TravelFormat.For<TCommand>(), command, false);

    private static (string Name, TravelFormat Format, object Message, bool IsReply) Reply<TCommand>(string what, object reply) =>
        ($"answer to {typeof(TCommand).Name}: {what}", TravelFormat.For<TCommand>(), reply, true);
}
