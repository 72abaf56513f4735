using ActorMemory.Audit;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Retention;
using ActorMemory.Vectors;
using ActorMemory.Vectors.Wire;
using Google.Protobuf;
using Folio = ActorMemory.Portfolio.Wire;
using Holds = ActorMemory.Tests.Retention.Wire;
using Log = ActorMemory.Tests.Audit.Wire;
using Proto = ActorMemory.Tests.Performance.Wire;

namespace ActorMemory.Tests.Travel;

/// <summary>Google's codec of the .proto file that documents a manifest.</summary>
internal static class GoogleParsers
{
    private static readonly Dictionary<string, MessageParser> s_parsers = new()
    {
        [PerformanceCommandFormat.AddRecordsManifest] = Proto.AddRecords.Parser,
        [PerformanceCommandFormat.GetRollingMetricsManifest] = Proto.GetRollingMetrics.Parser,
        [PerformanceCommandFormat.GetSummaryManifest] = Proto.GetSummary.Parser,
        [PerformanceCommandFormat.GetMetaFeaturesManifest] = Proto.GetMetaFeatures.Parser,
        [PerformanceCommandFormat.GetLatestManifest] = Proto.GetLatest.Parser,
        [PerformanceCommandFormat.GetMetricValueManifest] = Proto.GetMetricValue.Parser,
        [PerformanceCommandFormat.DescribeKeyManifest] = Proto.DescribeKey.Parser,
        [PerformanceCommandFormat.PruneRecordsManifest] = Proto.PruneRecords.Parser,
        [PerformanceReplies.AcknowledgedManifest] = Proto.RecordsAcknowledged.Parser,
        [PerformanceReplies.RejectedManifest] = Proto.PerformanceRejected.Parser,
        [PerformanceReplies.RollingMetricsManifest] = Proto.RollingMetrics.Parser,
        [PerformanceReplies.SummaryManifest] = Proto.PerformanceSummary.Parser,
        [PerformanceReplies.MetaFeaturesManifest] = Proto.MetaFeatures.Parser,
        [PerformanceReplies.LatestManifest] = Proto.LatestRecord.Parser,
        [PerformanceReplies.MetricValueManifest] = Proto.MetricValue.Parser,
        [PerformanceReplies.DescriptionManifest] = Proto.KeyDescription.Parser,
        [PerformanceReplies.PrunedManifest] = Proto.RecordsPrunedReply.Parser,
        [ImportLedgerCommandFormat.NoteImportManifest] = Proto.ImportProgress.Parser,
        [ImportLedgerCommandFormat.GetImportManifest] = Proto.GetImport.Parser,
        [ImportLedgerCommandFormat.ProgressManifest] = Proto.ImportProgress.Parser,
        [ImportLedgerCommandFormat.KnownManifest] = Proto.ImportKnown.Parser,
        [ImportLedgerCommandFormat.RejectedManifest] = Proto.PerformanceRejected.Parser,
        [PruningLogCommandFormat.NoteRunManifest] = Proto.PruningRun.Parser,
        [PruningLogCommandFormat.GetRunsManifest] = Proto.GetPruningRuns.Parser,
        [PruningLogCommandFormat.RunManifest] = Proto.PruningRun.Parser,
        [PruningLogCommandFormat.RunsManifest] = Proto.PruningLog.Parser,
        [LegalHoldCommandFormat.PlaceManifest] = Holds.HoldPlaced.Parser,
        [LegalHoldCommandFormat.LiftManifest] = Holds.LiftHold.Parser,
        [LegalHoldCommandFormat.GetHoldsManifest] = Holds.GetHolds.Parser,
        [LegalHoldCommandFormat.HoldManifest] = Holds.HoldPlaced.Parser,
        [LegalHoldCommandFormat.HoldsManifest] = Holds.LegalHolds.Parser,
        [LegalHoldCommandFormat.RefusedManifest] = Holds.LegalHoldRefused.Parser,
        [AuditCommandFormat.NoteManifest] = Log.AuditNote.Parser,
        [AuditCommandFormat.FindManifest] = Log.AuditQuery.Parser,
        [AuditCommandFormat.EntryManifest] = Log.AuditEntry.Parser,
        [AuditCommandFormat.EntriesManifest] = Log.SegmentEntries.Parser,
        [AuditCommandFormat.FullManifest] = Log.SegmentFull.Parser,
        [SettingsCommandFormat.CompareManifest] = Log.Settings.Parser,
        [SettingsCommandFormat.NoteManifest] = Log.Settings.Parser,
        [SettingsCommandFormat.DifferencesManifest] = Log.SettingsDifferences.Parser,
        [ProviderCommandFormat.ScoreManifest] = Folio.ScoreProviderMessage.Parser,
        [ProviderCommandFormat.GetManifest] = Folio.GetProviderMessage.Parser,
        [ProviderCommandFormat.FoldedManifest] = Folio.ProviderFoldedMessage.Parser,
        [ProviderCommandFormat.StatisticsManifest] = Folio.ProviderAnswerMessage.Parser,
        [WeightsCommandFormat.FoldManifest] = Folio.FoldBookMessage.Parser,
        [WeightsCommandFormat.GetProgressManifest] = Folio.NothingMessage.Parser,
        [WeightsCommandFormat.GetManifest] = Folio.GetWeightsMessage.Parser,
        [WeightsCommandFormat.GetHistoryManifest] = Folio.GetWeightsMessage.Parser,
        [WeightsCommandFormat.GetRegretManifest] = Folio.NothingMessage.Parser,
        [WeightsCommandFormat.GetVoteManifest] = Folio.GetVoteMessage.Parser,
        [WeightsCommandFormat.FoldedManifest] = Folio.BookFoldedMessage.Parser,
        [WeightsCommandFormat.RefusedManifest] = Folio.FoldRefusedMessage.Parser,
        [WeightsCommandFormat.ProgressManifest] = Folio.WeightsProgressMessage.Parser,
        [WeightsCommandFormat.SetManifest] = Folio.WeightSetMessage.Parser,
        [WeightsCommandFormat.HistoryManifest] = Folio.WeightHistoryMessage.Parser,
        [WeightsCommandFormat.RegretManifest] = Folio.WeightRegretMessage.Parser,
        [WeightsCommandFormat.VoteManifest] = Folio.VoteMessage.Parser,
        [BookCommandFormat.NoteDecisionManifest] = Folio.DecisionMessage.Parser,
        [BookCommandFormat.NoteExitManifest] = Folio.ExitMessage.Parser,
        [BookCommandFormat.NoteOutcomeManifest] = Folio.OutcomeMessage.Parser,
        [BookCommandFormat.KeepSnapshotManifest] = Folio.SnapshotMessage.Parser,
        [BookCommandFormat.GetBookManifest] = Folio.NothingMessage.Parser,
        [BookCommandFormat.GetHeadManifest] = Folio.NothingMessage.Parser,
        [BookCommandFormat.GetDecisionManifest] = Folio.GetDecisionMessage.Parser,
        [BookCommandFormat.DecisionNotedManifest] = Folio.DecisionNotedMessage.Parser,
        [BookCommandFormat.OutcomeNotedManifest] = Folio.OutcomeNotedMessage.Parser,
        [BookCommandFormat.SnapshotManifest] = Folio.SnapshotKeptMessage.Parser,
        [BookCommandFormat.ViewManifest] = Folio.BookViewMessage.Parser,
        [BookCommandFormat.HeadManifest] = Folio.BookHeadMessage.Parser,
        [BookCommandFormat.DecisionFoundManifest] = Folio.DecisionFoundMessage.Parser,
        [BookCommandFormat.RejectedManifest] = Folio.BookRejectedMessage.Parser,
        [VectorCommandFormat.StoreManifest] = VectorsMessage.Parser,
        [VectorCommandFormat.GetSimilarManifest] = GetSimilarMessage.Parser,
        [VectorCommandFormat.GetCountManifest] = VectorCountMessage.Parser,
        [VectorCommandFormat.ReceiptManifest] = StoreReceiptMessage.Parser,
        [VectorCommandFormat.SimilarManifest] = SimilarFoundMessage.Parser,
        [VectorCommandFormat.CountManifest] = VectorCountMessage.Parser,
        [VectorCommandFormat.RefusedManifest] = VectorsRefusedMessage.Parser,
        [VectorIndexCommandFormat.FixManifest] = FixDimensionsMessage.Parser,
        [VectorIndexCommandFormat.AdvanceManifest] = AdvanceIndexMessage.Parser,
        [VectorIndexCommandFormat.GetManifest] = VectorIndexMessage.Parser,
        [VectorIndexCommandFormat.IndexManifest] = VectorIndexMessage.Parser,
        [VectorIndexCommandFormat.RefusedManifest] = VectorsRefusedMessage.Parser,
    };

    /// <summary>What Google reads; of fields that the .proto does not name nothing is left.</summary>
    internal static IMessage Parse(string manifest, byte[] payload) =>
        s_parsers[manifest].WithDiscardUnknownFields(true).ParseFrom(payload);
}
