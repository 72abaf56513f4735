using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using ActorMemory.Hosting;
using ActorMemory.Node.Cluster;

namespace ActorMemory.Node.Http;

/// <summary>
/// What the meters of the process have measured, as Prometheus text (format 0.0.4). Listens from the moment it is made. Instruments of the
/// same name, of which there are several when a process hosts several nodes, are added up.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string MeterPrefix = "ActorMemory.";

    private static readonly double[] s_seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
    private static readonly double[] s_counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000];

    private readonly ActorMemoryNode _node;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public MetricsText(ActorMemoryNode node)
    {
        _node = node;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Measured(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Measured(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Measured(instrument, value));
        _listener.Start();
    }

    /// <summary>Everything that was measured until now.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (name, series) in _series.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            series.Write(text, name);
        WriteNode(text);
        if (_node.Cluster is { } cluster)
            WriteCluster(text, ClusterStatus.Of(cluster));
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void WriteNode(StringBuilder text)
    {
        var shards = _node.Metrics;
        One(text, "actormemory_records_events_total", "counter", "Events that the shards of the performance memory committed.", shards.Events.Value);
        One(text, "actormemory_commits_total", "counter", "Batches that the shards committed.", shards.Commits.Value);
        One(text, "actormemory_failed_commits_total", "counter", "Batches that were not acknowledged.", shards.FailedCommits.Value);
        One(text, "actormemory_recoveries_total", "counter", "Entities recovered.", shards.Recoveries.Value);
        One(text, "actormemory_failed_recoveries_total", "counter", "Entities that could not be recovered.", shards.FailedRecoveries.Value);
        One(text, "actormemory_poison_commands_total", "counter", "Commands that made their entity fail.", shards.PoisonCommands.Value);
        One(text, "actormemory_snapshots_total", "counter", "Snapshots saved.", shards.Snapshots.Value);
        One(text, "actormemory_failed_snapshots_total", "counter", "Snapshots that could not be saved.", shards.FailedSnapshots.Value);
        One(text, "actormemory_entities", "gauge", "Entities in memory.", shards.Entities);
        One(text, "actormemory_entity_bytes", "gauge", "Estimated bytes of the entities in memory.", shards.EntityBytes);
        One(text, "actormemory_mailbox_depth", "gauge", "Commands that wait in front of the shards.", _node.Waiting);
        One(text, "actormemory_dead_letters_total", "counter", "Messages that were not delivered.", _node.DeadLetters.Total);
    }

    private static void WriteCluster(StringBuilder text, ClusterStatus cluster)
    {
        var self = cluster.Self;
        One(text, "actormemory_cluster_broker_connected", "gauge", "1 while the broker is reached, else 0.", cluster.IsBrokerReached ? 1 : 0);
        One(text, "actormemory_cluster_nodes", "gauge", "Nodes that this one knows, itself included.", cluster.Nodes.Count);
        One(text, "actormemory_cluster_owned_shards", "gauge", "Shards that this node owns.", self.Shards.Count);
        One(text, "actormemory_cluster_shards_without_owner", "gauge", "Shards of which this node knows no owner.", cluster.ShardsWithoutOwner.Count);
        One(text, "actormemory_cluster_handed_over_shards_total", "counter", "Shards that this node handed over in order.", self.HandedOver);
        One(text, "actormemory_cluster_lost_shards_total", "counter", "Shards that another node took, or that went with the connection.", self.Lost);
        One(text, "actormemory_cluster_waiting_commands", "gauge", "Commands of all memories that wait in front of the shards of this node.", self.Waiting);
    }

    private void Measured(Instrument instrument, double value) =>
        _series.GetOrAdd(NameOf(instrument), static (_, first) => Create(first), instrument).Add(instrument, value);

    private static Series Create(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        if (type.StartsWith("Histogram", StringComparison.Ordinal))
            return new Distribution(instrument.Description, instrument.Unit == "s" ? s_seconds : s_counts);

        var isTotal = type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal);
        return new Value(instrument.Description, isTotal, isSum: !type.StartsWith("Observable", StringComparison.Ordinal) && !type.StartsWith("Gauge", StringComparison.Ordinal));
    }

    private static string NameOf(Instrument instrument) =>
        string.Concat(instrument.Name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_')) + (instrument.Unit == "s" ? "_seconds" : "");

    private static void One(StringBuilder text, string name, string type, string description, double value)
    {
        Head(text, name, type, description);
        text.Append(name).Append(' ').Append(Number(value)).Append('\n');
    }

    private static void Head(StringBuilder text, string name, string type, string? description) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(description).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private abstract class Series(string? description)
    {
        protected string Description => description ?? "";

        public abstract void Add(Instrument instrument, double value);

        public abstract void Write(StringBuilder text, string name);
    }

    private sealed class Value(string? description, bool isTotal, bool isSum) : Series(description)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<Instrument, double> _values = [];

        public override void Add(Instrument instrument, double value)
        {
            lock (_lock)
                _values[instrument] = isSum ? _values.GetValueOrDefault(instrument) + value : value;
        }

        public override void Write(StringBuilder text, string name)
        {
            lock (_lock)
                One(text, isTotal ? name + "_total" : name, isTotal ? "counter" : "gauge", Description, _values.Values.Sum());
        }
    }

    private sealed class Distribution(string? description, double[] bounds) : Series(description)
    {
        private readonly Lock _lock = new();
        private readonly long[] _counts = new long[bounds.Length + 1];
        private double _sum;

        public override void Add(Instrument instrument, double value)
        {
            var bucket = 0;
            while (bucket < bounds.Length && value > bounds[bucket])
                bucket++;
            lock (_lock)
            {
                _counts[bucket]++;
                _sum += value;
            }
        }

        public override void Write(StringBuilder text, string name)
        {
            Head(text, name, "histogram", Description);
            lock (_lock)
            {
                long count = 0;
                for (var i = 0; i < _counts.Length; i++)
                {
                    count += _counts[i];
                    text.Append(name).Append("_bucket{le=\"").Append(i < bounds.Length ? Number(bounds[i]) : "+Inf").Append("\"} ")
                        .Append(count).Append('\n');
                }

                text.Append(name).Append("_sum ").Append(Number(_sum)).Append('\n').Append(name).Append("_count ").Append(count).Append('\n');
            }
        }
    }
}
