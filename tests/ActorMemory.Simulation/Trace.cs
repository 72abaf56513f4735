using System.Globalization;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>What happened, line by line, with virtual times; written only when somebody is going to read it.</summary>
internal sealed class Trace(VirtualTimeProvider time)
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Write(string what) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalMilliseconds,10:0.000} ms  {what}"));
}
