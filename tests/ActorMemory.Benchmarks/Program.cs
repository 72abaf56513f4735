using ActorMemory.Benchmarks;

(string[] Names, Func<Task<IReadOnlyList<Figure>>> Measure)[] all =
[
    (["durable_adds_per_s", "durable_adds_vs_raw_sqlite"], WriteFigures.DurableAddsAsync),
    (["batched_adds_per_s"], WriteFigures.BatchedAddsAsync),
    (["single_add_vs_fdatasync"], WriteFigures.SingleAddAsync),
    (["rolling50_p50_us", "rolling50_p99_us", "summary5000_p50_us"], ReadFigures.InProcessAsync),
    (["http_rolling_p50_us"], ProcessFigures.HttpAsync),
    (["recovery_records_per_s"], RecoveryFigures.ColdStartAsync),
    (["memory_mb_1m_records"], MemoryFigures.OneMillionAsync),
    (["import_lines_per_s"], ProcessFigures.ImportAsync),
    (["postgres_adds_per_s", "postgres_adds_vs_raw_copy", "postgres_batched_adds_per_s", "postgres_batched_vs_raw_copy"], PostgresFigures.AddsAsync),
    (["cluster_adds_per_s", "cluster_adds_vs_raw", "cluster_adds_vs_raw_durable", "cluster_ask_vs_raw"], ClusterFigures.MeasureAsync),
    (["add_cost"], WriteFigures.CostCurveAsync),
    (["verify_events_per_s"], AuditFigures.VerifyAsync),
    (["vectors_scan_ms", "vectors_scan_vs_read", "vectors_filtered_ms", "vectors_decayed_ms", "vectors_added_per_s"], VectorFigures.ScanAsync),
    (["vectors_index_1000_ms", "vectors_find_ms"], VectorFigures.IndexAsync),
    (["portfolio_load_ms", "portfolio_outcomes_per_s"], PortfolioFigures.LoadAsync),
    (["headline"], RecoveryFigures.HeadlineAsync),
];

const string Usage = """
    usage: figures [--only NAME] [--json]

      Measures what README quotes, each figure beside a baseline of the same run. --only takes a figure's name, or its beginning.

    usage: weights-worlds [WORLDS]

      Lets the weights follow made-up worlds, so many of each kind (1,000), and prints what the evidence rule, equal votes and the original rule came to.
    """;

switch (args)
{
    case ["hold", var folder]:
        await MemoryFigures.HoldAsync(folder);
        return 0;
    case ["weights-worlds"]:
        WeightWorlds.Print(1_000);
        return 0;
    case ["weights-worlds", var count] when int.TryParse(count, out var worlds) && worlds > 0:
        WeightWorlds.Print(worlds);
        return 0;
    case ["figures", .. var options]:
        return await MeasureAsync(options);
    default:
        Console.WriteLine(Usage);
        Console.WriteLine("  figures: " + string.Join(", ", all.SelectMany(group => group.Names)));
        return args is ["--help" or "-h"] ? 0 : 2;
}

async Task<int> MeasureAsync(string[] options)
{
    var json = options.Contains("--json");
    var only = options.SkipWhile(option => option != "--only").Skip(1).FirstOrDefault();
    var groups = all.Where(group => only is null || group.Names.Any(name => name.StartsWith(only, StringComparison.Ordinal))).ToArray();
    if (groups.Length == 0)
    {
        Console.Error.WriteLine($"There is no figure '{only}'. There are: {string.Join(", ", all.SelectMany(group => group.Names))}.");
        return 2;
    }

    var figures = new List<Figure>();
    foreach (var group in groups)
    {
        var measured = await group.Measure();
        figures.AddRange(measured);
        if (!json)
            Report.Print(measured);
    }

    if (json)
        Console.WriteLine(Report.Json(figures));
    return 0;
}
