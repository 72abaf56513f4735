using System.Globalization;

namespace ActorMemory.Torture.Clients;

/// <summary>
/// What one client was told: a line for each record that was acknowledged (A) or refused (R), written as soon as the answer is there. It lies on another
/// file system than the node's data, and knows nothing of the node but its answers.
/// </summary>
internal sealed class ClientLog : IDisposable
{
    private readonly StreamWriter _file;
    private readonly long[] _acknowledged = new long[Workload.Keys];

    public ClientLog(string folder, int client)
    {
        Path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"client-{client}.log"));
        _file = new StreamWriter(Path, append: false);
    }

    public string Path { get; }

    /// <summary>How many records of a key were acknowledged. They are the first ones: a client goes on only when all are.</summary>
    public long AcknowledgedOf(int key) => Volatile.Read(ref _acknowledged[key]);

    public void Acknowledge(IReadOnlyList<SentRecord> records)
    {
        foreach (var record in records)
            _file.WriteLine($"A {record.Id}");
        _file.Flush();
        foreach (var record in records)
            Volatile.Write(ref _acknowledged[record.Key], record.Number + 1);
    }

    public void Refuse(IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
            _file.WriteLine($"R {id}");
        _file.Flush();
    }

    /// <summary>Reads the logs of all clients.</summary>
    public static Told ReadAll(IEnumerable<string> paths)
    {
        var told = new Told([], []);
        foreach (var line in paths.SelectMany(File.ReadLines))
        {
            if (line.StartsWith("R ", StringComparison.Ordinal))
                told.Refused.Add(line[2..]);
            else if (SentRecord.TryParse(line[2..], out var record))
                told.Acknowledged.Add(record);
        }

        return told;
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>What all clients were told.</summary>
internal sealed record Told(List<SentRecord> Acknowledged, HashSet<string> Refused);
