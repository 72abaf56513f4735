using System.Globalization;
using System.Text;

namespace ActorMemory.Torture.Clients;

/// <summary>One record that a client sends: its place among the records of that client and key, from which everything else follows.</summary>
internal readonly record struct SentRecord(int Client, int Key, long Number)
{
    private const double Steps = 1L << 20;

    public string Id => string.Create(CultureInfo.InvariantCulture, $"c{Client}-k{Key}-n{Number}");

    /// <summary>A return from -2 % to 2 % that only this record has.</summary>
    public double Return => (Mixed % Steps / Steps - 0.5) * 0.04;

    public bool Win => (Mixed >> 40) % 3 == 0;

    private ulong Mixed
    {
        get
        {
            var x = ((ulong)Client << 52) ^ ((ulong)Key << 40) ^ (ulong)Number;
            x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
            x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
            return x ^ (x >> 31);
        }
    }

    /// <summary>Reads an id back; false for one that no client sends as a good record.</summary>
    public static bool TryParse(string id, out SentRecord record)
    {
        record = default;
        var parts = id.Split('-');
        if (parts is not [['c', .. var client], ['k', .. var key], ['n', .. var number]])
            return false;

        record = new SentRecord(
            int.Parse(client, CultureInfo.InvariantCulture), int.Parse(key, CultureInfo.InvariantCulture),
            long.Parse(number, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>The record as JSON.</summary>
    public void Write(StringBuilder json) => json.Append(
        CultureInfo.InvariantCulture,
        $$"""{"timestamp":{{1_735_689_600_000_000_000 + Number * 60_000_000_000}},"strategy_name":"{{Workload.StrategyOf(Key)}}","regime":"bull","horizon":{{Workload.Horizon}},"generation":{{Number}},"return_value":{{Return:R}},"drawdown":-0.01,"volatility":0.2,"win":{{(Win ? "true" : "false")}},"prediction":{{Client}},"meta_prediction":0.75,"allocation_weight":0.5,"ensemble_return":0.001,"bandit_reward":0.002,"meta_label":1,"wfo_sharpe":1.25,"rolling_sharpe":0.1,"rolling_sortino":0.2,"rolling_dd":-0.3,"rolling_win_rate":0.4,"record_id":"{{Id}}"}""");
}

/// <summary>Which keys there are, and the records that have to be refused.</summary>
internal static class Workload
{
    public const int Keys = 24;
    public const int Horizon = 5;

    /// <summary>Ids of records that the node must refuse begin so.</summary>
    public const string BadPrefix = "bad-";

    public static string StrategyOf(int key) => string.Create(CultureInfo.InvariantCulture, $"s{key}");

    public static string PathOf(int key) => string.Create(CultureInfo.InvariantCulture, $"/v1/performance/s{key}/bull/{Horizon}");

    public static string PersistenceIdOf(int key) => string.Create(CultureInfo.InvariantCulture, $"performance|s{key}|bull|{Horizon}");

    /// <summary>A record that is none: without a return, with a horizon that is no name, or cut off.</summary>
    public static void WriteBad(StringBuilder json, string id, int kind)
    {
        var good = new StringBuilder();
        new SentRecord(0, 0, 0).Write(good);
        var text = good.ToString().Replace("c0-k0-n0", id, StringComparison.Ordinal);
        json.Append((kind % 3) switch
        {
            0 => text.Replace("\"return_value\"", "\"returned\"", StringComparison.Ordinal),
            1 => text.Replace("\"win\":", "\"win\":7,\"win\":", StringComparison.Ordinal).Replace("true", "\"yes\"", StringComparison.Ordinal)
                .Replace("false", "\"no\"", StringComparison.Ordinal),
            _ => text.Replace("\"allocation_weight\":0.5", "\"allocation_weight\":\"half\"", StringComparison.Ordinal),
        });
    }
}
