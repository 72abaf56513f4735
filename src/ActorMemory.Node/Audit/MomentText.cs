using System.Globalization;
using ActorMemory.KnownTime;
using ActorMemory.Performance;

namespace ActorMemory.Node.Audit;

/// <summary>A moment written as one text: a time, <c>now</c>, or the number of an event.</summary>
internal static class MomentText
{
    /// <summary>Reads a moment, or says what is wrong. A whole number is an ordering, never nanoseconds.</summary>
    public static bool TryParse(string text, out KnownMoment moment, out string? fault)
    {
        (moment, fault) = (default, null);
        if (text == "now")
        {
            moment = KnownMoment.At(new UnixNanoseconds(long.MaxValue));
        }
        else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ordering))
        {
            moment = KnownMoment.AtOrdering(ordering);
        }
        else if (!text.StartsWith('-') && UnixNanoseconds.TryParse(text, out var time, out _))
        {
            moment = KnownMoment.At(time);
        }
        else
        {
            fault = $"'{Http.Query.Shown(text)}' is not a moment; write a time such as 2025-01-31T09:30:00Z, the number of an event of the journal, or now.";
        }

        return fault is null;
    }
}
