using System.Diagnostics;
using System.Globalization;
using ActorMemory.Torture.Checks;
using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Scenarios;

/// <summary>What was done to the node and what became of the records.</summary>
internal sealed class TortureReport
{
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly Stopwatch _start = new();
    private readonly List<(string Name, string Value)> _more = [];

    /// <summary>What <see cref="Faults"/> counts, such as <c>kills</c>.</summary>
    public string FaultName { get; set; } = "faults";

    public int Faults { get; set; }

    public int Restarts { get; private set; }

    public TimeSpan LongestRestart { get; private set; }

    public long Sent { get; private set; }

    public long Acknowledged { get; private set; }

    public long Refused { get; set; }

    public Verdict Verdict { get; private set; } = new();

    /// <summary>Whether a power cut dropped what was not synced, or copies of a stopped process's files stood in for it.</summary>
    public bool IsRealPowerCut { get; set; }

    public bool IsClean => Verdict.IsClean;

    public void Starting() => _start.Restart();

    public void Started()
    {
        Restarts++;
        // The first start creates the journal and is none.
        if (Restarts > 1 && _start.Elapsed > LongestRestart)
            LongestRestart = _start.Elapsed;
    }

    /// <summary>Adds a line.</summary>
    public void Add(string name, FormattableString value) => _more.Add((name, FormattableString.Invariant(value)));

    public void Note(FleetCounts counts, Verdict verdict)
    {
        Sent = counts.SentRecords;
        Acknowledged = counts.AcknowledgedRecords;
        Verdict = verdict;
        Add("requests sent again", $"{counts.Retries:N0}");
        Add("answers by status", $"{counts}");
    }

    public void Write(TextWriter output)
    {
        Line("records sent", $"{Sent:N0}");
        Line("acknowledged", $"{Acknowledged:N0}");
        Line("refused for their content", $"{Refused:N0}");
        Line("lost", $"{Verdict.Lost:N0}");
        Line("duplicated", $"{Verdict.Duplicated:N0}");
        Line("out of order", $"{Verdict.OutOfOrder:N0}");
        Line("other violations", $"{Verdict.Other:N0}");
        Line("starts", $"{Restarts:N0}");
        Line("longest restart", $"{LongestRestart.TotalSeconds:N2} s");
        foreach (var (name, value) in _more)
            Line(name, $"{value}");
        Line("took", $"{_running.Elapsed.TotalSeconds:N0} s");
        foreach (var example in Verdict.FirstExamples)
            output.WriteLine($"  ! {example}");
        output.WriteLine(LastLine);

        void Line(string name, FormattableString value) =>
            output.WriteLine($"  {name,-28}{FormattableString.Invariant(value)}");
    }

    public string LastLine => string.Create(
        CultureInfo.InvariantCulture,
        $"{FaultName} {Faults:N0}, acknowledged {Acknowledged:N0}, lost {Verdict.Lost:N0}, duplicated {Verdict.Duplicated:N0}")
        + (Verdict.OutOfOrder + Verdict.Other == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", out of order {Verdict.OutOfOrder:N0}, other violations {Verdict.Other:N0}"));
}
