using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Bugs;

/// <summary>A defect that somebody could write, and where it shows.</summary>
/// <param name="Name">For the command line.</param>
/// <param name="World">The world in which it is found.</param>
/// <param name="Create">The parts with the defect, anew for each run.</param>
/// <param name="Breaks">The promises that it breaks: found by another one it was found by chance.</param>
internal sealed record PlantedBug(string Name, string World, Func<NodeParts> Create, params Promise[] Breaks);

internal static class PlantedBugs
{
    private const string Ledger = "ledger";
    private const string Performance = "performance";
    private const string Cluster = "cluster";
    private const string Portfolio = "portfolio";

    public static IReadOnlyList<PlantedBug> All { get; } =
    [
        // Commits.
        new("reply-before-commit", Performance, static () => new ReplyBeforeCommit(), Promise.Durable, Promise.TrueReads, Promise.FreshReads, Promise.OneOwner),
        new("unknown-taken-for-written", Performance, static () => new UnknownTakenForWritten(), Promise.Durable, Promise.TrueReads, Promise.FreshReads, Promise.Replay),
        new("unknown-retried-with-new-numbers", Ledger, static () => new UnknownRetriedWithNewNumbers(), Promise.Once, Promise.TrueReads, Promise.Durable, Promise.Refused),
        new("state-kept-after-failed-commit", Ledger, static () => new StateKeptAfterFailedCommit(), Promise.Durable, Promise.TrueReads, Promise.Replay, Promise.Liveness),
        new("torn-batch", Ledger, static () => new RulesBroken(static rules => rules with { BatchesAreAtomic = false }), Promise.AllOrNone, Promise.Refused),
        new("acknowledged-before-sync", Ledger, static () => new RulesBroken(static rules => rules with { AcknowledgedIsSynced = false }), Promise.Durable, Promise.TrueReads, Promise.FreshReads, Promise.Replay),

        // Recognising what is there.
        new("no-dedupe", Ledger, static () => new NoDedupe(), Promise.Once),
        new("ids-not-in-snapshot", Ledger, static () => new IdsNotInSnapshot(), Promise.Once, Promise.Replay),
        new("dedupe-window-too-short", Ledger, static () => new DedupeWindowTooShort(), Promise.Once),
        new("import-lines-forgotten", Performance, static () => new ImportLinesForgotten(), Promise.Once, Promise.Replay),

        // Owners.
        new("no-epoch-check", Performance, static () => new RulesBroken(static rules => rules with { EpochIsChecked = false }), Promise.OneOwner, Promise.FreshReads),
        new("epoch-checked-before-the-commit", Ledger, static () => new RulesBroken(static rules => rules with { EpochIsCheckedInTheCommit = false }), Promise.OneOwner, Promise.FreshReads),
        new("epoch-not-taken-again", Ledger, static () => new EpochNotTakenAgain(), Promise.OneOwner, Promise.Replay, Promise.Liveness, Promise.FreshReads),
        new("reads-without-epoch", Performance, static () => new ReadsWithoutEpoch(), Promise.FreshReads, Promise.TrueReads),

        // Snapshots and recovery.
        new("snapshot-without-checksum", Ledger, static () => new RulesBroken(static rules => rules with { SnapshotsAreChecked = false }), Promise.TrueReads, Promise.Replay, Promise.Durable, Promise.Once, Promise.Liveness),
        new("snapshot-of-uncommitted-state", Ledger, static () => new SnapshotOfUncommittedState(), Promise.Replay, Promise.TrueReads, Promise.Durable, Promise.Refused, Promise.Liveness),
        new("recovery-skips-the-tail", Performance, static () => new RulesBroken(static rules => rules with { RecoveryReplaysTheTail = false }), Promise.FreshReads, Promise.Replay, Promise.Liveness),

        // Nodes that share a broker.
        new("acknowledged-before-commit", Cluster, static () => new AcknowledgedBeforeCommit(), Promise.Durable),
        new("once-sent-again", Cluster, static () => new OnceSentAgain(), Promise.Once),
        new("redelivery-taken-for-new", Cluster, static () => new RedeliveryTakenForNew(), Promise.Once),
        new("old-deliveries-worked-off", Cluster, static () => new OldDeliveriesWorkedOff(), Promise.Durable, Promise.Once, Promise.Liveness),
        new("zombie-answers-from-memory", Cluster, static () => new ReadsWithoutEpoch(), Promise.FreshReads, Promise.TrueReads),
        new("two-owners-commit", Cluster, static () => new RulesBroken(static rules => rules with { EpochIsChecked = false }), Promise.OneOwner, Promise.FreshReads),

        // Those who follow a portfolio's book.
        new("provider-scored-twice", Portfolio, static () => new ProviderScoredTwice(), Promise.TrueReads, Promise.FreshReads),
        new("weights-take-again", Portfolio, static () => new WeightsTakeAgain(), Promise.TrueReads, Promise.FreshReads, Promise.Replay),
        new("book-forgets-ids", Portfolio, static () => new BookForgetsIds(), Promise.Once, Promise.Replay, Promise.Refused),
        new("indexed-before-stored", Portfolio, static () => new IndexedBeforeStored(), Promise.Durable),

        // Answers, clocks, pruning.
        new("answers-taken-in-order", Performance, static () => new AnswersTakenInOrder(), Promise.Durable, Promise.TrueReads, Promise.FreshReads),
        new("known-time-not-clamped", Ledger, static () => new RulesBroken(static rules => rules with { KnownTimeIsClamped = false }), Promise.KnownTime),
        new("pruned-twice", Performance, static () => new PrunedTwice(), Promise.Replay),
    ];

    public static PlantedBug? Find(string name) => All.FirstOrDefault(bug => bug.Name == name);
}
