using System.Text.Json;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>What became of things of one kind.</summary>
/// <param name="Imported">New ones.</param>
/// <param name="Known">Those that the portfolio had already.</param>
internal readonly record struct ImportCount(int Imported, int Known)
{
    public ImportCount With(bool isNew) => isNew ? this with { Imported = Imported + 1 } : this with { Known = Known + 1 };
}

/// <summary>What became of a folder.</summary>
internal sealed record FolderImportReport
{
    public required string Folder { get; init; }

    public ImportCount Outcomes { get; set; }

    public ImportCount Decisions { get; set; }

    public ImportCount Snapshots { get; set; }

    public int Vectors { get; set; }

    /// <summary>Trades that stood in several files with the same content.</summary>
    public int Duplicates { get; init; }

    /// <summary>Outcomes that the portfolio had before and that are not in the folder.</summary>
    public int Others { get; set; }

    /// <summary>Trades of ensembles of which the folder does not have the decision, and with it what each member said.</summary>
    public int WithoutDecision { get; init; }

    public required List<FileFault> Faults { get; init; }

    public required List<FileFault> Conflicts { get; init; }

    public required IReadOnlyList<IgnoredField> Ignored { get; init; }

    public IReadOnlyList<Difference> Differences { get; set; } = [];

    /// <summary>Whether everything that is in the folder is in the memory now.</summary>
    public bool IsComplete => Faults.Count == 0 && Conflicts.Count == 0;
}

/// <summary>
/// Takes a memory folder of the original into a portfolio: trades in the order of their exits, each decision once. It may be killed and started again, as
/// often as one likes: what the portfolio has is not taken twice.
/// </summary>
internal sealed class FolderImport(IPortfolioMemory memory, PortfolioName portfolio, string vectorModel)
{
    /// <summary>The model of the original's vectors.</summary>
    public const string OriginalModel = "nomic-embed-text";

    private const int KeptSnapshots = 100;

    /// <summary>Imports a folder.</summary>
    /// <param name="folder">What was read of it.</param>
    /// <param name="progressed">Is told how many trades are in.</param>
    /// <param name="cancellationToken">Stops; running it again goes on.</param>
    public async Task<FolderImportReport> RunAsync(MemoryFolder folder, Action<int> progressed, CancellationToken cancellationToken)
    {
        var report = new FolderImportReport
        {
            Folder = folder.Path,
            Duplicates = folder.Duplicates,
            WithoutDecision = folder.Trades.Count(static trade => trade.Decision is null && trade.Outcome.EnsembleProviders is { Count: > 0 }),
            Faults = [.. folder.Faults],
            Conflicts = [.. folder.Conflicts],
            Ignored = folder.Ignored,
        };
        for (var i = 0; i < folder.Trades.Count; i++)
        {
            await TakeAsync(folder.Trades[i], report, cancellationToken);
            progressed(i + 1);
        }

        await TakeSnapshotsAsync(folder, report, cancellationToken);
        foreach (var vector in folder.Vectors)
        {
            await TryAsync(vector.File, report, async () =>
            {
                await memory.AddVectorAsync(portfolio, vector.Record, new VectorEmbedding(vector.Model ?? vectorModel, vector.Values), cancellationToken);
                report.Vectors++;
            });
        }

        await CompareAsync(folder, report, cancellationToken);
        return report;
    }

    private async Task TakeAsync(FileTrade trade, FolderImportReport report, CancellationToken cancellationToken)
    {
        if (trade.Decision is { } decision)
        {
            await TryAsync(trade.File, report, async () =>
                report.Decisions = report.Decisions.With((await memory.RecordDecisionAsync(portfolio, decision, cancellationToken)).IsNew));
        }

        await TryAsync(trade.File, report, async () =>
            report.Outcomes = report.Outcomes.With((await memory.RecordOutcomeAsync(portfolio, trade.Outcome, cancellationToken)).IsNew));
    }

    private async Task TakeSnapshotsAsync(MemoryFolder folder, FolderImportReport report, CancellationToken cancellationToken)
    {
        // Only the latest are shown, so older ones would push newer ones out, and again at every import.
        var held = (await memory.GetSnapshotsAsync(portfolio, cancellationToken)).Select(static stored => stored.Snapshot).ToList();
        var known = held.Select(TextOf).ToHashSet(StringComparer.Ordinal);
        var oldest = held.Count >= KeptSnapshots ? held.Min(static snapshot => snapshot.Timestamp.Value) : long.MinValue;
        foreach (var (snapshot, file) in folder.Snapshots.TakeLast(KeptSnapshots))
        {
            if (snapshot.Timestamp.Value < oldest || !known.Add(TextOf(snapshot)))
            {
                report.Snapshots = report.Snapshots.With(isNew: false);
                continue;
            }

            await TryAsync(file, report, async () =>
            {
                var kept = await memory.KeepSnapshotAsync(portfolio, snapshot, cancellationToken);
                if (TextOf(kept.Snapshot) == TextOf(snapshot))
                    report.Snapshots = report.Snapshots.With(isNew: true);
                else
                    report.Conflicts.Add(new FileFault(file, $"the portfolio has another snapshot of {snapshot.Timestamp}."));
            });
        }
    }

    private async Task CompareAsync(MemoryFolder folder, FolderImportReport report, CancellationToken cancellationToken)
    {
        var ids = folder.Trades.Select(static trade => (trade.Outcome.DecisionId, trade.Outcome.ExitId)).ToHashSet();
        var all = await memory.GetOutcomesAsync(portfolio, OutcomeFilter.All, PortfolioQuestions.All, cancellationToken);
        report.Others = all.Count(stored => !ids.Contains((stored.Outcome.DecisionId, stored.Outcome.ExitId)));
        report.Differences = await folder.Aggregates.CompareAsync(memory, portfolio, cancellationToken);
    }

    /// <summary>What the memory refuses is told and costs nothing else.</summary>
    private static async Task TryAsync(string file, FolderImportReport report, Func<Task> take)
    {
        try
        {
            await take();
        }
        catch (PortfolioRejectedException e) when (e.Error is PortfolioError.Conflict)
        {
            report.Conflicts.Add(new FileFault(file, e.Message));
        }
        catch (PortfolioRejectedException e)
        {
            report.Faults.Add(new FileFault(file, e.Message));
        }
    }

    private static string TextOf(PortfolioSnapshot snapshot) => JsonSerializer.Serialize(snapshot, PortfolioJson.TypeOf<PortfolioSnapshot>());
}
